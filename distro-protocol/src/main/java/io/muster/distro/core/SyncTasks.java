package io.muster.distro.core;

import io.muster.consistency.Key;
import io.muster.distro.core.Message.SyncBatch;
import io.muster.member.NodeId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What has still to be told to each of the other members (R46, R47; Nacos 1.4's delayed tasks). A task is a key only: what stands under it is
 * looked up when it is sent, so all changes of one key merge into one, and a removal can't be overtaken by what it removes.
 *
 * <pre>
 *   changed -> pending --(sync delay over, nothing in flight)--> in flight --acknowledged--> done
 *                 ^                                                 |
 *                 +----------(no acknowledgement in time)-----------+   then with back-off
 * </pre>
 *
 * <p>An acknowledgement that comes late counts all the same, for what has not changed since: where the way there and back takes longer than one is waited for,
 * the target has each batch, and its tasks would else never be done.
 *
 * <p>One batch is in flight for each target; what changes meanwhile goes with the next one, so a busy cluster batches by itself. A target with
 * too many pending keys is left to digest repair; one that leaves takes its tasks with it.
 */
final class SyncTasks<V> {

    /** Bound on pending keys of one target; about 10 MB. */
    static final int PENDING_KEYS_MAX = 100_000;

    private static final long ACK_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long RETRY_MIN_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long RETRY_MAX_NANOS = TimeUnit.MILLISECONDS.toNanos(1_000);

    /** Batches of one target whose acknowledgement may still come: those of the latest ten seconds or so. */
    private static final int OVERDUE_MAX = 10;

    /** A batch on its way. */
    private static final class Flight {
        final long batch;

        /** Of those it told, without what another acknowledgement has covered, or, once it is overdue, what has changed since. */
        final Set<Key> keys;

        final long ackDueNanos;

        Flight(long batch, Set<Key> keys, long ackDueNanos) {
            this.batch = batch;
            this.keys = keys;
            this.ackDueNanos = ackDueNanos;
        }
    }

    /** The tasks of one target. */
    private static final class Target {
        final NodeId id;
        final Set<Key> pending = new LinkedHashSet<>();
        /** Those of the pending and flying ones that another member asked to pass on, and this node has not changed since. */
        final Set<Key> relayed = new LinkedHashSet<>();

        @Nullable
        Flight flight;

        /** Their keys are pending again, or in flight; oldest first. */
        final ArrayDeque<Flight> overdue = new ArrayDeque<>();

        /** When the pending ones may go; meaningless without any. */
        long dueNanos;

        /** In a row, up to now. */
        int failures;

        long lastAckNanos = NEVER;

        Target(NodeId id) {
            this.id = id;
        }
    }

    static final long NEVER = Long.MIN_VALUE;

    private final Records<V> records;
    private final Rules rules;
    private final long syncDelayNanos;
    private final Consumer<NodeId> repair;
    private final TreeMap<NodeId, Target> targets = new TreeMap<>();

    private long lastBatch;
    private long collapsedTotal;

    /**
     * @param repair told of a target that must be brought up to date by digests, and soon
     * @param numbersFrom other than that of the process before, whose answers may yet come
     */
    SyncTasks(Records<V> records, Rules rules, PeerLimits limits, Consumer<NodeId> repair, long numbersFrom) {
        this.records = records;
        this.rules = rules;
        this.syncDelayNanos = TimeUnit.MILLISECONDS.toNanos(limits.syncDelayMillis());
        this.repair = repair;
        this.lastBatch = numbersFrom;
    }

    /** These are the targets from now on. */
    void targets(List<NodeId> alive) {
        targets.keySet().retainAll(Set.copyOf(alive));
        alive.forEach(id -> targets.computeIfAbsent(id, Target::new));
    }

    boolean isTarget(NodeId id) {
        return targets.containsKey(id);
    }

    /** Tells all targets of the keys. */
    void changed(Collection<Key> keys, Step<V> step) {
        for (Target target : targets.values()) {
            keys.forEach(key -> add(target, key, step));
        }
    }

    /** Tells one member of the key, if it is a target. */
    void changed(Key key, NodeId to, Step<V> step) {
        Target target = targets.get(to);
        if (target != null) {
            add(target, key, step);
        }
    }

    /** Tells one member of the key for another one that does not reach it; nobody else is asked to do so in turn, or the request could go round for ever. */
    void relay(Key key, NodeId to, Step<V> step) {
        Target target = targets.get(to);
        if (target != null) {
            boolean own = !target.relayed.contains(key)
                    && (target.pending.contains(key) || (target.flight != null && target.flight.keys.contains(key)));
            add(target, key, step);
            if (!own && target.pending.contains(key)) {
                target.relayed.add(key);
            }
        }
    }

    void acknowledged(NodeId from, long batch, Step<V> step) {
        Target target = targets.get(from);
        if (target == null) {
            return;
        }
        if (target.flight != null && target.flight.batch == batch) {
            target.flight.keys.forEach(key -> done(target, key));
            target.flight = null;
            target.overdue.clear();
        } else if (!late(target, batch)) {
            return;
        }
        target.lastAckNanos = step.nowNanos;
        if (target.failures > 0) {
            target.failures = 0;
            repair.accept(from);
        }
    }

    /** Whether the batch was overdue. What went before it, and was not acknowledged yet, has been lost, since links keep the order for the most part. */
    private boolean late(Target target, long batch) {
        if (target.overdue.stream().noneMatch(flight -> flight.batch == batch)) {
            return false;
        }
        Flight arrived = target.overdue.remove();
        while (arrived.batch != batch) {
            arrived = target.overdue.remove();
        }
        arrived.keys.forEach(target.pending::remove);
        if (target.flight != null) {
            arrived.keys.forEach(target.flight.keys::remove);
            target.flight = target.flight.keys.isEmpty() ? null : target.flight;
        }
        arrived.keys.forEach(key -> done(target, key));
        return true;
    }

    private static void done(Target target, Key key) {
        if (!target.pending.contains(key)) {
            target.relayed.remove(key);
        }
    }

    /** Sends what is due, and takes back what was not acknowledged. */
    void due(Step<V> step) {
        for (Target target : targets.values()) {
            if (target.flight != null && step.nowNanos - target.flight.ackDueNanos >= 0) {
                failed(target, target.flight, step);
            }
            if (target.flight == null
                    && !target.pending.isEmpty()
                    && step.nowNanos - target.dueNanos >= 0
                    && rules.mayFlyBeside(inFlightElsewhere())) {
                send(target, step);
            }
        }
    }

    /** When {@link #due} has something to do; {@link Long#MAX_VALUE} if never. */
    long nextDueNanos() {
        long next = Long.MAX_VALUE;
        for (Target target : targets.values()) {
            if (target.flight != null) {
                next = Math.min(next, target.flight.ackDueNanos);
            } else if (!target.pending.isEmpty() && rules.mayFlyBeside(inFlightElsewhere())) {
                next = Math.min(next, target.dueNanos);
            }
        }
        return next;
    }

    int pending(NodeId id) {
        Target target = targets.get(id);
        int inFlight = target == null || target.flight == null ? 0 : target.flight.keys.size();
        return target == null ? 0 : target.pending.size() + inFlight;
    }

    /** Whether all has been told and acknowledged. */
    boolean idle() {
        return targets.values().stream().allMatch(target -> target.flight == null && target.pending.isEmpty());
    }

    /** Monotonic time of the latest acknowledgement, or {@link #NEVER}. */
    long lastAckNanos(NodeId id) {
        Target target = targets.get(id);
        return target == null ? NEVER : target.lastAckNanos;
    }

    /** How often tasks of a target were too many. */
    long collapsedTotal() {
        return collapsedTotal;
    }

    private boolean inFlightElsewhere() {
        return targets.values().stream().anyMatch(target -> target.flight != null);
    }

    private void add(Target target, Key key, Step<V> step) {
        if (target.pending.isEmpty()) {
            target.dueNanos = Math.max(step.nowNanos + syncDelayNanos, target.failures > 0 ? target.dueNanos : NEVER);
        }
        target.pending.add(key);
        target.relayed.remove(key);
        target.overdue.forEach(flight -> flight.keys.remove(key));
        if (target.pending.size() > PENDING_KEYS_MAX) {
            target.pending.clear();
            target.relayed.clear();
            collapsedTotal++;
            repair.accept(target.id);
        }
    }

    private void send(Target target, Step<V> step) {
        int bytesMax = target.failures > 0 ? Sizes.PROBE_BYTES_MAX : Sizes.MESSAGE_BYTES_MAX;
        List<DistroRecord<V>> batch = new ArrayList<>();
        Set<Key> keys = new LinkedHashSet<>();
        int bytes = 0;
        // One batch says the same of all that it tells: what is passed on and what is not go one after the other.
        boolean relays = target.relayed.contains(target.pending.iterator().next());
        var waiting = target.pending.iterator();
        while (waiting.hasNext() && bytes < bytesMax) {
            Key key = waiting.next();
            if (target.relayed.contains(key) != relays) {
                continue;
            }
            waiting.remove();
            Entry<V> entry = records.find(key);
            if (entry != null && rules.syncs(entry)) {
                bytes += Sizes.ofEntry(entry);
                keys.add(key);
                batch.add(records.told(entry, step.leaseNanos));
            } else {
                target.relayed.remove(key);
            }
        }
        if (batch.isEmpty()) {
            return;
        }
        target.flight = new Flight(++lastBatch, keys, step.nowNanos + ACK_WAIT_NANOS);
        step.send(target.id, new SyncBatch<>(lastBatch, batch, relays ? List.of() : failingExcept(target)));
    }

    private List<NodeId> failingExcept(Target receiver) {
        return targets.values().stream()
                .filter(target -> target.failures > 0 && target != receiver)
                .map(target -> target.id)
                .toList();
    }

    private void failed(Target target, Flight flight, Step<V> step) {
        target.flight = null;
        // What has changed meanwhile is pending already, and no longer what was told.
        flight.keys.removeIf(target.pending::contains);
        if (rules.retriesSync()) {
            target.pending.addAll(flight.keys);
            target.overdue.addLast(flight);
            if (target.overdue.size() > OVERDUE_MAX) {
                target.overdue.removeFirst();
            }
        }
        long backOff = RETRY_MIN_NANOS << Math.min(target.failures, 4);
        target.failures++;
        target.dueNanos = step.nowNanos + Math.min(backOff, RETRY_MAX_NANOS);
    }
}
