package io.muster.distro.core;

import io.muster.consistency.Key;
import io.muster.distro.core.Message.SyncBatch;
import io.muster.member.NodeId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

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
 * <p>One batch is in flight for each target; what changes meanwhile goes with the next one, so a busy cluster batches by itself. A target with
 * too many pending keys is left to digest repair; one that leaves takes its tasks with it.
 */
final class SyncTasks<V> {

    /** Bound on pending keys of one target; about 10 MB. */
    static final int PENDING_KEYS_MAX = 100_000;

    private static final long ACK_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long RETRY_MIN_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long RETRY_MAX_NANOS = TimeUnit.MILLISECONDS.toNanos(1_000);

    /** The tasks of one target. */
    private static final class Target {
        final NodeId id;
        final Set<Key> pending = new LinkedHashSet<>();
        List<Key> inFlight = List.of();

        /** Number of the batch in flight; 0 while there is none. */
        long batch;

        long ackDueNanos;

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

    /** @param repair told of a target that must be brought up to date by digests, and soon */
    SyncTasks(Records<V> records, Rules rules, PeerLimits limits, Consumer<NodeId> repair) {
        this.records = records;
        this.rules = rules;
        this.syncDelayNanos = TimeUnit.MILLISECONDS.toNanos(limits.syncDelayMillis());
        this.repair = repair;
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

    void acknowledged(NodeId from, long batch, Step<V> step) {
        Target target = targets.get(from);
        if (target == null || target.batch != batch) {
            return;
        }
        target.batch = 0;
        target.inFlight = List.of();
        target.lastAckNanos = step.nowNanos;
        if (target.failures > 0) {
            target.failures = 0;
            repair.accept(from);
        }
    }

    /** Sends what is due, and takes back what was not acknowledged. */
    void due(Step<V> step) {
        for (Target target : targets.values()) {
            if (target.batch != 0 && step.nowNanos - target.ackDueNanos >= 0) {
                failed(target, step);
            }
            if (target.batch == 0
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
            if (target.batch != 0) {
                next = Math.min(next, target.ackDueNanos);
            } else if (!target.pending.isEmpty() && rules.mayFlyBeside(inFlightElsewhere())) {
                next = Math.min(next, target.dueNanos);
            }
        }
        return next;
    }

    int pending(NodeId id) {
        Target target = targets.get(id);
        return target == null ? 0 : target.pending.size() + target.inFlight.size();
    }

    /** Whether all has been told and acknowledged. */
    boolean idle() {
        return targets.values().stream().allMatch(target -> target.batch == 0 && target.pending.isEmpty());
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
        return targets.values().stream().anyMatch(target -> target.batch != 0);
    }

    private void add(Target target, Key key, Step<V> step) {
        if (target.pending.isEmpty()) {
            target.dueNanos = Math.max(step.nowNanos + syncDelayNanos, target.failures > 0 ? target.dueNanos : NEVER);
        }
        target.pending.add(key);
        if (target.pending.size() > PENDING_KEYS_MAX) {
            target.pending.clear();
            collapsedTotal++;
            repair.accept(target.id);
        }
    }

    private void send(Target target, Step<V> step) {
        int bytesMax = target.failures > 0 ? Sizes.PROBE_BYTES_MAX : Sizes.MESSAGE_BYTES_MAX;
        List<DistroRecord<V>> batch = new ArrayList<>();
        List<Key> keys = new ArrayList<>();
        int bytes = 0;
        var waiting = target.pending.iterator();
        while (waiting.hasNext() && bytes < bytesMax) {
            Key key = waiting.next();
            waiting.remove();
            Entry<V> entry = records.find(key);
            if (entry != null && rules.syncs(entry)) {
                bytes += Sizes.ofEntry(entry);
                keys.add(key);
                batch.add(records.told(entry, step.leaseNanos));
            }
        }
        if (batch.isEmpty()) {
            return;
        }
        target.batch = ++lastBatch;
        target.inFlight = keys;
        target.ackDueNanos = step.nowNanos + ACK_WAIT_NANOS;
        step.send(target.id, new SyncBatch<>(target.batch, batch, failingExcept(target)));
    }

    private List<NodeId> failingExcept(Target receiver) {
        return targets.values().stream()
                .filter(target -> target.failures > 0 && target != receiver)
                .map(target -> target.id)
                .toList();
    }

    private void failed(Target target, Step<V> step) {
        if (rules.retriesSync()) {
            target.pending.addAll(target.inFlight);
        }
        target.inFlight = List.of();
        target.batch = 0;
        long backOff = RETRY_MIN_NANOS << Math.min(target.failures, 4);
        target.failures++;
        target.dueNanos = step.nowNanos + Math.min(backOff, RETRY_MAX_NANOS);
    }
}
