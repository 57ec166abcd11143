package io.muster.distro.driver;

import io.muster.consistency.Change;
import io.muster.consistency.ChangeEvent;
import io.muster.consistency.ChangeListener;
import io.muster.consistency.ConsistencyException;
import io.muster.consistency.Datum;
import io.muster.consistency.Interest;
import io.muster.consistency.Key;
import io.muster.consistency.Readiness;
import io.muster.consistency.Renewal;
import io.muster.consistency.Subscription;
import io.muster.distro.core.Counts;
import io.muster.distro.core.DistroCore;
import io.muster.distro.core.DistroRecord;
import io.muster.distro.core.Effects;
import io.muster.distro.core.Input;
import io.muster.distro.core.Notice;
import io.muster.distro.core.PeerStatus;
import io.muster.distro.core.Records;
import io.muster.distro.core.Responsibility;
import io.muster.distro.driver.Calls.Call;
import io.muster.distro.wire.MessageCodec;
import io.muster.member.NodeId;
import io.muster.member.port.Ports;
import io.muster.member.port.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a {@link DistroCore} on one thread, that of {@link Ports#time}, and carries out its effects.
 *
 * <p>Writes come from any thread through a bounded queue. The first one asks for a turn on the driver's thread; all that have come by then
 * are carried out in that turn, their events go to the listeners in one batch, and then the stages of those that are done complete. So one hop
 * serves one writer at once, or a thousand together, without a delay that waits for company.
 */
public final class DistroDriver<V> {

    /** Bound on the changes of one turn, so that timers and other work of the thread get theirs. */
    private static final int TURN_CHANGES_MAX = 2_000;

    /** Of {@link #latestTick} before the start. */
    static final long NO_TICK_YET = Long.MIN_VALUE;

    private static final Logger LOG = LoggerFactory.getLogger(DistroDriver.class);
    private static final Duration TICK = Duration.ofMillis(DistroCore.TICK_MILLIS);

    private final DistroCore<V> core;
    private final Records<V> records;
    private final MessageCodec<V> codec;
    private final Ports ports;
    private final Time time;
    private final int queuedChangesMax;
    private final DriverMetrics metrics;
    private final Consumer<Throwable> onFailure;
    private final Listeners<V> listeners;
    private final ColdStartMarker marker;
    private final PeerTraffic<V> traffic;
    private final WakeTimer wakeTimer;
    private final Calls<V> calls;

    private final RenewedKeys renewed = new RenewedKeys(this::askTurn);
    private final Serving serving = new Serving();
    private final HandOver handOver;
    private final AtomicBoolean turnAsked = new AtomicBoolean();
    private final AtomicBoolean started = new AtomicBoolean();

    private volatile Counts counts;
    private volatile List<PeerStatus> peers = List.of();

    /** When the latest tick began, or the first one was awaited. */
    private volatile long tickNanos = NO_TICK_YET;

    /** What the running turn has gathered; owned by the driver's thread, as are the fields below. */
    private final List<ChangeEvent<V>> events = new ArrayList<>();

    private Time.@Nullable Timer tickTimer;

    /**
     * @param core not stepped yet; this driver owns it from now on
     * @param codec of messages between members
     * @param queuedChangesMax bound on changes that are not done
     * @param onFailure is told, once and on the driver's thread, if a broken invariant stops the driver; must not throw
     */
    public DistroDriver(
            DistroCore<V> core,
            MessageCodec<V> codec,
            Ports ports,
            int queuedChangesMax,
            DriverMetrics metrics,
            Consumer<Throwable> onFailure) {
        this.core = core;
        this.records = core.records();
        this.codec = codec;
        this.ports = ports;
        this.time = ports.time();
        this.queuedChangesMax = queuedChangesMax;
        this.metrics = metrics;
        this.onFailure = onFailure;
        this.listeners = new Listeners<>(records, metrics);
        this.marker = new ColdStartMarker(ports.disk(), time, metrics);
        this.traffic = new PeerTraffic<>(codec, ports.net(), metrics);
        this.wakeTimer = new WakeTimer(time, () -> turn(() -> feed(new Input.Wake<>())));
        this.calls = new Calls<>(queuedChangesMax);
        this.handOver = new HandOver(time);
        this.counts = core.counts();
    }

    /**
     * Loads and begins to serve; once. A node alone has nobody to load from, so it counts as loaded as soon as it knows whether it held data.
     *
     * @return whether this is a cold start; fails with {@code NotReady} if the driver stops before it serves
     */
    public CompletionStage<Boolean> start() {
        if (!started.compareAndSet(false, true)) {
            throw new IllegalStateException("a driver starts once");
        }
        time.execute(() -> {
            if (serving.closed()) {
                return;
            }
            serving.waitsFor("loading");
            traffic.receive(received -> {
                if (tickTimer != null) {
                    turn(() -> feed(received));
                }
            });
            ports.members().onChange(view -> turn(() -> feed(new Input.View<>(view))));
            marker.read(found -> {
                turn(() -> {
                    tickNanos = time.monoNanos();
                    tickTimer = time.after(TICK, this::tick);
                    feed(new Input.View<>(ports.members().view()));
                    feed(new Input.Start<>(found));
                });
            });
        });
        return serving.began();
    }

    /**
     * Hands the leases of this node over, passes on what is written from now on, and completes when the others have taken in all that changed
     * here, or after a while; idempotent.
     */
    public CompletionStage<Void> leave() {
        CompletableFuture<Void> left = new CompletableFuture<>();
        time.execute(() -> {
            if (serving.closed() || !serving.ready()) {
                left.complete(null);
                return;
            }
            CompletionStage<Void> done = handOver.begin();
            turn(this::handOver);
            done.whenComplete((over, never) -> left.complete(null));
        });
        return left.minimalCompletionStage();
    }

    private void handOver() {
        takeHeard();
        takeCalls(queuedChangesMax);
        feed(new Input.Leave<>());
    }

    /**
     * Leaves, passes on the last renewals, too, tells the callers what became of their writes, and serves no more; any number of times. No more may be asked of
     * it from then on.
     */
    public CompletionStage<Void> stop() {
        CompletableFuture<Void> stopped = new CompletableFuture<>();
        time.execute(() -> {
            handOver.becomeLast();
            if (serving.ready()) {
                leave().whenComplete((left, never) -> time.execute(() -> shut(stopped)));
            } else {
                shut(stopped);
            }
        });
        return stopped;
    }

    private void shut(CompletableFuture<Void> stopped) {
        turn(() -> takeCalls(Integer.MAX_VALUE));
        close("stopped");
        calls.failOpen(new ConsistencyException.OutcomeUnknown("stopped before the responsible member answered"));
        marker.close(() -> stopped.complete(null));
    }

    /** See {@link io.muster.consistency.ConsistencyService#apply}; the keys must be ephemeral. */
    public CompletionStage<List<Optional<Datum<V>>>> apply(List<Change<V>> changes) {
        Readiness now = readiness();
        if (!now.ready()) {
            return CompletableFuture.failedFuture(Serving.notReady(now));
        }
        Call<V> call = calls.submit(changes, codec.bytesOf(changes));
        if (call == null) {
            metrics.overloaded();
            return CompletableFuture.failedFuture(new ConsistencyException.Overloaded("more than " + queuedChangesMax
                    + " ephemeral changes, or " + (Calls.BYTES_MAX >> 20) + " MiB of them, wait"));
        }
        askTurn();
        return call.stage;
    }

    /** See {@link io.muster.consistency.ConsistencyService#renew}; unless ready it knows of no session, and says so by {@code NotReady}. */
    public Renewal renew(Key key) {
        Readiness now = readiness();
        if (!now.ready()) {
            throw Serving.notReady(now);
        }
        return records.renew(key, time.monoNanos(), renewed);
    }

    /** See {@link io.muster.consistency.ConsistencyService#listen}; the replay comes soon, on the driver's thread. */
    public Subscription listen(Interest interest, ChangeListener<V> listener) {
        Listeners.Registration<V> registration = new Listeners.Registration<>(interest, listener);
        time.execute(() -> turn(() -> listeners.add(registration)));
        return registration;
    }

    /** Takes in what another member holds. Any thread; carried out in order of the calls. */
    public void merge(NodeId from, List<DistroRecord<V>> incoming) {
        time.execute(() -> turn(() -> feed(new Input.Merge<>(from, incoming))));
    }

    /**
     * Takes in a frame as if it had come from the member by the peer channel, for members that come by another way (R54).
     *
     * @return the frame that answers it; empty if nothing does. Fails with {@code Invalid} if it is no frame, or no member with whom this node
     *     exchanges data
     */
    public CompletionStage<Optional<byte[]>> exchange(NodeId from, byte[] frame) {
        CompletableFuture<Optional<byte[]>> answer = new CompletableFuture<>();
        time.execute(() -> {
            if (serving.closed() || tickTimer == null) {
                answer.completeExceptionally(serving.refusal());
                return;
            }
            if (core.peers().stream().noneMatch(peer -> peer.id().equals(from))) {
                answer.completeExceptionally(
                        new ConsistencyException.Invalid("no member with whom data is exchanged: " + from));
                return;
            }
            Input.Received<V> received;
            try {
                received = traffic.read(from, frame);
            } catch (IllegalArgumentException malformed) {
                answer.completeExceptionally(new ConsistencyException.Invalid("no frame: " + malformed.getMessage()));
                return;
            }
            AtomicReference<Optional<byte[]>> reply = new AtomicReference<>();
            turn(() -> reply.set(answered(received)));
            // Not within the turn: who reads after the answer finds what listeners make of the frame.
            if (serving.closed()) {
                answer.completeExceptionally(serving.refusal());
            } else {
                answer.complete(reply.get());
            }
        });
        return answer.minimalCompletionStage();
    }

    /** What goes to the sender is the answer, and goes the way that the frame came. */
    private Optional<byte[]> answered(Input.Received<V> received) {
        Effects<V> effects = carryOut(core.on(received, time.monoNanos()));
        List<Effects.Send<V>> others = new ArrayList<>(effects.sends());
        Optional<Effects.Send<V>> reply = others.stream()
                .filter(send -> send.to().equals(received.from()))
                .findFirst();
        reply.ifPresent(others::remove);
        traffic.send(effects, others);
        return reply.map(send -> traffic.write(effects, send));
    }

    /** Tells whenever this node begins or ceases to count as loaded, on the driver's thread; and at once if it is loaded already. */
    public void onLoaded(Consumer<Boolean> listener) {
        time.execute(() -> serving.onLoaded(listener));
    }

    /** Tells, on the driver's thread, when the driver takes no more turns, for good; and soon if it has come to that. */
    void onClosed(Runnable listener) {
        time.execute(() -> serving.onClosed(listener));
    }

    /** Whether this node counts as loaded, and takes turns; any thread. */
    public boolean loaded() {
        return serving.loaded();
    }

    /** Differs from what it was whenever the driver has taken a turn since; any thread. */
    long latestTick() {
        return tickNanos;
    }

    boolean hangs() {
        return serving.hangs();
    }

    /**
     * The driver's thread stands still, or no longer does, as seen from another thread: nothing is taken meanwhile that might never be carried out. What waits is
     * refused, and will not happen.
     */
    void hangs(boolean now) {
        serving.hangs(now);
        if (now) {
            calls.failWaiting(Serving.notReady(readiness()));
        }
    }

    /** What this node holds; any thread. */
    public Records<V> records() {
        return records;
    }

    /** Any thread. */
    public Responsibility responsibility() {
        return core.responsibility();
    }

    /** As of the latest turn; any thread. */
    public Counts counts() {
        return counts;
    }

    /** As of the latest tick; any thread. */
    public List<PeerStatus> peers() {
        return peers;
    }

    /** Any thread. */
    public Readiness readiness() {
        return serving.readiness();
    }

    /** Whether what this node holds may be shown to readers: also while it loads anew, if it has run on meanwhile (R50). Any thread. */
    public Readiness readable() {
        return serving.readable();
    }

    /** How many changes are not done; any thread. */
    public int queuedChanges() {
        return calls.changes();
    }

    /** How long the warm-up still takes; any thread. */
    public long warmUpMillisLeft() {
        return core.warmUpMillisLeft(counts, time.monoNanos());
    }

    /** How long ago a time of {@link PeerStatus} is; any thread. */
    public Optional<Long> millisSince(long nanos) {
        return nanos == PeerStatus.NEVER
                ? Optional.empty()
                : Optional.of(Math.max(0, TimeUnit.NANOSECONDS.toMillis(time.monoNanos() - nanos)));
    }

    /** Completes, on the driver's thread, when this node is loaded and its lists are not short for lack of memory (any more). */
    public CompletionStage<Void> warmedUp() {
        return serving.warmedUp();
    }

    private void askTurn() {
        if (turnAsked.compareAndSet(false, true)) {
            time.execute(this::takeTurn);
        }
    }

    /** Whoever submits after this line asks for another turn; whatever was submitted before it is taken in this one. */
    private void takeTurn() {
        turnAsked.set(false);
        if (serving.closed()) {
            failWaiting();
            return;
        }
        turn(() -> takeCalls(TURN_CHANGES_MAX));
        if (serving.ready() && !(calls.noneWaits() && renewed.noneToRevive())) {
            askTurn();
        }
    }

    /** Frames that have come by now have their turn first: sessions end only when received input is drained (the core's duty 3). */
    private void tick() {
        time.execute(() -> {
            if (!serving.closed()) {
                tickNanos = time.monoNanos();
            }
            turn(() -> {
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
            time.execute(() -> turn(() -> {
                takeCalls(queuedChangesMax);
                endSessions();
            }));
        }
    }

    /**
     * Runs one turn, unless closed: what it feeds to the core, then events to listeners, then results to callers (the core's duty 5).
     */
    private void turn(Runnable work) {
        if (serving.closed()) {
            return;
        }
        try {
            work.run();
            listeners.tell(events);
            events.clear();
            counts = core.counts();
            serving.become(counts, tickTimer != null);
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
