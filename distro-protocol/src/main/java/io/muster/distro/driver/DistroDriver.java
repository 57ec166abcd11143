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
import io.muster.distro.core.Records;
import io.muster.member.NodeId;
import io.muster.member.port.Ports;
import io.muster.member.port.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a {@link DistroCore} on one thread, that of {@link Ports#time}, and carries out its effects.
 *
 * <p>Writes come from any thread through a bounded queue. The first one asks for a turn on the driver's thread; all that have come by then
 * are carried out in that turn, their events go to the listeners in one batch, and then their stages complete. So one hop serves one
 * writer at once, or a thousand together, without a delay that waits for company.
 */
public final class DistroDriver<V> {

    /** Bound on the changes of one turn, so that timers and other work of the thread get theirs. */
    private static final int TURN_CHANGES_MAX = 2_000;

    private static final Logger LOG = LoggerFactory.getLogger(DistroDriver.class);
    private static final Duration TICK = Duration.ofMillis(DistroCore.TICK_MILLIS);

    private final DistroCore<V> core;
    private final Records<V> records;
    private final Ports ports;
    private final Time time;
    private final int queuedChangesMax;
    private final DriverMetrics metrics;
    private final Consumer<Throwable> onFailure;
    private final Listeners<V> listeners;
    private final ColdStartMarker marker;

    private final Queue<Submission<V>> submissions = new ConcurrentLinkedQueue<>();
    private final AtomicInteger queuedChanges = new AtomicInteger();

    /** Each record is in it once at most, see {@link Records#renew}. */
    private final Queue<Key> revivals = new ConcurrentLinkedQueue<>();

    private final AtomicBoolean turnAsked = new AtomicBoolean();
    private final AtomicBoolean started = new AtomicBoolean();
    private final CompletableFuture<Boolean> serving = new CompletableFuture<>();
    private final CompletableFuture<Void> warmedUp = new CompletableFuture<>();

    private volatile Readiness readiness = Readiness.waitingFor("not started");
    private volatile Counts counts;

    /** What the running turn has gathered; owned by the driver's thread, as are the fields below. */
    private final List<Submission<V>> carriedOut = new ArrayList<>();

    private final List<ChangeEvent<V>> events = new ArrayList<>();
    private Time.@Nullable Timer tickTimer;

    /** Stopped or halted; for good. */
    private boolean closed;

    /**
     * @param core not stepped yet; this driver owns it from now on
     * @param queuedChangesMax bound on changes that wait for their turn
     * @param onFailure is told, once and on the driver's thread, if a broken invariant stops the driver; must not throw
     */
    public DistroDriver(
            DistroCore<V> core,
            Ports ports,
            int queuedChangesMax,
            DriverMetrics metrics,
            Consumer<Throwable> onFailure) {
        this.core = core;
        this.records = core.records();
        this.ports = ports;
        this.time = ports.time();
        this.queuedChangesMax = queuedChangesMax;
        this.metrics = metrics;
        this.onFailure = onFailure;
        this.listeners = new Listeners<>(records, metrics);
        this.marker = new ColdStartMarker(ports.disk(), time, metrics);
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
            if (closed) {
                return;
            }
            readiness = Readiness.waitingFor("loading");
            ports.members().onChange(view -> turn(() -> feed(new Input.View<>(view))));
            marker.read(found -> {
                turn(() -> {
                    feed(new Input.View<>(ports.members().view()));
                    feed(new Input.Loaded<>(found));
                    readiness = Readiness.READY;
                    tickTimer = time.after(TICK, this::tick);
                });
                if (readiness.ready()) {
                    serving.complete(found);
                }
            });
        });
        return serving.minimalCompletionStage();
    }

    /** Carries out what waits, tells the callers, and serves no more; any number of times. */
    public CompletionStage<Void> stop() {
        CompletableFuture<Void> stopped = new CompletableFuture<>();
        time.execute(() -> {
            if (readiness.ready()) {
                turn(() -> takeSubmissions(Integer.MAX_VALUE));
            }
            close("stopped");
            marker.close(() -> stopped.complete(null));
        });
        return stopped;
    }

    /** See {@link io.muster.consistency.ConsistencyService#apply}; the keys must be ephemeral. */
    public CompletionStage<List<Optional<Datum<V>>>> apply(List<Change<V>> changes) {
        Readiness now = readiness;
        if (!now.ready()) {
            return CompletableFuture.failedFuture(notReady(now));
        }
        if (queuedChanges.addAndGet(changes.size()) > queuedChangesMax) {
            queuedChanges.addAndGet(-changes.size());
            metrics.overloaded();
            return CompletableFuture.failedFuture(
                    new ConsistencyException.Overloaded("more than " + queuedChangesMax + " ephemeral changes wait"));
        }
        Submission<V> submission = new Submission<>(changes);
        submissions.add(submission);
        askTurn();
        return submission.stage();
    }

    /** See {@link io.muster.consistency.ConsistencyService#renew}; unless ready it knows of no session, and says so by {@code NotReady}. */
    public Renewal renew(Key key) {
        Readiness now = readiness;
        if (!now.ready()) {
            throw notReady(now);
        }
        return records.renew(key, time.monoNanos(), revival -> {
            revivals.add(revival);
            askTurn();
        });
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

    /** What this node holds; any thread. */
    public Records<V> records() {
        return records;
    }

    /** As of the latest turn; any thread. */
    public Counts counts() {
        return counts;
    }

    /** Any thread. */
    public Readiness readiness() {
        return readiness;
    }

    /** How many changes wait for their turn; any thread. */
    public int queuedChanges() {
        return queuedChanges.get();
    }

    /** How long the warm-up still takes; any thread. */
    public long warmUpMillisLeft() {
        return core.warmUpMillisLeft(counts, time.monoNanos());
    }

    /** Completes, on the driver's thread, when this node is loaded and its lists are not short for lack of memory (any more). */
    public CompletionStage<Void> warmedUp() {
        return warmedUp.minimalCompletionStage();
    }

    private void askTurn() {
        if (turnAsked.compareAndSet(false, true)) {
            time.execute(this::takeTurn);
        }
    }

    /** Whoever submits after this line asks for another turn; whatever was submitted before it is taken in this one. */
    private void takeTurn() {
        turnAsked.set(false);
        if (closed) {
            failWaiting(readiness);
            return;
        }
        turn(() -> takeSubmissions(TURN_CHANGES_MAX));
        if (readiness.ready() && (!submissions.isEmpty() || !revivals.isEmpty())) {
            askTurn();
        }
    }

    private void tick() {
        if (!readiness.ready()) {
            return;
        }
        turn(() -> {
            takeSubmissions(queuedChangesMax);
            endSessions();
        });
        if (readiness.ready()) {
            tickTimer = time.after(TICK, this::tick);
        }
    }

    private void endSessions() {
        if (feed(new Input.Tick<>()).more()) {
            time.execute(() -> {
                if (readiness.ready()) {
                    turn(() -> {
                        takeSubmissions(queuedChangesMax);
                        endSessions();
                    });
                }
            });
        }
    }

    /**
     * Runs one turn, unless closed: what it feeds to the core, then events to listeners, then results to callers (the core's duty 5).
     */
    private void turn(Runnable work) {
        if (closed) {
            return;
        }
        try {
            work.run();
            listeners.tell(events);
            events.clear();
            counts = core.counts();
            carriedOut.forEach(Submission::settle);
            carriedOut.clear();
            if (counts.loaded() && !counts.warmingUp()) {
                warmedUp.complete(null);
            }
        } catch (Throwable broken) {
            halt(broken);
        }
    }

    private void takeSubmissions(int changesMax) {
        int changesLeft = changesMax;
        while (changesLeft > 0) {
            Submission<V> submission = submissions.poll();
            if (submission == null) {
                break;
            }
            queuedChanges.addAndGet(-submission.changes().size());
            changesLeft -= submission.changes().size();
            carriedOut.add(submission);
            Effects<V> effects = feed(new Input.Write<>(submission.changes()));
            submission.carriedOut(effects.results(), effects.refusal());
            metrics.applied(submission.changes().size());
            if (effects.refusal().isPresent()) {
                metrics.refused();
            }
        }
        takeRevivals(changesMax);
    }

    private void takeRevivals(int keysMax) {
        Key first = revivals.poll();
        if (first == null) {
            return;
        }
        List<Key> keys = new ArrayList<>();
        for (Key key = first; key != null; key = keys.size() < keysMax ? revivals.poll() : null) {
            keys.add(key);
        }
        feed(new Input.Renewed<>(keys));
    }

    private Effects<V> feed(Input<V> input) {
        Effects<V> effects = core.on(input, time.monoNanos());
        effects.marker().ifPresent(marker::become);
        events.addAll(effects.events());
        for (Notice notice : effects.notices()) {
            LOG.info("{}", notice);
            if (notice instanceof Notice.StoodStill stood) {
                metrics.stoodStill(stood.gapMillis());
            }
        }
        return effects;
    }

    /** What the core holds is in doubt: nothing is served from it any more (the core's duty 7). */
    private void halt(Throwable broken) {
        LOG.error("the engine for ephemeral data stops: what it holds is in doubt", broken);
        close("stopped by a broken invariant: " + broken.getMessage());
        for (Submission<V> submission : carriedOut) {
            submission.fail(
                    new ConsistencyException.OutcomeUnknown("the engine stopped while it carried out the change"));
        }
        carriedOut.clear();
        events.clear();
        onFailure.accept(broken);
    }

    private void close(String reason) {
        if (closed) {
            return;
        }
        closed = true;
        readiness = Readiness.waitingFor(reason);
        if (tickTimer != null) {
            tickTimer.cancel();
        }
        failWaiting(readiness);
        serving.completeExceptionally(notReady(readiness));
    }

    /** Writers are told; revivals have nobody who waits for them. */
    private void failWaiting(Readiness reason) {
        for (Submission<V> waiting = submissions.poll(); waiting != null; waiting = submissions.poll()) {
            queuedChanges.addAndGet(-waiting.changes().size());
            waiting.fail(notReady(reason));
        }
        revivals.clear();
    }

    private static ConsistencyException notReady(Readiness reason) {
        return new ConsistencyException.NotReady("ephemeral data: " + reason.reason());
    }
}
