/**
 * What a leader knows of each other member: how far its log matches, what is on its way to it, and whether a learner has caught up (Raft paper §5.3;
 * dissertation §4.2.1, §10.2.1; the three states are those of etcd's raft library). Pure arithmetic, owned by the leader's side of the core.
 */
@NullMarked
package io.muster.raft.core.progress;

import org.jspecify.annotations.NullMarked;
