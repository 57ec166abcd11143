package io.muster.consistency;

/**
 * How long an ephemeral datum lives without renewal (R45). Both times count from the last renewal.
 *
 * @param unhealthyAfterMillis 1 or more; then it is marked {@link Mark#UNHEALTHY}
 * @param removeAfterMillis 1 or more; then it is marked {@link Mark#EXPIRED}. May be less than {@code unhealthyAfterMillis}: it then
 *     goes without having been unhealthy
 */
public record Lease(long unhealthyAfterMillis, long removeAfterMillis) {
    public Lease {
        if (unhealthyAfterMillis < 1 || removeAfterMillis < 1) {
            throw new IllegalArgumentException(
                    "lease times must be positive: " + unhealthyAfterMillis + " ms, " + removeAfterMillis + " ms");
        }
    }
}
