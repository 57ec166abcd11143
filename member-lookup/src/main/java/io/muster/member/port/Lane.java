package io.muster.member.port;

/** Which protocol a frame belongs to. Each has a {@link Net} of its own over the one peer channel; the order is that of urgency. */
public enum Lane {
    /** Probes and their answers: few and small, before all others. */
    HEALTH,
    /** Consensus on persistent data. */
    RAFT,
    /** Ephemeral data. */
    DISTRO
}
