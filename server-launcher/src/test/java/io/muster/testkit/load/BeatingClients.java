package io.muster.testkit.load;

import io.muster.testkit.client.Answer;
import io.muster.testkit.client.Instance;
import io.muster.testkit.client.RegistryClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Ephemeral instances that register and beat as clients do: each at its interval through any node, and registering anew
 * when told that it is unknown. It knows of each instance when the registry last acknowledged it, so a test can tell
 * who must be listed.
 */
public final class BeatingClients implements AutoCloseable {

    /** More at once would only measure this client's own queue. */
    private static final int UNDER_WAY_MAX = 256;

    /** Whoever found no room tries again after that, so that nobody falls silent because the load comes in waves. */
    private static final Duration RETRIES_AFTER = Duration.ofMillis(200);

    /**
     * An acknowledged registration is asked of every node only after that; X2 wants 50 ms, a busy machine takes longer.
     */
    private static final Duration VISIBLE_WITHIN = Duration.ofSeconds(2);

    /**
     * What happened so far.
     *
     * @param beats acknowledged for a known instance
     * @param registrations acknowledged
     * @param reregistrations of instances that had been registered, because the registry knew them no more
     * @param failures operations that no node acknowledged
     * @param skipped beats put off because too many requests were under way: the machine is too slow for this load
     * @param longestSilence of any one instance between two acknowledgements
     * @param longestTook of any one operation
     */
    public record Report(
            long beats,
            long registrations,
            long reregistrations,
            long failures,
            long skipped,
            Duration longestSilence,
            Duration longestTook) {}

    private final RegistryClient client;
    private final Duration interval;
    private final Map<Instance, Beater> beaters = new LinkedHashMap<>();
    private final Map<String, List<Beater>> beatersByService = new TreeMap<>();
    private final Timers timers = new Timers("beating clients", UNDER_WAY_MAX);
    private final LongAdder beats = new LongAdder();
    private final LongAdder registrations = new LongAdder();
    private final LongAdder reregistrations = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private final LongAdder skipped = new LongAdder();
    private final AtomicLong longestSilenceNanos = new AtomicLong();
    private final AtomicLong longestTookNanos = new AtomicLong();

    private BeatingClients(RegistryClient client, Duration interval, List<Instance> instances) {
        this.client = client;
        this.interval = interval;
        instances.forEach(instance -> beaters.put(instance, new Beater(instance)));
        beaters.forEach((instance, beater) -> beatersByService
                .computeIfAbsent(instance.service(), service -> new ArrayList<>())
                .add(beater));
    }

    /** Starts clients for these instances, spread over one interval; each registers first. */
    public static BeatingClients start(RegistryClient client, Duration interval, List<Instance> instances) {
        BeatingClients clients = new BeatingClients(client, interval, instances);
        int i = 0;
        for (Beater beater : clients.beaters.values()) {
            clients.timers.every(interval, (double) i++ / instances.size(), beater::tick);
        }
        return clients;
    }

    /** Whether every instance that has not left must be listed everywhere. */
    public boolean allAreSteady() {
        return beaters.values().stream().allMatch(beater -> beater.left || beater.isSteady());
    }

    /**
     * Addresses of a service's instances that must be listed everywhere: registered for a moment, and acknowledged
     * within the last two intervals.
     */
    public NavigableSet<String> steady(String service) {
        NavigableSet<String> addresses = new TreeSet<>();
        beatersByService.getOrDefault(service, List.of()).stream()
                .filter(Beater::isSteady)
                .forEach(beater -> addresses.add(beater.instance.address()));
        return addresses;
    }

    public NavigableSet<String> services() {
        return new TreeSet<>(beatersByService.keySet());
    }

    /** Stops this instance's beats and deregisters it. */
    public CompletableFuture<Answer> leave(Instance instance) {
        beater(instance).left = true;
        return client.deregister(instance);
    }

    /** Stops this instance's beats without a word, as a client that crashed. */
    public void fallSilent(Instance instance) {
        beater(instance).left = true;
    }

