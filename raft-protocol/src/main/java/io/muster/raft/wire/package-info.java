/**
 * Bytes: log payloads, peer messages, and the small reader and writer that they and the formats on disk are made of. Big-endian; lengths are
 * checked before anything is allocated; what is malformed is an {@link java.lang.IllegalArgumentException} that names the offset. Stateless,
 * for any thread. The formats are described in {@code docs/raft-storage-format.md}.
 */
@NullMarked
package io.muster.raft.wire;

import org.jspecify.annotations.NullMarked;
