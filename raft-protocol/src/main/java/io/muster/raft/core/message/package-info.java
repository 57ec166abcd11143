/** The messages that members of a group send each other (Raft paper, Figure 2). Their bytes are the business of {@code io.muster.raft.wire}. */
@NullMarked
package io.muster.raft.core.message;

import org.jspecify.annotations.NullMarked;
