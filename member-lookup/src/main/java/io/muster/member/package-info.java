/**
 * Who is a member of the cluster: the node's own identity and the data directory that keeps it, and the view of members that both engines
 * share (requirement R2). Immutable values throughout, but for {@link io.muster.member.DataDirectory}, which blocks and belongs to the start
 * and end of a process. Knows nothing of consistency engines or services.
 */
@NullMarked
package io.muster.member;

import org.jspecify.annotations.NullMarked;
