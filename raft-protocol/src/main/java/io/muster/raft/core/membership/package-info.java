/** Who votes, at which place of the log (Raft paper §6, dissertation §4.1). */
@NullMarked
package io.muster.raft.core.membership;

import org.jspecify.annotations.NullMarked;
