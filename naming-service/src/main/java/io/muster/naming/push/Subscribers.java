package io.muster.naming.push;

import io.muster.naming.model.ServiceName;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The clients that this node pushes to. Each list call of an eligible client subscribes it anew; whoever stays away for
 * the expiry time is forgotten. Bounded in all and by address. Safe for any thread: a refresh takes no lock, a newcomer
 * and a leaver do.
 */
public final class Subscribers {

    /** Of one subscriber's list of clusters: it is kept, and each text of its own is a packet of its own to encode. */
    static final int CLUSTERS_CHARS_MAX = 256;

    private static final Comparator<Subscriber> ORDER = Comparator.comparing(Subscriber::service)
            .thenComparing(Subscriber::host)
            .thenComparing(Subscriber::port)
            .thenComparing(Subscriber::clusters);

    private final SubscriberSettings settings;
    private final LongSupplier nanoTime;
    private final long expiryNanos;

    private final ConcurrentHashMap<ServiceName, ConcurrentHashMap<Subscriber.Id, Held>> byService =
            new ConcurrentHashMap<>();

    /** Guards who comes and goes, and the counts. */
    private final Object membership = new Object();

    private final Map<String, Integer> countByHost = new HashMap<>();
    private volatile int count;

    /**
     * @param nanoTime monotonic
     */
    public Subscribers(SubscriberSettings settings, LongSupplier nanoTime) {
        this.settings = settings;
        this.nanoTime = nanoTime;
        this.expiryNanos = TimeUnit.MILLISECONDS.toNanos(settings.expiryMillis());
    }

    /** A subscriber and when it was heard of last. */
    private static final class Held {
        private volatile Subscriber subscriber;
        private volatile long seenNanos;

        Held(Subscriber subscriber, long seenNanos) {
            this.subscriber = subscriber;
            this.seenNanos = seenNanos;
        }
    }

    /**
     * Takes a subscriber, or refreshes it.
     *
     * @return whether it is pushed to; false when there are too many, or it asks for too many clusters, so that it must
     *     poll as if nobody pushed
     */
    public boolean subscribe(Subscriber subscriber) {
        if (subscriber.clusters().length() > CLUSTERS_CHARS_MAX) {
            return false;
        }
        Subscriber.Id id = subscriber.id();
        ConcurrentHashMap<Subscriber.Id, Held> ofService = byService.get(subscriber.service());
        Held held = ofService == null ? null : ofService.get(id);
        if (held == null) {
            return admit(id, subscriber);
        }
        held.seenNanos = nanoTime.getAsLong();
        if (!held.subscriber.equals(subscriber)) {
            held.subscriber = subscriber;
        }
        return true;
    }

    private boolean admit(Subscriber.Id id, Subscriber subscriber) {
        synchronized (membership) {
            int ofHost = countByHost.getOrDefault(subscriber.host(), 0);
            if (count >= settings.subscribersMax() || ofHost >= settings.subscribersPerHostMax()) {
                return false;
            }
            Held before = byService
                    .computeIfAbsent(subscriber.service(), service -> new ConcurrentHashMap<>())
                    .put(id, new Held(subscriber, nanoTime.getAsLong()));
            if (before == null) {
                countByHost.put(subscriber.host(), ofHost + 1);
                setCount(count + 1);
            }
            return true;
        }
    }

    /** Forgets those who stayed away. A refresh that meets it is made good by the client's next poll. */
    public void expire() {
        long now = nanoTime.getAsLong();
        byService.forEach((service, ofService) -> ofService.forEach((id, held) -> {
            if (isExpired(held, now)) {
                remove(service, id, held);
            }
        }));
    }

    private void remove(ServiceName service, Subscriber.Id id, Held held) {
        synchronized (membership) {
            ConcurrentHashMap<Subscriber.Id, Held> ofService = byService.get(service);
            if (ofService == null || !ofService.remove(id, held)) {
                return;
            }
            if (ofService.isEmpty()) {
                byService.remove(service);
            }
            countByHost.computeIfPresent(id.host(), (host, ofHost) -> ofHost == 1 ? null : ofHost - 1);
            setCount(count - 1);
        }
    }

    // Only under the lock; volatile for those who only look.
    private void setCount(int newCount) {
        count = newCount;
    }

    private boolean isExpired(Held held, long now) {
        return now - held.seenNanos >= expiryNanos;
    }

    /** Whether a change of the service is of interest to anybody. Cheap: it is asked for every change. */
    public boolean hasAny(ServiceName service) {
        return byService.containsKey(service);
    }

    public List<Subscriber> of(ServiceName service) {
        ConcurrentHashMap<Subscriber.Id, Held> ofService = byService.get(service);
        List<Subscriber> found = new ArrayList<>();
        if (ofService != null) {
            long now = nanoTime.getAsLong();
            for (Held held : ofService.values()) {
                if (!isExpired(held, now)) {
                    found.add(held.subscriber);
                }
            }
        }
        found.sort(ORDER);
        return found;
    }

    /**
     * Subscribers for people: of services of the namespace whose group and name contain the texts.
     */
    public List<Subscriber> matching(String namespaceId, String groupPart, String namePart) {
        List<Subscriber> found = new ArrayList<>();
        for (ServiceName service : byService.keySet()) {
            if (service.namespaceId().equals(namespaceId)
                    && service.group().contains(groupPart)
                    && service.name().contains(namePart)) {
                found.addAll(of(service));
            }
        }
        found.sort(ORDER);
        return found;
    }

    public int count() {
        return count;
    }
}
