package io.muster.member.health;

import io.muster.member.port.Net;
import io.muster.member.port.PeerLinks;
import io.muster.member.port.Time;

/**
 * All that the driver of member health knows of the outside. All call back on the thread of {@code time}.
 *
 * @param net of {@link io.muster.member.port.Lane#HEALTH}
 */
public record HealthPorts(Time time, Net net, PeerLinks links) {}
