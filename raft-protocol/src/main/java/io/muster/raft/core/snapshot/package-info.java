/** What a snapshot stands for, and the follower's side of receiving one in chunks (Raft paper §7, Figure 13). Pure; no bytes of a file are kept. */
@NullMarked
package io.muster.raft.core.snapshot;

import org.jspecify.annotations.NullMarked;
