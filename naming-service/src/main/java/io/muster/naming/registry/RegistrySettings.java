package io.muster.naming.registry;

import io.muster.naming.model.HeartbeatSettings;

/**
 * What an operator may tune of the registry.
 *
 * @param heartbeat server-side lease defaults and their ceiling: {@code naming.unhealthy-after-ms},
 *     {@code naming.remove-after-ms}, {@code naming.lease-max-ms}. The beat interval is a switch, not this
 * @param emptyServiceRetentionMillis how long an undeclared service is still known after its last instance went, so
 *     that subscribers and service lists stay calm while a deployment replaces its instances
 * @param emptyServiceAutoClean whether the leader clears away what is left of services that nobody declares
 * @param overlayMaxAgeMillis how long what an operator said of an instance is kept after the instance went:
 *     {@code naming.overlay-max-age-ms}; 0 for ever
 * @param viewCacheInstancesMax bound on the views that are kept for readers, in instances
 */
public record RegistrySettings(
        HeartbeatSettings.Defaults heartbeat,
        long emptyServiceRetentionMillis,
        boolean emptyServiceAutoClean,
        long overlayMaxAgeMillis,
        long viewCacheInstancesMax) {

    /** A week. */
    public static final long OVERLAY_MAX_AGE_MILLIS = 7 * 86_400_000L;

    public static final RegistrySettings STANDARD =
            new RegistrySettings(HeartbeatSettings.Defaults.STANDARD, 60_000, 200_000);

    public RegistrySettings {
        if (emptyServiceRetentionMillis < 0 || viewCacheInstancesMax < 0 || overlayMaxAgeMillis < 0) {
            throw new IllegalArgumentException("retention, cache bound and overlays' age must not be negative: "
                    + emptyServiceRetentionMillis + " ms, " + viewCacheInstancesMax + " instances, "
                    + overlayMaxAgeMillis + " ms");
        }
    }

    /** With the standard treatment of what is left behind. */
    public RegistrySettings(
            HeartbeatSettings.Defaults heartbeat, long emptyServiceRetentionMillis, long viewCacheInstancesMax) {
        this(heartbeat, emptyServiceRetentionMillis, true, OVERLAY_MAX_AGE_MILLIS, viewCacheInstancesMax);
    }
}
