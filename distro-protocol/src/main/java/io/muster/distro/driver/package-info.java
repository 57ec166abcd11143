/**
 * The thin part around the pure core: one thread, the queue before it, the listeners behind it, and the marker file. It knows the ports and
 * nothing of Vert.x, files or sockets, so the simulator runs it as it is.
 *
 * <p>Everything here runs on the thread of {@link io.muster.member.port.Time}, but for the methods of {@link
 * io.muster.distro.driver.DistroDriver} that say otherwise.
 */
@NullMarked
package io.muster.distro.driver;

import org.jspecify.annotations.NullMarked;
