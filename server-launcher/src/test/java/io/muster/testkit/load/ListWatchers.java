package io.muster.testkit.load;

import io.muster.testkit.client.Answer;
import io.muster.testkit.client.RegistryClient;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Consumers that ask every node for the list of every service at an interval, and keep what they are given beside what
 * they should be given (X13). A node that refuses is no fault: consumers keep the list they have.
 */
public final class ListWatchers implements AutoCloseable {

    private static final int UNDER_WAY_MAX = 128;
    private static final int NAMED_MAX = 10;

    /** Lists that lack nobody beyond this are counted and not kept. */
    private static final int SIGHTINGS_MAX = 200_000;

    /**
     * What happened so far.
     *
     * @param lists given
     * @param refusals answers that gave none, and requests without answer
     * @param skipped requests left out because too many were under way
     * @param falselyEmpty lists that were empty though somebody had to be in them
     * @param lacking all lists that lacked somebody, the empty ones too
     * @param shunning all lists that told somebody who lives to be unhealthy
     */
    public record Report(
            long lists,
            long refusals,
            long skipped,
            List<Sighting> falselyEmpty,
            List<Sighting> lacking,
            List<Sighting> shunning) {}

    private final RegistryClient client;
    private final Supplier<List<URI>> nodes;
    private final Function<String, NavigableSet<String>> expected;
    private final Timers timers = new Timers("list watchers", UNDER_WAY_MAX);
    private final long startNanos = System.nanoTime();
    private final LongAdder lists = new LongAdder();
    private final LongAdder refusals = new LongAdder();
    private final LongAdder skipped = new LongAdder();

    /** Guarded by itself. */
    private final List<Sighting> sightings = new ArrayList<>();

    private ListWatchers(
            RegistryClient client, Supplier<List<URI>> nodes, Function<String, NavigableSet<String>> expected) {
        this.client = client;
        this.nodes = nodes;
        this.expected = expected;
    }

    /**
     * Starts watching.
     *
     * @param expected by service, who must be listed at this moment, such as {@link BeatingClients#steady}
     */
    public static ListWatchers start(
            RegistryClient client,
            Supplier<List<URI>> nodes,
            Collection<String> services,
            Duration interval,
            Function<String, NavigableSet<String>> expected) {
        ListWatchers watchers = new ListWatchers(client, nodes, expected);
        int i = 0;
        for (String service : services) {
            watchers.timers.every(interval, (double) i++ / services.size(), () -> watchers.look(service));
        }
        return watchers;
    }

    private void look(String service) {
        for (URI node : nodes.get()) {
            if (!timers.begin()) {
                skipped.increment();
                continue;
            }
            NavigableSet<String> expectedBefore = expected.apply(service);
            client.ofNodes(node).list(service).whenComplete((answer, failure) -> {
                try {
                    see(node, service, expectedBefore, answer, failure);
                } finally {
                    timers.end();
                }
            });
        }
    }

    private void see(URI node, String service, NavigableSet<String> expectedBefore, Answer answer, Throwable failure) {
        if (failure != null || !answer.isOk()) {
            refusals.increment();
            return;
        }
        NavigableMap<String, Boolean> listed = RegistryClient.health(answer);
        NavigableSet<String> living = new TreeSet<>(expectedBefore);
        living.retainAll(expected.apply(service));
        NavigableSet<String> missing = those(living, address -> !listed.containsKey(address));
        NavigableSet<String> unhealthy = those(living, address -> !listed.getOrDefault(address, true));
        Duration at = Duration.ofNanos(System.nanoTime() - startNanos);
        lists.increment();
        synchronized (sightings) {
            if (sightings.size() < SIGHTINGS_MAX) {
                sightings.add(new Sighting(
                        at,
                        node,
                        service,
                        listed.size(),
                        named(missing),
                        missing.size(),
                        named(unhealthy),
                        unhealthy.size()));
            }
        }
    }

    private static NavigableSet<String> those(NavigableSet<String> among, Predicate<String> wanted) {
        return among.stream().filter(wanted).collect(Collectors.toCollection(TreeSet::new));
    }

    private static NavigableSet<String> named(NavigableSet<String> all) {
        return all.stream().limit(NAMED_MAX).collect(Collectors.toCollection(TreeSet::new));
    }

    /** Every list given so far, in the order of the answers, up to a bound. */
    public List<Sighting> sightings() {
        synchronized (sightings) {
            return List.copyOf(sightings);
        }
    }

    public Report report() {
        List<Sighting> all = sightings();
        return new Report(
                lists.sum(),
                refusals.sum(),
                skipped.sum(),
                all.stream().filter(Sighting::isFalselyEmpty).toList(),
                all.stream().filter(Sighting::lacksSomebody).toList(),
                all.stream().filter(Sighting::shunsSomebody).toList());
    }

    public Report stop() {
        timers.close();
        return report();
    }

    @Override
    public void close() {
        timers.close();
    }
}