    /** It registers and beats again, at its next turn: after {@link #leave} or {@link #fallSilent}. */
    public void comeBack(Instance instance) {
        beater(instance).comeBack();
    }

    private Beater beater(Instance instance) {
        Beater beater = beaters.get(instance);
        if (beater == null) {
            throw new IllegalArgumentException(instance + " is not one of these clients");
        }
        return beater;
    }

    public Report report() {
        return new Report(
                beats.sum(),
                registrations.sum(),
                reregistrations.sum(),
                failures.sum(),
                skipped.sum(),
                Duration.ofNanos(longestSilenceNanos.get()),
                Duration.ofNanos(longestTookNanos.get()));
    }

    /** Stops all beats; the instances stay registered until they expire. */
    public Report stop() {
        timers.close();
        return report();
    }

    @Override
    public void close() {
        timers.close();
    }

    /** One client. Its operations follow one another. */
    private final class Beater {

        private final Instance instance;
        private final AtomicBoolean busy = new AtomicBoolean();

        private volatile boolean left;
        private volatile boolean registered;
        private volatile boolean everRegistered;

        /**
         * By {@link System#nanoTime}, taken before the request that was acknowledged; means something once registered.
         */
        private volatile long acknowledgedNanos;

        /** Likewise, of the last registration. */
        private volatile long registeredNanos;

        Beater(Instance instance) {
            this.instance = instance;
        }

        boolean isSteady() {
            long nowNanos = System.nanoTime();
            return registered
                    && !left
                    && nowNanos - registeredNanos > VISIBLE_WITHIN.toNanos()
                    && nowNanos - acknowledgedNanos < 2 * interval.toNanos();
        }

        /** As a new process of the client would. */
        void comeBack() {
            registered = false;
            everRegistered = false;
            left = false;
        }

        void tick() {
            if (left || hasJustRegistered() || !busy.compareAndSet(false, true)) {
                return;
            }
            if (!timers.begin()) {
                skipped.increment();
                // It stays busy, so that the next interval adds no second series of attempts.
                timers.later(RETRIES_AFTER, () -> {
                    busy.set(false);
                    tick();
                });
                return;
            }
            long nowNanos = System.nanoTime();
            (registered ? beat(nowNanos) : register(nowNanos)).whenComplete((done, failure) -> {
                if (failure != null) {
                    failures.increment();
                }
                timers.end();
                busy.set(false);
            });
        }

        /** Whose registration took as long as an interval would beat at another node before that can know it. */
        private boolean hasJustRegistered() {
            return registered && System.nanoTime() - registeredNanos < interval.toNanos() / 2;
        }

        private CompletableFuture<@Nullable Void> beat(long nowNanos) {
            return client.beat(instance).thenCompose(answer -> {
                took(answer);
                if (RegistryClient.isKnown(answer)) {
                    beats.increment();
                    acknowledged(nowNanos);
                } else if (answer.isOk() && !left) {
                    registered = false;
                    return register(System.nanoTime());
                } else {
                    failures.increment();
                }
                return CompletableFuture.completedFuture(null);
            });
        }

        private CompletableFuture<@Nullable Void> register(long nowNanos) {
            return client.register(instance).thenAccept(answer -> {
                took(answer);
                if (!answer.isOk()) {
                    failures.increment();
                    return;
                }
                registrations.increment();
                if (everRegistered) {
                    reregistrations.increment();
                    acknowledged(nowNanos);
                } else {
                    acknowledgedNanos = nowNanos;
                    everRegistered = true;
                }
                registeredNanos = System.nanoTime();
                registered = true;
            });
        }

        private void took(Answer answer) {
            longestTookNanos.accumulateAndGet(answer.took().toNanos(), Math::max);
        }

        private void acknowledged(long nowNanos) {
            longestSilenceNanos.accumulateAndGet(nowNanos - acknowledgedNanos, Math::max);
            acknowledgedNanos = nowNanos;
        }
    }
}
