package io.muster.member.health;

import io.muster.member.ClusterId;
import io.muster.member.MemberAddress;
import io.muster.member.MemberView;
import io.muster.member.NodeId;
import io.muster.member.NodeIdentity;
import io.muster.member.health.core.Effect;
import io.muster.member.health.core.HealthMessage;
import io.muster.member.health.core.HealthRules;
import io.muster.member.health.core.HealthStatus;
import io.muster.member.health.core.HealthTiming;
import io.muster.member.health.core.Input;
import io.muster.member.health.core.MemberHealth;
import io.muster.member.health.core.Notice;
import io.muster.member.health.core.Now;
import io.muster.member.port.LinkEvent;
import io.muster.member.port.Time;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Member health at work: probes the members that the lookup lists, and tells who is alive (design §6). All public methods are for any thread;
 * everything else happens on the thread of {@link HealthPorts#time}, one turn after another.
 *
 * <p>Life: {@link #start}, any number of wishes and announcements, {@link #leave} where there is time for it, {@link #stop}.
 */
public final class HealthDriver {

    private static final Logger LOG = LoggerFactory.getLogger(HealthDriver.class);

    /** How old the status may get. */
    private static final long STATUS_NANOS = Duration.ofSeconds(1).toNanos();

    private final HealthPorts ports;
    private final Time time;
    private final MemberHealth core;
    private final long tickNanos;
    private final Consumer<MemberView> onView;
    private final Consumer<Notice> onNotice;
    private final HealthMetrics metrics;
    private final Executor executor = new Executor();

    /** Never null; replaced on the driver's thread. */
    private volatile HealthStatus status;

    private long statusNanos;
    private boolean started;
    private boolean stopped;

    /**
     * @param selfAddress how this node's own configuration names it
     * @param onView gets each view in order, on the driver's thread; {@link io.muster.member.port.MemberRoster#publish} as a rule
     * @param onNotice gets what is worth telling people, on the driver's thread
     */
    public HealthDriver(
            NodeIdentity self,
            MemberAddress selfAddress,
            HealthTiming timing,
            HealthPorts ports,
            Consumer<MemberView> onView,
            Consumer<Notice> onNotice,
            HealthMetrics metrics) {
        this(self, selfAddress, timing, ports, onView, onNotice, metrics, new HealthRules());
    }

    /** @param rules broken ones, in tests that prove themselves */
    public HealthDriver(
            NodeIdentity self,
            MemberAddress selfAddress,
            HealthTiming timing,
            HealthPorts ports,
            Consumer<MemberView> onView,
            Consumer<Notice> onNotice,
            HealthMetrics metrics,
            HealthRules rules) {
        this.ports = ports;
        this.time = ports.time();
        this.tickNanos = timing.tickNanos();
        this.onView = onView;
        this.onNotice = onNotice;
        this.metrics = metrics;
        this.core = new MemberHealth(self, selfAddress, timing, rules, now());
        this.status = core.status();
    }

    // For any thread.

    /** Begins to listen and to probe, if a wish or announcement has not made it begin before. */
    public void start() {
        time.execute(this::begin);
    }

    /** Takes up the lookup's list. */
    public void wish(List<MemberAddress> addresses) {
        submit(new Input.Wished(addresses));
    }

    /** Tells the members whether this node counts as loaded with ephemeral data; it does not until this says so. */
    public void announceLoaded(boolean loaded) {
        submit(new Input.LoadedChanged(loaded));
    }

    /** Tells the members to which cluster this node belongs. */
    public void announceCluster(ClusterId clusterId) {
        submit(new Input.ClusterKnown(clusterId));
    }

    /** Tells the members that this process is about to end, so that they take it out of the ring at once. Completes when that was sent. */
    public CompletionStage<Void> leave() {
        CompletableFuture<Void> sent = new CompletableFuture<>();
        time.execute(() -> {
            feed(new Input.Leave());
            sent.complete(null);
        });
        return sent;
    }

    /** Ends: no frame, view or notice comes any more; idempotent. */
    public void stop() {
        time.execute(() -> stopped = true);
    }

    /** What is known, at most one probe interval old. */
    public HealthStatus status() {
        return status;
    }

    // On the driver's thread.

    private void begin() {
        if (started || stopped) {
            return;
        }
        started = true;
        guarded(() -> onView.accept(core.view()));
        ports.net().onFrame(this::received);
        ports.links().onEvent(event -> input(event).ifPresent(this::feed));
        tick();
    }

    private void submit(Input input) {
        time.execute(() -> {
            begin();
            feed(input);
        });
    }

    private void tick() {
        if (!stopped) {
            // First, so that nothing that goes wrong in a step can end the ticks.
            time.after(Duration.ofNanos(tickNanos), this::tick);
            feed(new Input.Tick());
        }
    }

    private void received(NodeId from, byte[] frame) {
        HealthMessage message;
        try {
            message = HealthCodec.decode(frame);
        } catch (MalformedMessageException malformed) {
            metrics.frameRefused();
            return;
        }
        feed(new Input.Received(from, message));
    }

    private void feed(Input input) {
        if (stopped) {
            return;
        }
        guarded(() -> step(input));
    }

    private void step(Input input) {
        Now now = now();
        List<Effect> effects = core.on(input, now);
        boolean published = false;
        for (Effect effect : effects) {
            published |= effect instanceof Effect.Publish;
        }
        if (published || now.nanos() - statusNanos >= STATUS_NANOS) {
            statusNanos = now.nanos();
            status = core.status();
        }
        effects.forEach(effect -> guarded(() -> effect.accept(executor)));
    }

    /** One listener's fault is no reason to keep the rest from what a step says, or to stop judging. */
    private void guarded(Runnable foreign) {
        try {
            foreign.run();
        } catch (RuntimeException e) {
            LOG.error("a step of member health failed", e);
            metrics.stepFailed();
        }
    }

    private Now now() {
        return new Now(time.monoNanos(), time.wallMillis());
    }

    private static Optional<Input> input(LinkEvent event) {
        if (event instanceof LinkEvent.Opened opened) {
            return Optional.of(new Input.Opened(opened.dialed(), opened.peer()));
        }
        if (event instanceof LinkEvent.Closed closed) {
            return Optional.of(new Input.Closed(closed.dialed(), closed.peer(), closed.reason()));
        }
        if (event instanceof LinkEvent.Failed failed) {
            return Optional.of(new Input.Failed(failed.dialed(), failed.reason(), failed.otherCluster()));
        }
        if (event instanceof LinkEvent.Accepted accepted) {
            return Optional.of(new Input.Accepted(accepted.peer()));
        }
        if (event instanceof LinkEvent.AcceptedClosed closed) {
            return Optional.of(new Input.AcceptedClosed(closed.peer()));
        }
        return Optional.empty();
    }

    /** Carries effects out. */
    private final class Executor implements Effect.Visitor {

        @Override
        public void dial(Effect.Dial effect) {
            ports.links().dial(effect.addresses());
        }

        @Override
        public void send(Effect.Send effect) {
            ports.net().send(effect.to(), HealthCodec.encode(effect.message()));
        }

        @Override
        public void publish(Effect.Publish effect) {
            onView.accept(effect.view());
        }

        @Override
        public void tell(Effect.Tell effect) {
            onNotice.accept(effect.notice());
        }

        @Override
        public void measured(Effect.Measured effect) {
            metrics.roundTrip(effect.peer(), effect.roundTripNanos());
        }
    }
}
