/**
 * Bytes of the registry's records, for peers, disk and digests: canonical, versioned, compact, and without a library.
 * Stateless but for a pool of repeated strings; safe for any thread.
 */
@NullMarked
package io.muster.naming.wire;

import org.jspecify.annotations.NullMarked;
