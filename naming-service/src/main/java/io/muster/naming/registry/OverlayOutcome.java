package io.muster.naming.registry;

/** What became of an operator's word on an ephemeral instance (X12). The order is from best to worst. */
public enum OverlayOutcome {
    /** The change touched nothing that an overlay keeps, or the instance is persistent anyway. */
    NOT_NEEDED,
    /** Stored: it outlives the client's session and the servers' restarts. */
    WRITTEN,
    /**
     * Readers see it, but the persistent engine did not take it (no leader, no majority, outcome unknown). It travels
     * with the instance's record, through the client's registrations too, and {@link PendingWords} stores it later; it
     * is lost only if all servers stop before.
     */
    PENDING,
    /**
     * Readers see it until the client registers anew: the persistent engine did not take it, and not all members read the
     * format by which it could travel with the record (R32).
     */
    NOT_STORED;

    public OverlayOutcome worse(OverlayOutcome other) {
        return compareTo(other) >= 0 ? this : other;
    }
}
