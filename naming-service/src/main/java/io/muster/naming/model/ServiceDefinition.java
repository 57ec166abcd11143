package io.muster.naming.model;

/**
 * A service as an admin declared it (X19). A service may also exist undeclared, by holding instances; {@link #DEFAULT}
 * describes it then.
 *
 * @param protectThreshold 0 to 1, see {@code Protection}; {@value #PROTECTION_OFF} switches protection off (X22)
 * @param metadata free, but for the heartbeat defaults of {@link HeartbeatSettings}
 */
public record ServiceDefinition(double protectThreshold, Metadata metadata, Selector selector)
        implements RegistryRecord {

    public static final double PROTECTION_OFF = -1.0;

    /**
     * Even 0 protects when no instance at all is healthy: clients rely on that ("all sick means that our checks are
     * sick").
     */
    public static final ServiceDefinition DEFAULT = new ServiceDefinition(0.0, Metadata.EMPTY, Selector.NONE);

    public ServiceDefinition {
        if (!(protectThreshold >= 0 && protectThreshold <= 1) && protectThreshold != PROTECTION_OFF) {
            throw new IllegalArgumentException(
                    "Param 'protectThreshold' must be within 0 and 1, or -1 to switch protection off, current: "
                            + protectThreshold);
        }
        protectThreshold += 0.0;
        HeartbeatSettings.requireReadable(metadata);
    }

    @Override
    public Kind kind() {
        return Kind.SERVICE;
    }
}
