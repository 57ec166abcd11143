package io.muster.server.http;

import java.util.OptionalLong;

/**
 * What this node has measured of the way to a member.
 *
 * @param roundTripMicros of its probes, smoothed; empty until one was answered
 * @param clockSkewMillis how far the member's wall clock is ahead of ours (X25); empty until it is known
 */
public record PeerFigures(OptionalLong roundTripMicros, OptionalLong clockSkewMillis) {

    /** Nothing yet, or nothing to measure: the node itself. */
    public static final PeerFigures NONE = new PeerFigures(OptionalLong.empty(), OptionalLong.empty());
}
