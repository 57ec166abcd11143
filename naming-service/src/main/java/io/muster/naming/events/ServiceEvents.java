package io.muster.naming.events;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;

/**
 * The latest events of each service, oldest first. Any thread may tell, ask and listen.
 *
 * <p>Of one service {@value #OF_SERVICE_MAX} are kept, of all together {@value #EVENTS_MAX}, about 30 MiB: beyond that the services are
 * forgotten first in which nothing has happened for longest.
 */
public final class ServiceEvents {

    public static final int OF_SERVICE_MAX = 32;
    public static final int EVENTS_MAX = 100_000;

    /** Services share what is remembered of those forgotten altogether: so few that it costs nothing, and who shares is rarely wrong. */
    private static final int PASTS = 4_096;

    private final LongSupplier wallMillis;
    private final int eventsMax;

    // Both engines' threads and all readers come here; held for one event or one copy.
    private final Object lock = new Object();

    /** By key group; the one in which something happened last stands last. */
    private final LinkedHashMap<String, Ring> rings = new LinkedHashMap<>();

    /** What was forgotten with a whole ring, by the service's hash. */
    private final Past[] pasts = new Past[PASTS];

    private int kept;
    private long lastId;

    private final Map<String, List<Runnable>> listeners = new ConcurrentHashMap<>();

    /** @param wallMillis the machine's clock */
    public ServiceEvents(LongSupplier wallMillis) {
        this(wallMillis, EVENTS_MAX);
    }

    ServiceEvents(LongSupplier wallMillis, int eventsMax) {
        this.wallMillis = wallMillis;
        this.eventsMax = eventsMax;
        Arrays.fill(pasts, Past.NONE);
    }

    /**
     * What is forgotten.
     *
     * @param events how many, at most
     * @param lastId of the last of them
     */
    private record Past(long events, long lastId) {
        static final Past NONE = new Past(0, 0);

        Past and(long more, long last) {
            return new Past(events + more, Math.max(lastId, last));
        }
    }

    /** The events of one service. */
    private static final class Ring {
        private final Deque<ServiceEvent> events = new ArrayDeque<>(1);

        /** Before this ring began. */
        private final Past before;

        private Past past;

        Ring(Past before) {
            this.before = before;
            this.past = before;
        }
    }

    /**
     * What happened in a service after some event.
     *
     * @param events oldest first
     * @param lastId of the newest event of any service; 0 before the first
     * @param missed how many of this service's were forgotten before they could be asked for: at most so many, none if 0.
     *     Where the service itself was forgotten, those of a few others may count among them
     */
    public record Page(List<ServiceEvent> events, long lastId, long missed) {

        public Page {
            events = List.copyOf(events);
        }
    }

    /** Adds an event, and wakes those who listen to its service, on the caller's thread. */
    ServiceEvent tell(
            String keyGroup,
            String instance,
            boolean ephemeral,
            ServiceEvent.Kind kind,
            ServiceEvent.Cause cause,
            String by,
            String detail) {
        ServiceEvent event;
        synchronized (lock) {
            event = new ServiceEvent(
                    ++lastId, wallMillis.getAsLong(), keyGroup, instance, ephemeral, kind, cause, by, detail);
            add(event);
        }
        List<Runnable> waking = listeners.get(keyGroup);
        if (waking != null) {
            waking.forEach(Runnable::run);
        }
        return event;
    }

    private void add(ServiceEvent event) {
        Ring found = rings.remove(event.keyGroup());
        Ring ring = found == null ? new Ring(past(event.keyGroup())) : found;
        rings.put(event.keyGroup(), ring);
        if (ring.events.size() == OF_SERVICE_MAX) {
            ring.past = ring.past.and(1, ring.events.removeFirst().id());
            kept--;
        }
        ring.events.addLast(event);
        kept++;
        Iterator<Map.Entry<String, Ring>> quietest = rings.entrySet().iterator();
        while (kept > eventsMax) {
            Map.Entry<String, Ring> entry = quietest.next();
            forget(entry.getKey(), entry.getValue());
            quietest.remove();
        }
    }

    private void forget(String keyGroup, Ring ring) {
        kept -= ring.events.size();
        long own = ring.past.events() - ring.before.events() + ring.events.size();
        pasts[slot(keyGroup)] = past(keyGroup).and(own, ring.events.getLast().id());
    }

    private Past past(String keyGroup) {
        return pasts[slot(keyGroup)];
    }

    private static int slot(String keyGroup) {
        return Math.floorMod(keyGroup.hashCode(), PASTS);
    }

    /**
     * The events of a service after this one.
     *
     * @param since an event's id; 0 for all that are kept. One that is not reached yet counts as of an earlier process: all
     *     are given
     */
    public Page after(String keyGroup, long since) {
        synchronized (lock) {
            long from = since > lastId ? 0 : since;
            Ring ring = rings.get(keyGroup);
            List<ServiceEvent> later = ring == null
                    ? List.of()
                    : ring.events.stream().filter(event -> event.id() > from).toList();
            Past past = ring == null ? past(keyGroup) : ring.past;
            long missed = Math.max(0, Math.min(past.events(), past.lastId() - from));
            return new Page(later, lastId, missed);
        }
    }

    /**
     * Has somebody woken at each event of a service from now on.
     *
     * @param wake must not block
     * @return ends that; idempotent
     */
    public Runnable listen(String keyGroup, Runnable wake) {
        listeners.compute(keyGroup, (group, some) -> {
            List<Runnable> all = some == null ? new CopyOnWriteArrayList<>() : some;
            all.add(wake);
            return all;
        });
        return () -> listeners.computeIfPresent(keyGroup, (group, some) -> {
            some.remove(wake);
            return some.isEmpty() ? null : some;
        });
    }

    /** How many are kept, of all services. */
    int size() {
        synchronized (lock) {
            return kept;
        }
    }
}
