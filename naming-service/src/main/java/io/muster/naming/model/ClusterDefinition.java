package io.muster.naming.model;

/**
 * A cluster of a service as an admin described it; clusters that nobody described appear with their instances and are
 * as {@link #DEFAULT}.
 *
 * @param checkPort where health checks connect unless {@code useInstancePort}
 */
public record ClusterDefinition(HealthChecker healthChecker, int checkPort, boolean useInstancePort, Metadata metadata)
        implements RegistryRecord {

    public static final int DEFAULT_CHECK_PORT = 80;

    public static final ClusterDefinition DEFAULT =
            new ClusterDefinition(HealthChecker.TCP, DEFAULT_CHECK_PORT, true, Metadata.EMPTY);

    public ClusterDefinition {
        if (checkPort < 0 || checkPort > Limits.PORT_MAX) {
            throw new IllegalArgumentException(
                    "Param 'checkPort' must be within 0 and " + Limits.PORT_MAX + ", current: " + checkPort);
        }
    }

    @Override
    public Kind kind() {
        return Kind.CLUSTER;
    }
}
