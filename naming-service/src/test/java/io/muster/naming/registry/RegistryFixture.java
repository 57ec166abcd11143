package io.muster.naming.registry;

import io.muster.consistency.Key;
import io.muster.naming.model.Instance;
import io.muster.naming.model.InstanceKey;
import io.muster.naming.model.Keys;
import io.muster.naming.model.Metadata;
import io.muster.naming.model.ServiceName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** A registry over {@link FakeConsistency}, with a clock and timers that tests turn. */
public final class RegistryFixture {

    public static final Caller ALICE = new Caller("alice", "10.9.9.9");
    public static final ServiceName ORDERS = ServiceName.of("", "", "orders");
    public static final InstanceKey FIRST = new InstanceKey("10.0.0.1", 8080, "DEFAULT");
    public static final InstanceKey SECOND = new InstanceKey("10.0.0.2", 8080, "DEFAULT");

    public final FakeConsistency consistency = new FakeConsistency();
    public long nowMillis = 1_700_000_000_000L;
    private final List<Runnable> timers = new ArrayList<>();
    public final Registry registry;

    public RegistryFixture() {
        this(RegistrySettings.STANDARD);
    }

    public RegistryFixture(RegistrySettings settings) {
        registry = new Registry(consistency, settings, (delay, task) -> timers.add(task), () -> nowMillis);
        registry.start();
    }

    /** Runs what waits for a timer, once. */
    public void runTimers() {
        List<Runnable> due = List.copyOf(timers);
        timers.clear();
        due.forEach(Runnable::run);
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
