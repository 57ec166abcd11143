package io.muster.naming.registry;

import static io.muster.naming.registry.RegistryFixture.ALICE;
import static io.muster.naming.registry.RegistryFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.muster.consistency.Removal;
import io.muster.naming.model.ClusterDefinition;
import io.muster.naming.model.Instance;
import io.muster.naming.model.InstanceKey;
import io.muster.naming.model.Keys;
import io.muster.naming.model.ServiceDefinition;
import io.muster.naming.model.ServiceName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * X19 over a virtual week and three members: services are declared and deleted, instances come and go, members lead by turns, or nobody does, and some
 * start cold. What nobody declares and nobody is in is cleared away, in time, and nothing else ever is.
 */
class EmptyServicesWeekTest {

    private static final Duration WEEK = Duration.ofDays(7);
    private static final Duration STEP = Duration.ofSeconds(30);
    private static final int SERVICES = 25;
    private static final String CLUSTER = "blue";

    /** Nothing is cleared that was left over for less: the rounds that must have seen it so. */
    private static final Duration SAFE = Duration.ofSeconds(30L * (EmptyServices.ROUNDS - 1));

    /** From there on it is gone, if one and the same leader has seen all of it: its first round, and some. */
    private static final Duration BOUND = Duration.ofSeconds(60 + 30L * (EmptyServices.ROUNDS + 2));

    private final FakeConsistency consistency = new FakeConsistency();
    private final PriorityQueue<Due> timers =
            new PriorityQueue<>(Comparator.comparingLong(Due::atMillis).thenComparingLong(Due::order));
    private long nowMillis = 1_700_000_000_000L;
    private long order;
    private int cleared;

    private record Due(long atMillis, long order, Runnable task) {}

    private final class Node {
        private boolean warmingUp;
        private Consumer<Boolean> leadership = now -> {};
        private final Registry registry = new Registry(
                consistency,
                RegistrySettings.STANDARD,
                new RegistryPorts(
                        (delay, task) -> timers.add(new Due(nowMillis + delay, order++, task)),
                        () -> nowMillis,
                        () -> TimeUnit.MILLISECONDS.toNanos(nowMillis),
                        Duties.ALL,
                        listener -> {
                            leadership = listener;
                            return () -> {};
                        },
                        () -> warmingUp));

        private Node() {
            registry.start();
        }
    }

    /** What one service should be. */
    private final class Model {
        private final ServiceName name;
        private boolean declared;
        private boolean described;
        private final List<Instance> instances = new ArrayList<>();

        /** Since when it is nothing but a description of a cluster. */
        private long leftoverMillis;

        private Model(int number) {
            name = ServiceName.of("", "", "s" + number);
        }

        private boolean isLeftover() {
            return described && !declared && instances.isEmpty();
        }

        private boolean isStored() {
            return consistency.get(Keys.cluster(name.keyGroup(), CLUSTER)).isPresent();
        }
    }

    private void pass(Duration time) {
        long end = nowMillis + time.toMillis();
        while (!timers.isEmpty() && timers.peek().atMillis() <= end) {
            Due next = timers.remove();
            nowMillis = Math.max(nowMillis, next.atMillis());
            next.task().run();
        }
        nowMillis = end;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void onlyWhatNobodyDeclares_isCleared_andThatInTime(long seed) {
        Random random = new Random(seed);
        List<Node> nodes = List.of(new Node(), new Node(), new Node());
        List<Model> models = new ArrayList<>();
        for (int i = 0; i < SERVICES; i++) {
            models.add(new Model(i));
        }
        int leader = -1;
        long undisturbedMillis = nowMillis;
        long end = nowMillis + WEEK.toMillis();
        while (nowMillis < end) {
            if (random.nextInt(120) == 0) {
                undisturbedMillis = nowMillis;
                if (leader >= 0) {
                    nodes.get(leader).leadership.accept(false);
                }
                leader = random.nextInt(4) - 1;
                if (leader >= 0) {
                    nodes.get(leader).leadership.accept(true);
                }
            }
            if (random.nextInt(200) == 0) {
                Node node = nodes.get(random.nextInt(nodes.size()));
                node.warmingUp = !node.warmingUp;
                undisturbedMillis = nowMillis;
            }
            if (random.nextInt(4) == 0) {
                act(models.get(random.nextInt(SERVICES)), nodes.get(random.nextInt(nodes.size())).registry, random);
            }
            pass(STEP);
            boolean able = leader >= 0 && !nodes.get(leader).warmingUp;
            for (Model model : models) {
                check(model, able ? nowMillis - undisturbedMillis : 0);
            }
        }
        assertThat(cleared).as("something was cleared away").isGreaterThan(20);
    }

    private void act(Model model, Registry registry, Random random) {
        switch (random.nextInt(7)) {
            case 0, 1 -> declare(model, registry);
            case 2 -> describe(model, registry);
            case 3 -> undeclare(model);
            case 4, 5 -> {
                Instance instance = Instance.of(
                        new InstanceKey("127.0.0." + (1 + random.nextInt(3)), 80, InstanceKey.DEFAULT_CLUSTER),
                        random.nextBoolean());
                if (model.instances.stream().noneMatch(known -> known.key().equals(instance.key()))) {
                    await(registry.registrations().register(model.name, instance, ALICE));
                    model.instances.add(instance);
                }
            }
            default -> {
                model.instances.forEach(instance -> await(
                        registry.registrations().deregister(model.name, instance.key(), instance.ephemeral(), ALICE)));
                model.instances.clear();
            }
        }
        note(model);
    }

    /** Who exists by his instances, or just did, is not to be created. */
    private void declare(Model model, Registry registry) {
        if (!model.declared && !registry.index().exists(model.name)) {
            await(registry.services().create(model.name, ServiceDefinition.DEFAULT, ALICE));
            model.declared = true;
        }
    }

    private void describe(Model model, Registry registry) {
        if (model.declared || !model.instances.isEmpty()) {
            await(registry.services().putCluster(model.name, CLUSTER, ClusterDefinition.DEFAULT, ALICE));
            model.described = true;
            model.declared = true;
        }
    }

    /** By half, as an admin's delete is that met a failure: the description of the cluster stays. */
    private void undeclare(Model model) {
        if (model.declared) {
            await(consistency.remove(Keys.service(model.name.keyGroup()), Removal.OPERATOR));
            model.declared = false;
        }
    }

    private void note(Model model) {
        if (!model.isLeftover()) {
            model.leftoverMillis = 0;
        } else if (model.leftoverMillis == 0) {
            model.leftoverMillis = nowMillis;
        }
    }

    private void check(Model model, long undisturbedForMillis) {
        assertThat(consistency.get(Keys.service(model.name.keyGroup())).isPresent())
                .as("%s is declared", model.name)
                .isEqualTo(model.declared);
        if (!model.described) {
            return;
        }
        if (!model.isLeftover()) {
            assertThat(model.isStored())
                    .as("%s is declared or lived in", model.name)
                    .isTrue();
            return;
        }
        long forMillis = nowMillis - model.leftoverMillis;
        if (!model.isStored()) {
            assertThat(forMillis).as("%s was left over for", model.name).isGreaterThanOrEqualTo(SAFE.toMillis());
            model.described = false;
            model.leftoverMillis = 0;
            cleared++;
        } else {
            assertThat(Math.min(forMillis, undisturbedForMillis))
                    .as("%s is left over, and there is a leader, for", model.name)
                    .isLessThanOrEqualTo(BOUND.toMillis());
        }
    }
}
