package io.muster.consistency;

/** Which promise a key lives under. A key never changes its mode. */
public enum Mode {
    /** Always available, held in memory, lives as long as its client's session: the Distro engine (R40). */
    EPHEMERAL,
    /** Never wrong, durable, needs a majority to change: the Raft engine (R17). */
    PERSISTENT
}
