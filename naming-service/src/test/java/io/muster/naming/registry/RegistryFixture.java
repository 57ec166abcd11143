package io.muster.naming.registry;

import io.muster.consistency.FormatInForce;
import io.muster.consistency.Key;
import io.muster.naming.model.Instance;
import io.muster.naming.model.InstanceKey;
import io.muster.naming.model.Keys;
import io.muster.naming.model.Metadata;
import io.muster.naming.model.ServiceName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A registry over {@link FakeConsistency}, with a clock and timers that tests turn. */
public final class RegistryFixture {

    public static final Caller ALICE = new Caller("alice", "10.9.9.9");
    public static final ServiceName ORDERS = ServiceName.of("", "", "orders");
    public static final InstanceKey FIRST = new InstanceKey("10.0.0.1", 8080, "DEFAULT");
    public static final InstanceKey SECOND = new InstanceKey("10.0.0.2", 8080, "DEFAULT");

    public final FakeConsistency consistency = new FakeConsistency();
    public long nowMillis = 1_700_000_000_000L;
    private final List<Due> timers = new ArrayList<>();
    public final Registry registry;

    /** Whether this node stores the words of all services, or of none. */
    public boolean onDuty = true;

    public boolean warmingUp;

    /** In force among the members; while it is the first one, one of them holds the next back. */
    public int formatInForce = FormatInForce.NEWEST;

    private final FormatInForce format = new FormatInForce() {
        @Override
        public int number() {
            return formatInForce;
        }

        @Override
        public String heldBackBy() {
            return "n3 (127.0.0.1:8848) announces 1";
        }
    };

    private Consumer<Boolean> leadership = now -> {};

    private record Due(long atMillis, Runnable task) {}

    public RegistryFixture() {
        this(RegistrySettings.STANDARD);
    }

    public RegistryFixture(RegistrySettings settings) {
        registry = new Registry(
                consistency,
                settings,
                new RegistryPorts(
                        (delay, task) -> timers.add(new Due(nowMillis + delay, task)),
                        () -> nowMillis,
                        () -> TimeUnit.MILLISECONDS.toNanos(nowMillis),
                        keyGroup -> onDuty,
                        listener -> {
                            leadership = listener;
                            return () -> leadership = now -> {};
                        },
                        () -> warmingUp,
                        format));
        registry.start();
    }

    /** Makes this node the leader, or no longer. */
    public void leads(boolean now) {
        leadership.accept(now);
    }

    /** Lets time pass; what waits for a timer runs when its time has come. */
    public void pass(Duration time) {
        long end = nowMillis + time.toMillis();
        while (true) {
            Due next = timers.stream()
                    .min(Comparator.comparingLong(Due::atMillis))
                    .filter(due -> due.atMillis() <= end)
                    .orElse(null);
            if (next == null) {
                nowMillis = end;
                return;
            }
            timers.remove(next);
            nowMillis = Math.max(nowMillis, next.atMillis());
            next.task().run();
        }
    }

    /** Runs what waits for a timer, once. */
    public void runTimers() {
        List<Due> due = List.copyOf(timers);
        timers.clear();
        due.forEach(timer -> timer.task().run());
    }

    public void register(InstanceKey instance) {
        register(Instance.ephemeral(instance));
    }

    public void register(Instance instance) {
        await(registry.registrations().register(ORDERS, instance, ALICE));
    }

    public ServiceView orders() {
        return registry.index().find(ORDERS).orElseThrow();
    }

    public InstanceView view(InstanceKey instance) {
        return orders().instance(instance).orElseThrow();
    }

    public static Key ephemeralKey(InstanceKey instance) {
        return Keys.instance(ORDERS.keyGroup(), instance, true);
    }

    public static Key persistentKey(InstanceKey instance) {
        return Keys.instance(ORDERS.keyGroup(), instance, false);
    }

    public static Key overlayKey(InstanceKey instance) {
        return Keys.overlay(ORDERS.keyGroup(), instance);
    }

    public static Metadata metadata(String key, String value) {
        return Metadata.of(Map.of(key, value));
    }

    /** The result of a stage that is through already; its failure as it is. */
    public static <T> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().getNow(null);
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }
}
