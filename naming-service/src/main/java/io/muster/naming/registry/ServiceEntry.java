package io.muster.naming.registry;

import io.muster.consistency.ChangeEvent;
import io.muster.consistency.Datum;
import io.muster.consistency.Key;
import io.muster.consistency.Mark;
import io.muster.consistency.Mode;
import io.muster.naming.model.ClusterDefinition;
import io.muster.naming.model.Health;
import io.muster.naming.model.HealthChecker;
import io.muster.naming.model.Instance;
import io.muster.naming.model.InstanceKey;
import io.muster.naming.model.Keys;
import io.muster.naming.model.Metadata;
import io.muster.naming.model.Overlay;
import io.muster.naming.model.RegistryRecord;
import io.muster.naming.model.ServiceDefinition;
import io.muster.naming.model.ServiceName;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
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
    private static final SortedMap<String, Overlay> NO_WORDS = Collections.emptySortedMap();

    private final ServiceName name;

    /** One string for all keys of the service's instances. */
    private final String keyGroup;

    private final SortedData ephemeral = new SortedData();
    private final SortedData persistent = new SortedData();

    /** Wall-clock time at which the last instance of an undeclared service went, or {@link #NOT_RETAINED}. */
    private long emptySinceMillis = NOT_RETAINED;

    /** Set once, when the index lets go of this entry: whoever finds it set looks the service up anew. */
    private boolean dropped;

    /**
     * Operators' words that this node has heard of and the persistent engine has not, by the instance's id: they outlive
     * the record that brought them (X12). {@link #NO_WORDS} at nearly all services.
     */
    private SortedMap<String, Overlay> words = NO_WORDS;

    private int ephemeralInstances;
    private int persistentInstances;
    private boolean declared;

    // What every request asks, written under the monitor and read without it.
    private volatile long revision;
    private volatile boolean exists;
    private volatile boolean persistentOnly;
    private volatile boolean overlaid;
    private volatile boolean hasWords;
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
        int ephemeralBefore = ephemeralInstances;
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
        return new Applied(
                false, changed, ephemeralInstances - ephemeralBefore, persistentInstances - persistentBefore);
    }

    /** Whether readers can see a difference: the same value registered anew is none, and must not wake subscribers. */
    private boolean apply(ChangeEvent<RegistryRecord> event) {
        SortedData data = event.key().mode() == Mode.EPHEMERAL ? ephemeral : persistent;
        if (event instanceof ChangeEvent.Removed<RegistryRecord>) {
            return removed(data, event.key());
        }
        Datum<RegistryRecord> datum = event instanceof ChangeEvent.Stored<RegistryRecord> stored
                ? stored.datum()
                : ((ChangeEvent.Marked<RegistryRecord>) event).datum();
        if (datum.mark() == Mark.EXPIRED) {
            return removed(data, datum.key());
        }
        boolean changed = data.put(datum)
                .filter(before ->
                        before.mark() == datum.mark() && before.value().equals(datum.value()))
                .isEmpty();
        if (datum.value() instanceof Instance instance) {
            instance.word().ifPresent(word -> hear(datum.key().id(), word));
        } else if (datum.value() instanceof Overlay) {
            String id = instanceId(datum.key());
            settle(id);
            // It may be older than the word that the record bears: one that takes back what was only just being stored.
            ephemeral
                    .get(id)
                    .flatMap(known -> ((Instance) known.value()).word())
                    .ifPresent(word -> hear(id, word));
        }
        return changed;
    }

    private boolean removed(SortedData data, Key key) {
        boolean changed = data.remove(key.id()).isPresent();
        if (data == persistent && key.id().startsWith(Keys.OVERLAY_PREFIX)) {
            settle(instanceId(key));
        }
        return changed;
    }

    /** A word that was taken back stays so as long as the overlay stands, and be it empty: records may bear it yet. */
    private void hear(String id, Overlay word) {
        Overlay known = words.get(id);
        if (known == null || word.said().number() > known.said().number()) {
            if (Laid.covers(stored(id), word)) {
                forget(id);
            } else {
                if (words == NO_WORDS) {
                    words = new TreeMap<>();
                }
                words.put(id, word);
            }
        }
    }

    private void settle(String id) {
        Overlay word = words.get(id);
        if (word != null && Laid.covers(stored(id), word)) {
            forget(id);
        }
    }

    private void forget(String id) {
        if (words != NO_WORDS) {
            words.remove(id);
            words = words.isEmpty() ? NO_WORDS : words;
        }
    }

    private Optional<Overlay> stored(String id) {
        String overlayId = Keys.OVERLAY_PREFIX + id.substring(Keys.INSTANCE_PREFIX.length());
        return persistent.get(overlayId).map(datum -> (Overlay) datum.value());
    }

    private static String instanceId(Key overlay) {
        return Keys.INSTANCE_PREFIX + overlay.id().substring(Keys.OVERLAY_PREFIX.length());
    }

    private void refreshSummary() {
        persistentInstances = persistent.countWithPrefix(Keys.INSTANCE_PREFIX);
        ephemeralInstances = ephemeral.countWithPrefix(Keys.INSTANCE_PREFIX);
        persistentOnly = persistentInstances > 0 && ephemeralInstances == 0;
        hasWords = !words.isEmpty();
        overlaid = hasWords || persistent.countWithPrefix(Keys.OVERLAY_PREFIX) > 0;
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
        dropped = !exists && ephemeral.size() == 0 && persistent.size() == 0 && words.isEmpty();
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

    synchronized int persistentInstanceCount() {
        return persistentInstances;
    }

    synchronized int instanceCount() {
        return ephemeralInstances + persistentInstances;
    }

    /** Declared, or holding instances, or only just without (X19). */
    boolean exists() {
        return exists;
    }

    boolean isPersistentOnly() {
        return persistentOnly;
    }

    /** What operators said of an instance, registered at the moment or not. */
    Laid laid(InstanceKey instance) {
        if (!overlaid) {
            return Laid.NOTHING;
        }
        String id = instance.id();
        synchronized (this) {
            return Laid.of(stored(id), Optional.ofNullable(words.get(id)));
        }
    }

    /** Whether operators said anything of any instance. */
    boolean isOverlaid() {
        return overlaid;
    }

    /** Whether {@link #words} has any. */
    boolean hasWords() {
        return hasWords;
    }

    /** The words that the persistent engine has not stored yet, by the instance's id. */
    synchronized SortedMap<String, Overlay> words() {
        return new TreeMap<>(words);
    }

    /** Whether the instance's record bears the word, so that all members know it. */
    synchronized boolean travels(Key instance, Overlay word) {
        return ephemeral
                .get(instance.id())
                .flatMap(datum -> ((Instance) datum.value()).word())
                .filter(borne -> borne.said().number() >= word.said().number())
                .isPresent();
    }

    /** What stands under one of the service's keys. */
    synchronized Optional<Datum<RegistryRecord>> datum(Key key) {
        return (key.mode() == Mode.EPHEMERAL ? ephemeral : persistent).get(key.id());
    }

    /**
     * An overlay as it is stored.
     *
     * @param registered whether the instance that it lies on is
     * @param bearsWord whether the instance's record bears a word that would count again if the overlay were gone
     */
    record Laying(Datum<RegistryRecord> overlay, boolean registered, boolean bearsWord) {}

    /** The overlays that are stored for the service's instances, by id. */
    synchronized List<Laying> overlays() {
        List<Laying> found = new ArrayList<>();
        for (Datum<RegistryRecord> datum : persistent.all()) {
            if (datum.value() instanceof Overlay) {
                Optional<Instance> instance =
                        ephemeral.get(instanceId(datum.key())).map(registered -> (Instance) registered.value());
                boolean bearsWord = instance.flatMap(Instance::word)
                        .filter(word -> !Laid.covers(Optional.empty(), word))
                        .isPresent();
                found.add(new Laying(datum, instance.isPresent(), bearsWord));
            }
        }
        return found;
    }

    /** What operators said of the service's instances, by address. */
    List<OverlayView> overlayViews() {
        TreeMap<String, OverlayView> views = new TreeMap<>();
        synchronized (this) {
            for (Laying laying : overlays()) {
                see(instanceId(laying.overlay().key()), views);
            }
            for (String id : words.keySet()) {
                see(id, views);
            }
        }
        return List.copyOf(views.values());
    }

    private void see(String id, Map<String, OverlayView> views) {
        Laid laid = Laid.of(stored(id), Optional.ofNullable(words.get(id)));
        if (laid.isVisible()) {
            boolean registered = ephemeral.get(id).isPresent();
            views.put(id, new OverlayView(name, InstanceKey.ofId(id), laid.standing(), laid.pending(), registered));
        }
    }

    /** Whether clusters of it are described although nobody declared it and it has no instances. */
    synchronized boolean isLeftover() {
        return !declared && instanceCount() == 0 && persistent.countWithPrefix(Keys.CLUSTER_PREFIX) > 0;
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
        SortedMap<String, Overlay> viewWords;
        long viewRevision;
        long viewChangedAt;
        synchronized (this) {
            ephemeralData = ephemeral.all();
            persistentData = persistent.all();
            viewWords = words.isEmpty() ? NO_WORDS : new TreeMap<>(words);
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
                case NAMESPACE, SWITCHES, HEALTH -> {
                    // Never stored in a service's group.
                }
            }
        }
        List<InstanceView> instances = new ArrayList<>(ephemeralData.size() + persistentInstanceData.size());
        Map<String, Health> verdicts = new HashMap<>();
        for (Datum<RegistryRecord> datum : ephemeralData) {
            if (datum.value() instanceof Health health) {
                verdicts.put(datum.key().id().substring(Keys.HEALTH_PREFIX.length()), health);
            } else {
                instances.add(ephemeralView(datum, overlays, viewWords));
            }
        }
        persistentInstanceData.forEach(datum -> instances.add(persistentView(datum, verdicts, clusters)));
        return new ServiceView(name, definition, clusters, instances, viewRevision, viewChangedAt);
    }

    private InstanceView ephemeralView(
            Datum<RegistryRecord> datum, Map<String, Overlay> overlays, Map<String, Overlay> openWords) {
        String id = datum.key().id();
        Laid laid = overlays.isEmpty() && openWords.isEmpty()
                ? Laid.NOTHING
                : Laid.of(Optional.ofNullable(overlays.get(id)), Optional.ofNullable(openWords.get(id)));
        return new InstanceView(name, (Instance) datum.value(), datum.mark(), datum.version(), laid, null);
    }

    /** Where an admin switched checking off, an old verdict means nothing. */
    private InstanceView persistentView(
            Datum<RegistryRecord> datum, Map<String, Health> verdicts, Map<String, ClusterDefinition> clusters) {
        Instance instance = (Instance) datum.value();
        Health health = null;
        if (!verdicts.isEmpty()) {
            ClusterDefinition cluster = clusters.getOrDefault(instance.cluster(), ClusterDefinition.DEFAULT);
            health = cluster.healthChecker().type() == HealthChecker.Type.NONE
                    ? null
                    : verdicts.get(datum.key().id().substring(Keys.INSTANCE_PREFIX.length()));
        }
        return new InstanceView(name, instance, datum.mark(), datum.version(), Laid.NOTHING, health);
    }

    private Optional<ServiceDefinition> definition() {
        return persistent.get(Keys.SERVICE_ID).map(datum -> (ServiceDefinition) datum.value());
    }
}
