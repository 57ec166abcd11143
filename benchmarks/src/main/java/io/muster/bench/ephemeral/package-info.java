/**
 * What the ephemeral side of a cluster of real servers costs, and how fast it is: visibility on the other nodes, a node that joins many
 * instances, a peer that hangs.
 *
 * <p>The commands run on the main thread; each load client owns one Vert.x event loop.
 */
@NullMarked
package io.muster.bench.ephemeral;

import org.jspecify.annotations.NullMarked;
