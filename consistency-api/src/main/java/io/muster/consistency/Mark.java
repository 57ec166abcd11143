package io.muster.consistency;

/**
 * What the responsible member says of an ephemeral datum's session (design §5). A mark belongs to exactly one version; of two marks
 * on one version the later constant wins. Persistent data are always {@link #HEALTHY} here.
 */
public enum Mark {
    /** Renewed in time. */
    HEALTHY,
    /** Not renewed for the lease's {@code unhealthyAfter}; still listed. */
    UNHEALTHY,
    /** Not renewed for {@code removeAfter}; no longer listed, kept for one more timeout so that a late renewal revives it. */
    EXPIRED
}
