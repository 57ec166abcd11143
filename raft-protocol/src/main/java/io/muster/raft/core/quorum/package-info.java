/** What a majority is, and what it agrees on: pure arithmetic over votes and indices (Raft paper §5.2, §5.3). */
@NullMarked
package io.muster.raft.core.quorum;

import org.jspecify.annotations.NullMarked;
