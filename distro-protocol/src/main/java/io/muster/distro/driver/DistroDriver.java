package io.muster.distro.driver;

import io.muster.consistency.Change;
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
import io.muster.distro.core.Input;
import io.muster.distro.core.PeerStatus;
import io.muster.distro.core.Records;
import io.muster.distro.core.Responsibility;
import io.muster.distro.driver.Calls.Call;
import io.muster.distro.wire.MessageCodec;
import io.muster.member.NodeId;
import io.muster.member.port.Ports;
import io.muster.member.port.Time;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Runs a {@link DistroCore} on one thread, that of {@link Ports#time}, and carries out its effects.
 *
 * <p>Writes come from any thread through a bounded queue. The first one asks for a turn on the driver's thread; all that have come by then
 * are carried out in that turn, their events go to the listeners in one batch, and then the stages of those that are done complete. So one hop
 * serves one writer at once, or a thousand together, without a delay that waits for company.
 */
public final class DistroDriver<V> {

    private final DistroCore<V> core;
    private final Records<V> records;
    private final MessageCodec<V> codec;
    private final Ports ports;
    private final Time time;
    private final int queuedChangesMax;
    private final DriverMetrics metrics;
    private final Listeners<V> listeners;
    private final ColdStartMarker marker;
    private final PeerTraffic<V> traffic;
    private final Calls<V> calls;
    private final Serving serving = new Serving();
    private final HandOver handOver;
    private final Turns<V> turns;
    private final AtomicBoolean started = new AtomicBoolean();

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
        this.listeners = new Listeners<>(records, metrics);
        this.marker = new ColdStartMarker(ports.disk(), time, metrics);
        this.traffic = new PeerTraffic<>(codec, ports.net(), metrics);
        this.calls = new Calls<>(queuedChangesMax);
        this.handOver = new HandOver(time);
        this.turns = new Turns<>(
                core, time, queuedChangesMax, calls, listeners, marker, traffic, serving, handOver, metrics, onFailure);
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
                if (turns.begun()) {
                    turns.take(received);
                }
            });
            ports.members().onChange(view -> turns.take(new Input.View<>(view)));
            marker.read(heldData -> turns.begin(heldData, ports.members()));
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
            turns.leave();
            done.whenComplete((over, never) -> left.complete(null));
        });
        return left.minimalCompletionStage();
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
        turns.end();
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
        turns.ask();
        return call.stage;
    }

    /** See {@link io.muster.consistency.ConsistencyService#renew}; unless ready it knows of no session, and says so by {@code NotReady}. */
    public Renewal renew(Key key) {
        Readiness now = readiness();
        if (!now.ready()) {
            throw Serving.notReady(now);
        }
        return records.renew(key, time.monoNanos(), turns.renewals());
    }

    /** See {@link io.muster.consistency.ConsistencyService#listen}; the replay comes soon, on the driver's thread. */
    public Subscription listen(Interest interest, ChangeListener<V> listener) {
        Listeners.Registration<V> registration = new Listeners.Registration<>(interest, listener);
        time.execute(() -> turns.run(() -> listeners.add(registration)));
        return registration;
    }

    /** Takes in what another member holds. Any thread; carried out in order of the calls. */
    public void merge(NodeId from, List<DistroRecord<V>> incoming) {
        time.execute(() -> turns.take(new Input.Merge<>(from, incoming)));
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
            if (serving.closed() || !turns.begun()) {
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
            Optional<byte[]> reply = turns.answer(received);
            // Not within the turn: who reads after the answer finds what listeners make of the frame.
            if (serving.closed()) {
                answer.completeExceptionally(serving.refusal());
            } else {
                answer.complete(reply);
            }
        });
        return answer.minimalCompletionStage();
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
        return turns.latestTick();
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
        return turns.counts();
    }

    /** As of the latest tick; any thread. */
    public List<PeerStatus> peers() {
        return turns.peers();
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
        return core.warmUpMillisLeft(turns.counts(), time.monoNanos());
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
}
