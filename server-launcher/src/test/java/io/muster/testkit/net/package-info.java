/**
 * The network between server processes as a test wants it: a TCP proxy for each directed pair of nodes ({@link
 * io.muster.testkit.net.LinkProxies}), or a network namespace for each node where the machine permits it ({@link
 * io.muster.testkit.net.NetworkNamespaces}). Both are a {@link io.muster.testkit.net.ClusterNetwork}, cut and mended by
 * the names of nodes.
 *
 * <p>Knows nothing of the server but that a member's line in a list may carry {@code ?peer_port=N}. All proxies of one
 * network share one thread, which owns their sockets; the classes that others see may be used from any thread.
 */
@NullMarked
package io.muster.testkit.net;

import org.jspecify.annotations.NullMarked;
