package io.muster.member.port;

/** All that one driver knows of the outside. */
public record Ports(Time time, Rng rng, Net net, Disk disk, Members members) {}
