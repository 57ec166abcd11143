package io.muster.simulation;

import io.muster.consistency.Mode;
import io.muster.consistency.router.ConsistencyRouter;
import io.muster.distro.DistroConfig;
import io.muster.distro.DistroEngine;
import io.muster.distro.DistroMetrics;
import io.muster.distro.core.GuardLimits;
import io.muster.distro.core.LeaseLimits;
import io.muster.distro.core.PeerLimits;
import io.muster.member.port.Lane;
import io.muster.naming.list.InstanceLists;
import io.muster.naming.list.ListAnswer;
import io.muster.naming.list.ListRequest;
import io.muster.naming.list.NameForm;
import io.muster.naming.model.HeartbeatSettings;
import io.muster.naming.model.Instance;
import io.muster.naming.model.RegistryRecord;
import io.muster.naming.model.ServiceName;
import io.muster.naming.push.PushWindows;
import io.muster.naming.push.Subscriber;
import io.muster.naming.push.SubscriberSettings;
import io.muster.naming.push.Subscribers;
import io.muster.naming.registry.BeatAnswer;
import io.muster.naming.registry.Caller;
import io.muster.naming.registry.Registry;
import io.muster.naming.registry.RegistrySettings;
import io.muster.naming.registry.WarmUp;
import io.muster.naming.wire.RegistryRecordCodec;
import io.muster.sim.cluster.OracleMembers;
import io.muster.sim.cluster.SimCluster;
import io.muster.sim.cluster.SimProcess;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;

/** One process: the real engine, registry, lists and push, on the ports of the simulation. */
final class RegistryNode {

    private static final long PUSH_DELAY_MILLIS = 50;
    private static final long LIST_CACHE_BYTES_MAX = 1 << 20;

    /** Clients beat once a second, so each is heard of a few times. */
    private static final long COLD_START_HOLD_MILLIS = 4_000;

    final SimProcess process;
    private final JointBug bug;
    private final DistroEngine<RegistryRecord> engine;
    private final Registry registry;
    private final InstanceLists lists;
    private final Subscribers subscribers;
    private final AtomicReference<Throwable> broken = new AtomicReference<>();

    RegistryNode(
            SimCluster cluster,
            SimProcess process,
            OracleMembers.Lists listing,
            JointBug bug,
            PushWindows.Outlet pushed) {
        this.process = process;
        this.bug = bug;
        OracleMembers members = OracleMembers.of(cluster, process, listing);
        engine = new DistroEngine<>(
                config(),
                new RegistryRecordCodec(),
                process.identity(),
                process.ports(Lane.DISTRO, members),
                DistroMetrics.NONE,
                broken::set);
        HeartbeatSettings.Defaults heartbeat = new HeartbeatSettings.Defaults(1_000, 3_000, 6_000, 60_000);
        registry = new Registry(
                new ConsistencyRouter<>(engine, new NoLeader()),
                new RegistrySettings(heartbeat, 60_000, 200_000),
                (delayMillis, task) -> process.time().after(Duration.ofMillis(delayMillis), task),
                process.time()::wallMillis);
        WarmUp warmUp = bug == JointBug.N16_LISTS_WHILE_LOADING ? WarmUp.DONE : engine::warmingUp;
        lists = new InstanceLists(registry.index(), registry.switches(), warmUp, LIST_CACHE_BYTES_MAX);
        subscribers = new Subscribers(SubscriberSettings.STANDARD, process.time()::monoNanos);
        PushWindows windows = new PushWindows(
                registry.index(),
                registry.switches(),
                subscribers,
                warmUp,
                PUSH_DELAY_MILLIS,
                (delayMillis, task) -> process.time().after(Duration.ofMillis(delayMillis), task),
                pushed);
        registry.start();
        registry.index().addListener(windows);
        engine.watch(process.time(), members::selfLoaded);
        engine.start();
    }

    private static DistroConfig config() {
        return DistroConfig.DEFAULTS
                .withLeases(new LeaseLimits(60_000, 2_000, 600_000, 1_000))
                .withGuard(new GuardLimits(0.3, 10, 3_000, 3_000))
                .withPeers(new PeerLimits(20, 1_000, 5_000, 300))
                .withColdStartHoldMillis(COLD_START_HOLD_MILLIS);
    }

    Optional<Throwable> failure() {
        return Optional.ofNullable(broken.get());
    }

    private boolean awake() {
        return !process.time().killed() && !process.time().paused();
    }

    /** Whether requests are answered other than by 503. */
    boolean serves() {
        return awake() && engine.readiness(Mode.EPHEMERAL).ready();
    }

    /** A full beat of a 1.x client. */
    CompletionStage<BeatAnswer> beat(ServiceName service, Instance instance) {
        return registry.registrations().beat(service, instance.key(), Optional.of(instance), Caller.SERVER);
    }

    CompletionStage<Void> deregister(ServiceName service, Instance instance) {
        return registry.registrations().deregister(service, instance.key(), true, Caller.SERVER);
    }

    /** The answer to a list call, which subscribes as well; empty stands for 503. */
    Optional<byte[]> list(Subscriber subscriber) {
        boolean open = bug == JointBug.N16_LISTS_WHILE_LOADING ? awake() : serves();
        if (!open) {
            return Optional.empty();
        }
        subscribers.subscribe(subscriber);
        ListAnswer answer = lists.list(new ListRequest(subscriber.service(), "", false, NameForm.GROUPED, true, ""));
        return answer instanceof ListAnswer.Body body ? Optional.of(body.json().getBytes()) : Optional.empty();
    }

    /** What a list call would show now. */
    List<String> addresses(ServiceName service) {
        return registry.index()
                .find(service)
                .map(view -> view.instances().stream()
                        .map(instance -> instance.ip() + ":" + instance.port())
                        .toList())
                .orElse(List.of());
    }
}
