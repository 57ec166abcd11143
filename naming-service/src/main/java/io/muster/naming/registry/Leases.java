package io.muster.naming.registry;

import io.muster.consistency.Lease;
import io.muster.naming.model.HeartbeatSettings;
import io.muster.naming.model.Instance;
import io.muster.naming.model.Metadata;
import io.muster.naming.model.ServiceName;
import org.jspecify.annotations.Nullable;

/** Which heartbeat settings hold for an instance: its own, its service's, its namespace's, the server's (X18). */
final class Leases {

    private final ServiceIndex index;
    private final Namespaces namespaces;
    private final HeartbeatSettings.Defaults defaults;

    Leases(ServiceIndex index, Namespaces namespaces, HeartbeatSettings.Defaults defaults) {
        this.index = index;
        this.namespaces = namespaces;
        this.defaults = defaults;
    }

    /** With an operator's metadata laid over the instance's: that word on its timeouts holds, too. */
    Lease of(ServiceName service, Instance instance) {
        Laid laid = index.laid(service, instance.key()).with(instance.word());
        Metadata shown = laid.isVisible() ? laid.over(instance.metadata()) : instance.metadata();
        return settings(service, index.entry(service), shown, defaults).lease();
    }

    /**
     * The beat interval to tell the instance's client.
     *
     * @param defaultIntervalMillis the switch, which may change while the server runs
     */
    long intervalMillis(
            ServiceName service, @Nullable ServiceEntry entry, Metadata instance, long defaultIntervalMillis) {
        return settings(service, entry, instance, live(defaultIntervalMillis)).intervalMillis();
    }

    /**
     * All that holds for an instance as readers see it.
     *
     * @param defaultIntervalMillis as in {@link #intervalMillis}
     */
    HeartbeatSettings inForce(ServiceName service, Metadata shown, long defaultIntervalMillis) {
        return settings(service, index.entry(service), shown, live(defaultIntervalMillis));
    }

    private HeartbeatSettings.Defaults live(long defaultIntervalMillis) {
        return defaultIntervalMillis == defaults.intervalMillis()
                ? defaults
                : new HeartbeatSettings.Defaults(
                        defaultIntervalMillis,
                        defaults.unhealthyAfterMillis(),
                        defaults.removeAfterMillis(),
                        defaults.leaseMaxMillis());
    }

    private HeartbeatSettings settings(
            ServiceName service, @Nullable ServiceEntry entry, Metadata instance, HeartbeatSettings.Defaults fallback) {
        Metadata ofService = entry == null ? Metadata.EMPTY : entry.metadata();
        return HeartbeatSettings.of(instance, ofService, namespaces.metadata(service.namespaceId()), fallback);
    }
}
