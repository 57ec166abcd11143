/**
 * Bytes of the messages between members: a binary form with a version, checked against its bounds while it is read. It knows the messages of
 * the core and the caller's {@link io.muster.consistency.Codec}, and nothing of networks. Runs on the driver's thread.
 *
 * <p>Every frame carries the sender's hybrid clock, so that clocks stay together whatever the members talk about (design §5, "Versions").
 */
@NullMarked
package io.muster.distro.wire;

import org.jspecify.annotations.NullMarked;
