package io.muster.naming.registry;

import io.muster.naming.model.ClusterDefinition;
import io.muster.naming.model.InstanceKey;
import io.muster.naming.model.ServiceDefinition;
import io.muster.naming.model.ServiceName;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** A service as it stood at one moment; immutable. Built from the index when somebody reads, once per change. */
public final class ServiceView {

    private final ServiceName name;
    private final Optional<ServiceDefinition> declared;
    private final SortedMap<String, ClusterDefinition> clusters;
    private final List<InstanceView> instances;
    private final int healthyCount;
    private final int ephemeralCount;
    private final long revision;
    private final long changedAtMillis;

    ServiceView(
            ServiceName name,
            Optional<ServiceDefinition> declared,
            SortedMap<String, ClusterDefinition> describedClusters,
            List<InstanceView> instances,
            long revision,
            long changedAtMillis) {
        this.name = name;
        this.declared = declared;
        this.instances = Collections.unmodifiableList(instances);
        this.revision = revision;
        this.changedAtMillis = changedAtMillis;
        TreeMap<String, ClusterDefinition> all = new TreeMap<>(describedClusters);
        int healthy = 0;
        int ephemeral = 0;
        for (InstanceView instance : instances) {
            all.putIfAbsent(instance.cluster(), ClusterDefinition.DEFAULT);
            healthy += instance.healthy() ? 1 : 0;
            ephemeral += instance.ephemeral() ? 1 : 0;
        }
        this.clusters = Collections.unmodifiableSortedMap(all);
        this.healthyCount = healthy;
        this.ephemeralCount = ephemeral;
    }

    public ServiceName name() {
        return name;
    }

    /** What an admin declared; empty for a service that exists by its instances only (X19). */
    public Optional<ServiceDefinition> declared() {
        return declared;
    }

    /** What an admin declared, or the default. */
    public ServiceDefinition definition() {
        return declared.orElse(ServiceDefinition.DEFAULT);
    }

    /** Described clusters and those that instances stand in, by name. */
    public SortedMap<String, ClusterDefinition> clusters() {
        return clusters;
    }

    /** All instances, disabled and unhealthy ones too: ephemeral before persistent, each kind by address. */
    public List<InstanceView> instances() {
        return instances;
    }

    /** The instances that stand in one of the clusters; all if none is named. */
    public List<InstanceView> instancesIn(Collection<String> someClusters) {
        return someClusters.isEmpty()
                ? instances
                : instances.stream()
                        .filter(instance -> someClusters.contains(instance.cluster()))
                        .toList();
    }

    /** The instance of that identity; the ephemeral one if both kinds bear it. */
    public Optional<InstanceView> instance(InstanceKey key) {
        return instances.stream()
                .filter(instance -> instance.port() == key.port()
                        && instance.ip().equals(key.ip())
                        && instance.cluster().equals(key.cluster()))
                .findFirst();
    }

    /** True health, whatever protection shows. */
    public int healthyCount() {
        return healthyCount;
    }

    public int ephemeralCount() {
        return ephemeralCount;
    }

    /** Whether the service as a whole is below its protect threshold. */
    public boolean isProtecting() {
        return Protection.applies(healthyCount, instances.size(), definition().protectThreshold());
    }

    /**
     * Grows with every visible change of the service on this node; never reused, not even by a service of the same name
     * later.
     */
    public long revision() {
        return revision;
    }

    /** Wall-clock time of the change; grows with every change of the service. */
    public long changedAtMillis() {
        return changedAtMillis;
    }
}
