/**
 * Do all copies of the state say the same? Digests as of an index, and what follows from comparing them (R15; design §4, "State digest"). Pure.
 */
@NullMarked
package io.muster.raft.core.digest;

import org.jspecify.annotations.NullMarked;
