/**
 * The five ports through which drivers and storage reach the outside ({@code Time}, {@code Rng}, {@code Net}, {@code Disk}, {@code Members}),
 * and their production forms: Vert.x contexts, the machine's secure chance, no peers, files, the roster of members. The simulator binds the
 * same ports to virtual time, seeded chance, faulty links, a faulty disk and scripted members, and so runs drivers, storage and codecs for
 * real. Vert.x is known here, in the peer channel and where a lookup speaks HTTP.
 *
 * <p>All callbacks of one driver's ports run on one thread, that of its {@link io.muster.member.port.Time}; a driver therefore needs no
 * locks. The blocking calls of a {@link io.muster.member.port.FileDisk} run on an I/O thread of its own.
 */
@NullMarked
package io.muster.member.port;

import org.jspecify.annotations.NullMarked;
