package io.muster.naming.registry;

import io.muster.consistency.ChangeEvent;
import io.muster.consistency.Datum;
import io.muster.consistency.Mark;
import io.muster.consistency.Mode;
import io.muster.naming.model.ClusterDefinition;
import io.muster.naming.model.Instance;
import io.muster.naming.model.InstanceKey;
import io.muster.naming.model.Keys;
import io.muster.naming.model.Metadata;
import io.muster.naming.model.Overlay;
import io.muster.naming.model.RegistryRecord;
import io.muster.naming.model.ServiceDefinition;
import io.muster.naming.model.ServiceName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What the index holds of one service: its data of both modes, shared with the engines. Written by the two engines'
 * threads, read by any; its own monitor guards the data and is held for one change or one copy only.
 */
final class ServiceEntry {

    private static final long NOT_RETAINED = -1;

    private final ServiceName name;

    /** One string for all keys of the service's instances. */
    private final String keyGroup;

    private final SortedData ephemeral = new SortedData();
    private final SortedData persistent = new SortedData();

    /** Wall-clock time at which the last instance of an undeclared service went, or {@link #NOT_RETAINED}. */
    private long emptySinceMillis = NOT_RETAINED;

    /** Set once, when the index lets go of this entry: whoever finds it set looks the service up anew. */
    private boolean dropped;

    private int persistentInstances;
    private boolean declared;

    // What every request asks, written under the monitor and read without it.
    private volatile long revision;
    private volatile boolean exists;
    private volatile boolean persistentOnly;
    private volatile boolean overlaid;
    private volatile Metadata metadata = Metadata.EMPTY;

    private long changedAtMillis;

    ServiceEntry(ServiceName name, String keyGroup) {
        this.name = name;
        this.keyGroup = keyGroup;
    }

    /** What a run of events did to the service. */
    record Applied(boolean dropped, boolean changed, int ephemeralDelta, int persistentDelta) {
        static final Applied DROPPED = new Applied(true, false, 0, 0);
    }

    /** Applies events of this service, as one change of it. */
    synchronized Applied apply(List<ChangeEvent<RegistryRecord>> events, AtomicLong revisions, long nowMillis) {
        if (dropped) {
            return Applied.DROPPED;
        }
        int ephemeralBefore = ephemeral.size();
        int persistentBefore = persistentInstances;
        boolean changed = false;
        for (ChangeEvent<RegistryRecord> event : events) {
            changed |= apply(event);
        }
        if (changed) {
            refreshSummary();
            retain(ephemeralBefore + persistentBefore > 0, nowMillis);
            exists = declared || instanceCount() > 0 || emptySinceMillis != NOT_RETAINED;
            changedAtMillis = Math.max(changedAtMillis + 1, nowMillis);
            revision = revisions.incrementAndGet();
        }
        return new Applied(false, changed, ephemeral.size() - ephemeralBefore, persistentInstances - persistentBefore);
    }

    /** Whether readers can see a difference: the same value registered anew is none, and must not wake subscribers. */
    private boolean apply(ChangeEvent<RegistryRecord> event) {
        SortedData data = event.key().mode() == Mode.EPHEMERAL ? ephemeral : persistent;
        if (event instanceof ChangeEvent.Removed<RegistryRecord>) {
            return data.remove(event.key().id()).isPresent();
        }
        Datum<RegistryRecord> datum = event instanceof ChangeEvent.Stored<RegistryRecord> stored
                ? stored.datum()
                : ((ChangeEvent.Marked<RegistryRecord>) event).datum();
        if (datum.mark() == Mark.EXPIRED) {
            return data.remove(datum.key().id()).isPresent();
        }
        return data.put(datum)
                .filter(before ->
                        before.mark() == datum.mark() && before.value().equals(datum.value()))
                .isEmpty();
    }

    private void refreshSummary() {
        persistentInstances = persistent.countWithPrefix(Keys.INSTANCE_PREFIX);
        persistentOnly = persistentInstances > 0 && ephemeral.size() == 0;
        overlaid = persistent.countWithPrefix(Keys.OVERLAY_PREFIX) > 0;
        Optional<ServiceDefinition> definition = definition();
        declared = definition.isPresent();
        metadata = definition.map(ServiceDefinition::metadata).orElse(Metadata.EMPTY);
    }

