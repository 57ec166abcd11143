package io.muster.naming.registry;

/** What became of an operator's word on an ephemeral instance (X12). The order is from best to worst. */
public enum OverlayOutcome {
    /** The change touched nothing that an overlay keeps, or the instance is persistent anyway. */
    NOT_NEEDED,
    /** Stored: it outlives the client's session and the servers' restarts. */
    WRITTEN,
    /**
     * The instance's record was changed, but the persistent engine did not take the overlay (no leader, no majority,
     * outcome unknown): the change lasts until the client registers anew. Nothing writes the overlay later by itself;
     * repeating the request does.
     */
    PENDING;

    public OverlayOutcome worse(OverlayOutcome other) {
        return compareTo(other) >= 0 ? this : other;
    }
}
