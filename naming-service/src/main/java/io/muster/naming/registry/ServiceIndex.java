package io.muster.naming.registry;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.muster.consistency.ChangeEvent;
import io.muster.consistency.ChangeListener;
import io.muster.consistency.Datum;
import io.muster.consistency.Key;
import io.muster.naming.model.InstanceKey;
import io.muster.naming.model.Overlay;
import io.muster.naming.model.RegistryRecord;
import io.muster.naming.model.ServiceName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * All services that this node knows of, by full name. Fed only by the listeners of the consistency service ({@link
 * #changeListener()}), read by any thread without waiting.
 *
 * <p>Lean on purpose: beside the engines' own data it holds four bytes for an instance and some hundred for a service.
 * A {@link ServiceView} is built when somebody reads, once per change, and kept in a cache bounded by the instances in
 * it; services that nobody reads have none.
 *
 * <p>A service exists while it is declared or holds instances, and for a bounded time after the last instance of an
 * undeclared one went; whoever owns the clock calls {@link #releaseEmpty}.
 */
public final class ServiceIndex {

    /** Empty services beyond this are forgotten at once: churn of names must not fill the memory. */
    static final int RETAINED_MAX = 100_000;

    private final ConcurrentHashMap<ServiceName, ServiceEntry> entries = new ConcurrentHashMap<>();

    /** The names of those entries that exist, sorted for lists and pages. */
    private final ConcurrentSkipListSet<ServiceName> names = new ConcurrentSkipListSet<>();

    /** Entries that wait for {@link #releaseEmpty}. */
    private final ConcurrentHashMap<ServiceName, ServiceEntry> retained = new ConcurrentHashMap<>();

    /** Services with operators' words that the persistent engine has not stored yet. */
    private final ConcurrentSkipListSet<ServiceName> withWords = new ConcurrentSkipListSet<>();

    private final CopyOnWriteArrayList<ServiceListener> listeners = new CopyOnWriteArrayList<>();
    private final Cache<ServiceName, ServiceView> views;
    private final LongSupplier wallMillis;
    private final long retentionMillis;

    /** One counter for all services, so that no revision ever means two contents. */
    private final AtomicLong revisions = new AtomicLong();

    private final AtomicInteger ephemeralCount = new AtomicInteger();
    private final AtomicInteger persistentCount = new AtomicInteger();

    public ServiceIndex(RegistrySettings settings, LongSupplier wallMillis) {
        this.retentionMillis = settings.emptyServiceRetentionMillis();
        this.wallMillis = wallMillis;
        this.views = Caffeine.newBuilder()
                .maximumWeight(settings.viewCacheInstancesMax())
                .weigher((ServiceName name, ServiceView view) ->
                        1 + view.instances().size())
                .build();
    }

    /** The service as it stands; empty if nobody knows it. */
    public Optional<ServiceView> find(ServiceName service) {
        ServiceEntry entry = entries.get(service);
        if (entry == null || !entry.exists()) {
            return Optional.empty();
        }
        ServiceView cached = views.getIfPresent(service);
        if (cached != null && cached.revision() == entry.revision()) {
            return Optional.of(cached);
        }
        ServiceView view = entry.view();
        views.put(service, view);
        return Optional.of(view);
    }

    /** The revision that {@link #find} would show, or 0 if nobody knows the service: cheap enough for every request. */
    public long revision(ServiceName service) {
        ServiceEntry entry = entries.get(service);
        return entry == null || !entry.exists() ? 0 : entry.revision();
    }

    public boolean exists(ServiceName service) {
        ServiceEntry entry = entries.get(service);
        return entry != null && entry.exists();
    }

    /** Whether all that is known of the service is persistent instances: warming up can't hide any of it. */
    public boolean isPersistentOnly(ServiceName service) {
        ServiceEntry entry = entries.get(service);
        return entry != null && entry.isPersistentOnly();
    }

    /** Of a service; 0 for one that nobody knows. */
    public int persistentInstanceCount(ServiceName service) {
        ServiceEntry entry = entries.get(service);
        return entry == null ? 0 : entry.persistentInstanceCount();
    }

    /** What operators said of an ephemeral instance, registered at the moment or not. */
    Laid laid(ServiceName service, InstanceKey instance) {
        ServiceEntry entry = entries.get(service);
        return entry == null ? Laid.NOTHING : entry.laid(instance);
    }

    /** The services of a namespace, sorted by grouped name. */
    public List<ServiceName> names(String namespaceId) {
        return inNamespace(namespaceId, name -> true);
    }

    /** The services of one group, sorted by name. */
    public List<ServiceName> names(String namespaceId, String group) {
        return inNamespace(namespaceId, name -> name.group().equals(group));
    }

    /** Whether the namespace has any service. */
    public boolean hasServices(String namespaceId) {
        ServiceName first = names.ceiling(before(namespaceId));
        return first != null && first.namespaceId().equals(namespaceId);
    }

    /** Before every legal name of the namespace. */
    private static ServiceName before(String namespaceId) {
        return new ServiceName(namespaceId, "\0", "\0");
    }

    /** All services by namespace; namespaces without services do not show. */
    public SortedMap<String, List<ServiceName>> namesByNamespace() {
        SortedMap<String, List<ServiceName>> all = new TreeMap<>();
        for (ServiceName name : names) {
            all.computeIfAbsent(name.namespaceId(), ignored -> new ArrayList<>())
                    .add(name);
        }
        return all;
    }

    /** How much each namespace holds; those without services do not show. Walks all services: not for an event loop. */
    public SortedMap<String, NamespaceCounts> countsByNamespace() {
        SortedMap<String, NamespaceCounts> counts = new TreeMap<>();
        for (ServiceName name : names) {
            ServiceEntry entry = entries.get(name);
            int instances = entry == null ? 0 : entry.instanceCount();
            counts.put(
                    name.namespaceId(),
                    counts.getOrDefault(name.namespaceId(), NamespaceCounts.NONE)
                            .plus(instances));
        }
        return counts;
    }

    private List<ServiceName> inNamespace(String namespaceId, Predicate<ServiceName> wanted) {
        List<ServiceName> found = new ArrayList<>();
        for (ServiceName name : names.tailSet(before(namespaceId))) {
            if (!name.namespaceId().equals(namespaceId)) {
                break;
            }
            if (wanted.test(name)) {
                found.add(name);
            }
        }
        return found;
    }

    /** Services that exist. */
    public int serviceCount() {
        return names.size();
    }

    public int ephemeralInstanceCount() {
        return ephemeralCount.get();
    }

    public int persistentInstanceCount() {
        return persistentCount.get();
    }

    public void addListener(ServiceListener listener) {
        listeners.add(listener);
    }

    public void removeListener(ServiceListener listener) {
        listeners.remove(listener);
    }

    /** To be subscribed to everything of both modes; passes over keys that belong to no service. */
    public ChangeListener<RegistryRecord> changeListener() {
        return this::onChanges;
    }

    /** What operators said of a service's ephemeral instances, registered or not, by address. */
    public List<OverlayView> overlays(ServiceName service) {
        ServiceEntry entry = entries.get(service);
        return entry == null || !entry.isOverlaid() ? List.of() : entry.overlayViews();
    }

    /** The same of all services of a namespace, by name. Walks all services: not for an event loop. */
    public List<OverlayView> overlays(String namespaceId) {
        TreeMap<ServiceName, List<OverlayView>> found = new TreeMap<>();
        entries.forEach((name, entry) -> {
            if (entry.isOverlaid() && name.namespaceId().equals(namespaceId)) {
                found.put(name, entry.overlayViews());
            }
        });
        return found.values().stream().flatMap(List::stream).toList();
    }

    /** Services with operators' words that the persistent engine has not stored yet, sorted. */
    Collection<ServiceName> withWords() {
        return withWords;
    }

    /** Operators' words that the persistent engine has not stored yet. */
    public int pendingWordCount() {
        int count = 0;
        for (ServiceName name : withWords) {
            ServiceEntry entry = entries.get(name);
            count += entry == null ? 0 : entry.words().size();
        }
        return count;
    }

    /** Forgets services that have been empty and undeclared for the retention time. To be called every few seconds. */
    public void releaseEmpty() {
        long before = wallMillis.getAsLong() - retentionMillis;
        retained.forEach((name, entry) -> {
            if (!entry.isRetained()) {
                retained.remove(name, entry);
            } else if (entry.isRetainedSince(before)) {
                release(entry);
            }
        });
    }

    /** Forgets an empty, undeclared service now. */
    void forgetEmpty(ServiceName service) {
        ServiceEntry entry = retained.get(service);
        if (entry != null) {
            release(entry);
        }
    }

    /** What readers see under a key; empty for keys of no service. */
    Optional<Datum<RegistryRecord>> datum(Key key) {
        ServiceEntry entry =
                ServiceName.isKeyGroup(key.group()) ? entries.get(ServiceName.ofKeyGroup(key.group())) : null;
        return entry == null ? Optional.empty() : entry.datum(key);
    }

    /** What operators said of an ephemeral instance that is not stored yet; it outlasts the record that bore it. */
    Optional<Overlay> word(Key instance) {
        ServiceEntry entry =
                ServiceName.isKeyGroup(instance.group()) ? entries.get(ServiceName.ofKeyGroup(instance.group())) : null;
        return entry == null
                ? Optional.empty()
                : entry.laid(InstanceKey.ofId(instance.id())).word();
    }

    /** All that anything is known of, services or not, in no order; weakly consistent while changes go on. */
    Iterator<ServiceEntry> entries() {
        return entries.values().iterator();
    }

    @Nullable
    ServiceEntry entry(ServiceName service) {
        return entries.get(service);
    }

    private void onChanges(List<ChangeEvent<RegistryRecord>> events) {
        int from = 0;
        while (from < events.size()) {
            String keyGroup = events.get(from).key().group();
            int to = from + 1;
            while (to < events.size() && events.get(to).key().group().equals(keyGroup)) {
                to++;
            }
            if (ServiceName.isKeyGroup(keyGroup)) {
                apply(keyGroup, events.subList(from, to));
            }
            from = to;
        }
    }

    private void apply(String keyGroup, List<ChangeEvent<RegistryRecord>> events) {
        ServiceName name = ServiceName.ofKeyGroup(keyGroup);
        long nowMillis = wallMillis.getAsLong();
        ServiceEntry entry;
        ServiceEntry.Applied applied;
        do {
            entry = entries.computeIfAbsent(name, ignored -> new ServiceEntry(name, keyGroup));
            applied = entry.apply(events, revisions, nowMillis);
        } while (applied.dropped());
        ephemeralCount.addAndGet(applied.ephemeralDelta());
        persistentCount.addAndGet(applied.persistentDelta());
        if (applied.changed()) {
            keepTrack(entry);
            for (ServiceListener listener : listeners) {
                listener.changed(name);
            }
        }
    }

    private void keepTrack(ServiceEntry entry) {
        // Both engines' threads come here: the entry's monitor keeps its state and its place in the collections one.
        synchronized (entry) {
            if (entry.exists()) {
                names.add(entry.name());
            }
            if (entry.hasWords()) {
                withWords.add(entry.name());
            } else {
                withWords.remove(entry.name());
            }
            if (entry.isRetained()) {
                retained.put(entry.name(), entry);
            }
            if (!entry.exists() || (retained.size() > RETAINED_MAX && entry.isRetained())) {
                release(entry);
            }
        }
    }

    /**
     * The entry's data decide, not the caller's view of them: between the two an engine may have brought an instance.
     */
    private void release(ServiceEntry entry) {
        synchronized (entry) {
            boolean dropped = entry.release();
            retained.remove(entry.name(), entry);
            if (!entry.exists()) {
                names.remove(entry.name());
            }
            if (dropped) {
                // Last: from here on another entry may take the name.
                entries.remove(entry.name(), entry);
                views.invalidate(entry.name());
            }
        }
    }
}