    private void retain(boolean hadInstances, long nowMillis) {
        if (declared || instanceCount() > 0) {
            emptySinceMillis = NOT_RETAINED;
        } else if (hadInstances) {
            emptySinceMillis = nowMillis;
        }
    }

    /**
     * Ends the retention of an empty service.
     *
     * @return whether the entry holds nothing any more and must leave the index
     */
    synchronized boolean release() {
        emptySinceMillis = NOT_RETAINED;
        exists = declared || instanceCount() > 0;
        dropped = !exists && ephemeral.size() == 0 && persistent.size() == 0;
        return dropped;
    }

    /** Whether it is retained since that time or longer. */
    synchronized boolean isRetainedSince(long millis) {
        return emptySinceMillis != NOT_RETAINED && emptySinceMillis <= millis;
    }

    synchronized boolean isRetained() {
        return emptySinceMillis != NOT_RETAINED;
    }

    synchronized boolean isDeclared() {
        return declared;
    }

    synchronized int instanceCount() {
        return ephemeral.size() + persistentInstances;
    }

    /** Declared, or holding instances, or only just without (X19). */
    boolean exists() {
        return exists;
    }

    boolean isPersistentOnly() {
        return persistentOnly;
    }

    Optional<Overlay> overlay(InstanceKey instance) {
        if (!overlaid) {
            return Optional.empty();
        }
        synchronized (this) {
            return persistent.get(instance.overlayId()).map(datum -> (Overlay) datum.value());
        }
    }

    /** Everything that is stored persistently of the service. */
    synchronized List<Datum<RegistryRecord>> persistentData() {
        return persistent.all();
    }

    ServiceName name() {
        return name;
    }

    String keyGroup() {
        return keyGroup;
    }

    /** The service's own metadata, for lease defaults. */
    Metadata metadata() {
        return metadata;
    }

    long revision() {
        return revision;
    }

    ServiceView view() {
        List<Datum<RegistryRecord>> ephemeralData;
        List<Datum<RegistryRecord>> persistentData;
        long viewRevision;
        long viewChangedAt;
        synchronized (this) {
            ephemeralData = ephemeral.all();
            persistentData = persistent.all();
            viewRevision = revision;
            viewChangedAt = changedAtMillis;
        }
        SortedMap<String, ClusterDefinition> clusters = new TreeMap<>();
        TreeMap<String, Overlay> overlays = new TreeMap<>();
        List<Datum<RegistryRecord>> persistentInstanceData = new ArrayList<>();
        Optional<ServiceDefinition> definition = Optional.empty();
        for (Datum<RegistryRecord> datum : persistentData) {
            String id = datum.key().id();
            RegistryRecord value = datum.value();
            switch (value.kind()) {
                case SERVICE -> definition = Optional.of((ServiceDefinition) value);
                case CLUSTER -> clusters.put(id.substring(Keys.CLUSTER_PREFIX.length()), (ClusterDefinition) value);
                case INSTANCE -> persistentInstanceData.add(datum);
                case OVERLAY ->
                    overlays.put(Keys.INSTANCE_PREFIX + id.substring(Keys.OVERLAY_PREFIX.length()), (Overlay) value);
                case NAMESPACE, SWITCHES -> {
                    // Never stored in a service's group.
                }
            }
        }
        List<InstanceView> instances = new ArrayList<>(ephemeralData.size() + persistentInstanceData.size());
        ephemeralData.forEach(datum -> instances.add(instanceView(datum, overlays)));
        persistentInstanceData.forEach(datum -> instances.add(instanceView(datum, Map.of())));
        return new ServiceView(name, definition, clusters, instances, viewRevision, viewChangedAt);
    }

    private InstanceView instanceView(Datum<RegistryRecord> datum, Map<String, Overlay> overlays) {
        return new InstanceView(
                name,
                (Instance) datum.value(),
                datum.mark(),
                datum.version(),
                overlays.isEmpty() ? null : overlays.get(datum.key().id()));
    }

    private Optional<ServiceDefinition> definition() {
        return persistent.get(Keys.SERVICE_ID).map(datum -> (ServiceDefinition) datum.value());
    }
}
