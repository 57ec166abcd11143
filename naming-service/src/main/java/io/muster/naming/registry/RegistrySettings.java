package io.muster.naming.registry;

import io.muster.naming.model.HeartbeatSettings;

/**
 * What an operator may tune of the registry.
 *
 * @param heartbeat server-side lease defaults and their ceiling: {@code naming.unhealthy-after-ms},
 *     {@code naming.remove-after-ms}, {@code naming.lease-max-ms}. The beat interval is a switch, not this
 * @param emptyServiceRetentionMillis how long an undeclared service is still known after its last instance went, so
 *     that subscribers and service lists stay calm while a deployment replaces its instances
 * @param viewCacheInstancesMax bound on the views that are kept for readers, in instances
 */
public record RegistrySettings(
        HeartbeatSettings.Defaults heartbeat, long emptyServiceRetentionMillis, long viewCacheInstancesMax) {

    public static final RegistrySettings STANDARD =
            new RegistrySettings(HeartbeatSettings.Defaults.STANDARD, 60_000, 200_000);

    public RegistrySettings {
        if (emptyServiceRetentionMillis < 0 || viewCacheInstancesMax < 0) {
            throw new IllegalArgumentException("retention and cache bound must not be negative: "
                    + emptyServiceRetentionMillis + " ms, " + viewCacheInstancesMax + " instances");
        }
    }
}
