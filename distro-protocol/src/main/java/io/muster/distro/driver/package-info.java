/**
 * The thin part around the pure core: one thread, the queue before it, the listeners behind it, and the marker file. It knows the ports and
 * nothing of Vert.x, files or sockets, so the simulator runs it as it is.
 *
 * <p>Who does what: {@code DistroDriver} is what others may ask for; {@code Turns} steps the core and carries out its effects, of which {@code
 * Calls}, {@code Listeners}, {@code PeerTraffic}, {@code ColdStartMarker} and {@code WakeTimer} each take their kind; {@code RenewedKeys} waits
 * for the core beside {@code Calls}; {@code Serving} says whether this node serves, and {@code HandOver} when it may go; {@code Watchdog} looks on
 * from another thread.
 *
 * <p>Everything here runs on the thread of {@link io.muster.member.port.Time}, but for {@code Watchdog} and the methods that say otherwise.
 */
@NullMarked
package io.muster.distro.driver;

import org.jspecify.annotations.NullMarked;
