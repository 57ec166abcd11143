package io.muster.distro.core;

import io.muster.consistency.Key;
import io.muster.distro.core.Message.Aged;
import io.muster.member.NodeId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/**
 * Renewals that this node accepted for sessions of others, on their way to the responsible members: in batches within a second (R55). What
 * can't be passed on for {@link #PATIENCE_NANOS} becomes data: the record is stamped anew, and syncs carry it to all.
 */
final class Renewals<V> {

    /** Bound on sessions that wait; beyond it a beat is dropped, and the client's next one tries again. */
    static final int WAITING_MAX = 1_000_000;

    /** So few that a storm of them, while a dead member is not known to be dead yet, does not drown the syncs. */
    static final int RESTAMPS_A_TICK_MAX = 200;

    static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(400);
    private static final long ACK_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /** One batch on its way. */
    private static final class Flight {
        final long batch;
        final Map<Key, Long> heard;
        final long ackDueNanos;

        Flight(long batch, Map<Key, Long> heard, long ackDueNanos) {
            this.batch = batch;
            this.heard = heard;
            this.ackDueNanos = ackDueNanos;
        }
    }

    private final Records<V> records;
    private final Sessions<V> sessions;

    /** When the first renewal came that has not been passed on, by key, oldest first. */
    private final LinkedHashMap<Key, Long> waiting = new LinkedHashMap<>();

    private final TreeMap<NodeId, Flight> flights = new TreeMap<>();
    private long lastBatch;
    private long nextNanos;
    private long restampedTotal;

    Renewals(Records<V> records, Sessions<V> sessions) {
        this.records = records;
        this.sessions = sessions;
    }

    /** A beat was accepted here for a session of another member. */
    void heard(Key key, Step<V> step) {
        if (waiting.size() < WAITING_MAX) {
            waiting.putIfAbsent(key, step.nowNanos);
        }
    }

    void acknowledged(NodeId from, long batch) {
        Flight flight = flights.get(from);
        if (flight != null && flight.batch == batch) {
            flights.remove(from);
        }
    }

    int waiting() {
        return waiting.size();
    }

    /** How many renewals became data. */
    long restampedTotal() {
        return restampedTotal;
    }

    /** On each tick. */
    void tick(Responsibility responsibility, NodeId self, Step<V> step) {
        takeBackFailed(step);
        becomeData(responsibility, self, step);
        if (step.nowNanos - nextNanos < 0 || waiting.isEmpty()) {
            return;
        }
        nextNanos = step.nowNanos + INTERVAL_NANOS;
        send(responsibility, self, step);
    }

    private void takeBackFailed(Step<V> step) {
        for (NodeId target : List.copyOf(flights.keySet())) {
            Flight flight = flights.get(target);
            if (flight != null && step.nowNanos - flight.ackDueNanos >= 0) {
                flights.remove(target);
                flight.heard.forEach((key, since) -> waiting.merge(key, since, Math::min));
            }
        }
    }

    /** Those that were taken back are not in order of age, but all were young when they first went; a bounded look is enough. */
    private void becomeData(Responsibility responsibility, NodeId self, Step<V> step) {
        int left = RESTAMPS_A_TICK_MAX;
        var oldest = waiting.entrySet().iterator();
        while (left > 0 && oldest.hasNext()) {
            Map.Entry<Key, Long> waited = oldest.next();
            LeasedRecord<V> record = records.findRecord(waited.getKey());
            if (record == null || isHere(waited.getKey(), responsibility, self)) {
                oldest.remove();
            } else if (step.nowNanos - waited.getValue() >= patienceNanos(record)) {
                oldest.remove();
                left--;
                restampedTotal++;
                sessions.restamp(record, step);
            }
        }
    }

    private static long patienceNanos(LeasedRecord<?> record) {
        return Math.min(PATIENCE_NANOS, record.firstDeadlineNanos() / 3);
    }

    private static boolean isHere(Key key, Responsibility responsibility, NodeId self) {
        return responsibility.memberFor(key.group()).equals(Optional.of(self));
    }

    private void send(Responsibility responsibility, NodeId self, Step<V> step) {
        TreeMap<NodeId, Map<Key, Long>> batches = new TreeMap<>();
        TreeMap<NodeId, Integer> bytes = new TreeMap<>();
        TreeSet<NodeId> full = new TreeSet<>(flights.keySet());
        var each = waiting.entrySet().iterator();
        while (each.hasNext()) {
            Map.Entry<Key, Long> heard = each.next();
            NodeId to = responsibility.memberFor(heard.getKey().group()).orElse(self);
            if (to.equals(self)) {
                each.remove();
            } else if (!full.contains(to)) {
                each.remove();
                batches.computeIfAbsent(to, id -> new LinkedHashMap<>()).put(heard.getKey(), heard.getValue());
                if (bytes.merge(to, Sizes.ofKey(heard.getKey()) + 4, Integer::sum) > Sizes.MESSAGE_BYTES_MAX) {
                    full.add(to);
                }
            }
        }
        batches.forEach((to, heard) -> send(to, heard, step));
    }

    private void send(NodeId to, Map<Key, Long> heard, Step<V> step) {
        List<Aged> renewals = new ArrayList<>(heard.size());
        for (Key key : heard.keySet()) {
            LeasedRecord<V> record = records.findRecord(key);
            if (record != null) {
                renewals.add(new Aged(key, TimeUnit.NANOSECONDS.toMillis(record.silentNanos(step.leaseNanos))));
            }
        }
        if (!renewals.isEmpty()) {
            Flight flight = new Flight(++lastBatch, heard, step.nowNanos + ACK_WAIT_NANOS);
            flights.put(to, flight);
            step.send(to, new Message.Renewals<>(flight.batch, renewals));
        }
    }
}
