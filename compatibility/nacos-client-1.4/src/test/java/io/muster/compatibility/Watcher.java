package io.muster.compatibility;

import com.alibaba.nacos.api.naming.listener.Event;
import com.alibaba.nacos.api.naming.listener.EventListener;
import com.alibaba.nacos.api.naming.listener.NamingEvent;
import com.alibaba.nacos.api.naming.pojo.Instance;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/** A subscriber that remembers every list it was told of, and when. Called by the client's notifier thread. */
final class Watcher implements EventListener {

    /** One list, with the {@link System#nanoTime()} of its arrival. */
    record Seen(List<Instance> hosts, long atNanos) {

        /** How long after {@code nanos} it came. */
        Duration since(long nanos) {
            return Duration.ofNanos(atNanos - nanos);
        }
    }

    private final List<Seen> seen = new CopyOnWriteArrayList<>();

    @Override
    public void onEvent(Event event) {
        seen.add(new Seen(List.copyOf(((NamingEvent) event).getInstances()), System.nanoTime()));
    }

    List<Seen> seen() {
        return List.copyOf(seen);
    }

    /** The first list for which this holds. */
    Optional<Seen> first(Predicate<List<Instance>> what) {
        return seen.stream().filter(one -> what.test(one.hosts())).findFirst();
    }

    /** The first list after a moment for which this holds. */
    Optional<Seen> firstSince(long nanos, Predicate<List<Instance>> what) {
        return seen.stream()
                .filter(one -> one.atNanos() - nanos > 0 && what.test(one.hosts()))
                .findFirst();
    }

    boolean sawAddresses(String... addresses) {
        return first(hosts -> NacosClient.addresses(hosts).equals(List.of(addresses)))
                .isPresent();
    }
}
