package io.muster.distro.driver;

import io.muster.consistency.ChangeEvent;
import io.muster.consistency.ConsistencyException;
import io.muster.consistency.Key;
import io.muster.distro.core.Counts;
import io.muster.distro.core.DistroCore;
import io.muster.distro.core.Effects;
import io.muster.distro.core.Input;
import io.muster.distro.core.Notice;
import io.muster.distro.core.PeerStatus;
import io.muster.distro.core.Records;
import io.muster.distro.driver.Calls.Call;
import io.muster.member.port.Members;
import io.muster.member.port.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Steps the core, in turns, and carries out its effects: all that happens on the driver's thread. In one turn inputs are fed to the core, then listeners hear
 * the events of all of them, then callers get their results (the core's duty 5). What waits is taken in turns that {@link #ask} asks for, and with each tick.
 */
final class Turns<V> {

    /** Bound on the changes of one turn, so that timers and other work of the thread get theirs. */
    private static final int CHANGES_MAX = 2_000;

    /** Of {@link #latestTick} before the start. */
    static final long NO_TICK_YET = Long.MIN_VALUE;

    /** Under the name by which operators know the whole of it. */
    private static final Logger LOG = LoggerFactory.getLogger(DistroDriver.class);

    private static final Duration TICK = Duration.ofMillis(DistroCore.TICK_MILLIS);

    private final DistroCore<V> core;
    private final Time time;
    private final int queuedChangesMax;
    private final Calls<V> calls;
    private final RenewedKeys renewed = new RenewedKeys(this::ask);
    private final Listeners<V> listeners;
    private final ColdStartMarker marker;
    private final PeerTraffic<V> traffic;
    private final WakeTimer wakeTimer;
    private final Serving serving;
    private final HandOver handOver;
    private final DriverMetrics metrics;
    private final Consumer<Throwable> onFailure;

    private final AtomicBoolean asked = new AtomicBoolean();
    private volatile Counts counts;
    private volatile List<PeerStatus> peers = List.of();

    /** When the latest tick began, or the first one was awaited. */
    private volatile long tickNanos = NO_TICK_YET;

    /** What the running turn has gathered. */
    private final List<ChangeEvent<V>> events = new ArrayList<>();

    private Time.@Nullable Timer tickTimer;

    /** @param onFailure is told, once, if a broken invariant ends the turns */
    Turns(
            DistroCore<V> core,
            Time time,
            int queuedChangesMax,
            Calls<V> calls,
            Listeners<V> listeners,
            ColdStartMarker marker,
            PeerTraffic<V> traffic,
            Serving serving,
            HandOver handOver,
            DriverMetrics metrics,
            Consumer<Throwable> onFailure) {
        this.core = core;
        this.time = time;
        this.queuedChangesMax = queuedChangesMax;
        this.calls = calls;
        this.listeners = listeners;
        this.marker = marker;
        this.traffic = traffic;
        this.wakeTimer = new WakeTimer(time, () -> take(new Input.Wake<>()));
        this.serving = serving;
        this.handOver = handOver;
        this.metrics = metrics;
        this.onFailure = onFailure;
        this.counts = core.counts();
    }

    /** As of the latest turn; any thread. */
    Counts counts() {
        return counts;
    }

    /** As of the latest tick; any thread. */
    List<PeerStatus> peers() {
        return peers;
    }

    /** Differs from what it was whenever the driver has taken a turn since; any thread. */
    long latestTick() {
        return tickNanos;
    }

    /** Takes what clients renew, on any thread. */
    Records.RenewalSink renewals() {
        return renewed;
    }

    /** Whether the core was started. */
    boolean begun() {
        return tickTimer != null;
    }

    /** Starts the core, and the ticks. */
    void begin(boolean heldData, Members members) {
        run(() -> {
            tickNanos = time.monoNanos();
            tickTimer = time.after(TICK, this::tick);
            feed(new Input.View<>(members.view()));
            feed(new Input.Start<>(heldData));
        });
    }

    /** Asks for a turn that takes what waits; any thread. */
    void ask() {
        if (asked.compareAndSet(false, true)) {
            time.execute(this::takeAsked);
        }
    }

    /** Whoever submits after this line asks for another turn; whatever was submitted before it is taken in this one. */
    private void takeAsked() {
        asked.set(false);
        if (serving.closed()) {
            failWaiting();
            return;
        }
        run(() -> takeCalls(CHANGES_MAX));
        if (serving.ready() && !(calls.noneWaits() && renewed.noneToRevive())) {
            ask();
        }
    }

    /** Frames that have come by now have their turn first: sessions end only when received input is drained (the core's duty 3). */
    private void tick() {
        time.execute(() -> {
            if (!serving.closed()) {
                tickNanos = time.monoNanos();
            }
            run(() -> {
                takeHeard();
                takeCalls(queuedChangesMax);
                endSessions();
                peers = core.peers();
            });
            if (!serving.closed()) {
                tickTimer = time.after(TICK, this::tick);
            }
        });
    }

    private void endSessions() {
        if (feed(new Input.Tick<>()).more()) {
            time.execute(() -> run(() -> {
                takeCalls(queuedChangesMax);
                endSessions();
            }));
        }
    }

    /** A turn for this one input. */
    void take(Input<V> input) {
        run(() -> feed(input));
    }

    /** A turn for a message to which the sender awaits the answer here: it goes the way that the message came. */
    Optional<byte[]> answer(Input.Received<V> received) {
        List<byte[]> reply = new ArrayList<>(1);
        run(() -> {
            Effects<V> effects = carryOut(core.on(received, time.monoNanos()));
            List<Effects.Send<V>> others = new ArrayList<>(effects.sends());
            Optional<Effects.Send<V>> toSender = others.stream()
                    .filter(send -> send.to().equals(received.from()))
                    .findFirst();
            toSender.ifPresent(others::remove);
            traffic.send(effects, others);
            toSender.ifPresent(send -> reply.add(traffic.write(effects, send)));
        });
        return reply.stream().findFirst();
    }

    /** A turn that takes all that waits, and leaves. */
    void leave() {
        run(() -> {
            takeHeard();
            takeCalls(queuedChangesMax);
            feed(new Input.Leave<>());
        });
    }

    /** The last turn takes what waits; what became of calls that are open after it nobody knows. */
    void end() {
        run(() -> takeCalls(Integer.MAX_VALUE));
        close("stopped");
        calls.failOpen(new ConsistencyException.OutcomeUnknown("stopped before the responsible member answered"));
    }

    /** Runs one turn, unless closed. */
    void run(Runnable work) {
        if (serving.closed()) {
            return;
        }
        try {
            work.run();
            listeners.tell(events);
            events.clear();
            counts = core.counts();
            serving.become(counts, begun());
            calls.settle();
            serving.tell(counts);
            handOver.settle(counts, !calls.noneIsOpen());
        } catch (Throwable broken) {
            halt(broken);
        }
    }

    private void takeCalls(int changesMax) {
        if (!serving.ready()) {
            return;
        }
        int changesLeft = changesMax;
        while (changesLeft > 0) {
            Call<V> call = calls.next();
            if (call == null) {
                break;
            }
            changesLeft -= call.changes.size();
            feed(new Input.Write<>(calls.open(call), call.changes));
            metrics.applied(call.changes.size());
        }
        List<Key> revived = renewed.takeRevivals(changesMax);
        if (!revived.isEmpty()) {
            feed(new Input.Renewed<>(revived));
        }
    }

    private void takeHeard() {
        List<Key> keys = renewed.takeHeard();
        if (!keys.isEmpty()) {
            feed(new Input.Heard<>(keys));
        }
    }

    private Effects<V> feed(Input<V> input) {
        Effects<V> effects = carryOut(core.on(input, time.monoNanos()));
        traffic.send(effects, effects.sends());
        return effects;
    }

    /** All effects but messages. */
    private Effects<V> carryOut(Effects<V> effects) {
        effects.marker().ifPresent(marker::become);
        events.addAll(effects.events());
        effects.outcomes().forEach(outcome -> {
            calls.done(outcome);
            if (outcome.refusal().isPresent()) {
                metrics.refused();
            }
        });
        for (Notice notice : effects.notices()) {
            LOG.info("{}", notice);
            if (notice instanceof Notice.StoodStill stood) {
                metrics.stoodStill(stood.gapMillis());
            }
        }
        wakeTimer.at(effects.wakeAtNanos());
        return effects;
    }

    /** What the core holds is in doubt: nothing is served from it any more (the core's duty 7). */
    private void halt(Throwable broken) {
        LOG.error("the engine for ephemeral data stops: what it holds is in doubt", broken);
        close("stopped by a broken invariant: " + broken.getMessage());
        calls.failOpen(new ConsistencyException.OutcomeUnknown("the engine stopped while it carried out the change"));
        events.clear();
        onFailure.accept(broken);
    }

    private void close(String reason) {
        if (serving.closed()) {
            return;
        }
        serving.close(reason);
        if (tickTimer != null) {
            tickTimer.cancel();
        }
        wakeTimer.cancel();
        failWaiting();
        serving.tellClosed();
    }

    /** Writers are told; renewals have nobody who waits for them. */
    private void failWaiting() {
        calls.failWaiting(serving.refusal());
        renewed.clear();
    }
}
