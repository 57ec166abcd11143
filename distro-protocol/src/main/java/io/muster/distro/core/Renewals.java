package io.muster.distro.core;

import io.muster.consistency.Key;
import io.muster.distro.core.Message.Aged;
import io.muster.member.NodeId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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

    /** Bound on renewals that one tick looks at, oldest first; far more than wait where anybody answers. */
    private static final int LOOKS_A_TICK_MAX = 50_000;

    static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(400);
    private static final long ACK_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /** As many as go out within the patience. */
    private static final int OVERDUE_MAX = 10;

    /** One batch on its way. */
    private static final class Flight {
        final long batch;
        final Map<Key, Long> heard;

        /** More may wait for the same member. */
        final boolean full;

        final long ackDueNanos;

        Flight(long batch, Map<Key, Long> heard, boolean full, long ackDueNanos) {
            this.batch = batch;
            this.heard = heard;
            this.full = full;
            this.ackDueNanos = ackDueNanos;
        }
    }

    private final NodeId self;
    private final Records<V> records;
    private final Sessions<V> sessions;

    /** When the first renewal came that has not been passed on, by key, oldest first. */
    private final LinkedHashMap<Key, Long> waiting = new LinkedHashMap<>();

    /** Heard of lately, for members that go by another ring; at most as many as may wait. */
    private final Set<Key> spreading = new LinkedHashSet<>();

    private final TreeMap<NodeId, Flight> flights = new TreeMap<>();

    /** Taken back for want of an acknowledgement that may still come: a slow receiver heard all the same. The latest ones of each, oldest first. */
    private final TreeMap<NodeId, ArrayDeque<Flight>> overdue = new TreeMap<>();

    private long lastBatch;
    private long nextNanos;
    private long restampedTotal;

    /** @param numbersFrom other than that of the process before, whose answers may yet come */
    Renewals(NodeId self, Records<V> records, Sessions<V> sessions, long numbersFrom) {
        this.self = self;
        this.records = records;
        this.sessions = sessions;
        this.lastBatch = numbersFrom;
    }

    /** A beat was accepted here for a session of another member. */
    void heard(Key key, Step<V> step) {
        if (waiting.size() < WAITING_MAX) {
            waiting.putIfAbsent(key, step.nowNanos);
        }
    }

    /** The same, where members go by different rings: whoever may think that the session is its own must hear of it. */
    void spread(Key key) {
        if (spreading.size() < WAITING_MAX) {
            spreading.add(key);
        }
    }

    /** Behind a full batch the next one follows at once: what a member hears in a time is bounded by the way there and back, not by the interval. */
    void acknowledged(NodeId from, long batch, Responsibility responsibility, Step<V> step) {
        Flight flight = flights.get(from);
        if (flight != null && flight.batch == batch) {
            flights.remove(from);
            if (flight.full) {
                Set<NodeId> others = new TreeSet<>(responsibility.members());
                others.remove(from);
                send(responsibility, others, step);
            }
        } else {
            late(from, batch);
        }
    }

    /** The receiver has heard of them, so they need not become data; a beat that came since is told with the next one. */
    private void late(NodeId from, long batch) {
        ArrayDeque<Flight> ofSender = overdue.getOrDefault(from, new ArrayDeque<>());
        for (Flight flight : ofSender) {
            if (flight.batch == batch) {
                flight.heard.forEach(waiting::remove);
                Flight again = flights.get(from);
                if (again != null) {
                    flight.heard.forEach(again.heard::remove);
                }
            }
        }
        ofSender.removeIf(flight -> flight.batch == batch);
    }

    /** Those on their way count until they are acknowledged. */
    int waiting() {
        return waiting.size()
                + flights.values().stream()
                        .mapToInt(flight -> flight.heard.size())
                        .sum();
    }

    /** This node ends soon, so what it has heard goes at once. */
    void passOn(Responsibility responsibility, Step<V> step) {
        if (responsibility.members().stream().allMatch(self::equals)) {
            // Nobody is left who could take them.
            waiting.clear();
        }
        send(responsibility, Set.of(), step);
    }

    /** How many renewals became data. */
    long restampedTotal() {
        return restampedTotal;
    }

    /**
     * On each tick.
     *
     * @param otherRings the members that go by another ring
     */
    void tick(Responsibility responsibility, List<NodeId> otherRings, Step<V> step) {
        overdue.keySet().retainAll(responsibility.members());
        takeBackFailed(step);
        becomeData(responsibility, step);
        if (step.nowNanos - nextNanos < 0 || (waiting.isEmpty() && spreading.isEmpty())) {
            return;
        }
        nextNanos = step.nowNanos + INTERVAL_NANOS;
        send(responsibility, Set.of(), step);
        spread(otherRings, step);
    }

    /** Nobody waits for the answers: the next beat comes soon. */
    private void spread(List<NodeId> to, Step<V> step) {
        List<Aged> part = new ArrayList<>();
        int bytes = 0;
        for (Key key : spreading) {
            LeasedRecord<V> record = records.findRecord(key);
            if (record != null) {
                part.add(aged(record, step));
                bytes += Sizes.ofKey(key) + 4;
            }
            if (bytes > Sizes.MESSAGE_BYTES_MAX) {
                tell(to, part, step);
                part = new ArrayList<>();
                bytes = 0;
            }
        }
        spreading.clear();
        tell(to, part, step);
    }

    private void tell(List<NodeId> to, List<Aged> part, Step<V> step) {
        if (!part.isEmpty()) {
            to.forEach(member -> step.send(member, new Message.Renewals<>(++lastBatch, part)));
        }
    }

    private Aged aged(LeasedRecord<V> record, Step<V> step) {
        return new Aged(record.key(), TimeUnit.NANOSECONDS.toMillis(record.silentNanos(step.nowNanos)));
    }

    private void takeBackFailed(Step<V> step) {
        for (NodeId target : List.copyOf(flights.keySet())) {
            Flight flight = flights.get(target);
            if (flight != null && step.nowNanos - flight.ackDueNanos >= 0) {
                flights.remove(target);
                ArrayDeque<Flight> ofTarget = overdue.computeIfAbsent(target, id -> new ArrayDeque<>());
                ofTarget.addLast(flight);
                if (ofTarget.size() > OVERDUE_MAX) {
                    ofTarget.removeFirst();
                }
                flight.heard.forEach((key, since) -> waiting.merge(key, since, Math::min));
            }
        }
    }

    /** Those that were taken back are not in order of age, but all were young when they first went; a bounded look is enough. */
    private void becomeData(Responsibility responsibility, Step<V> step) {
        int left = RESTAMPS_A_TICK_MAX;
        var oldest = waiting.entrySet().iterator();
        for (int looks = 0; looks < LOOKS_A_TICK_MAX && left > 0 && oldest.hasNext(); looks++) {
            Map.Entry<Key, Long> waited = oldest.next();
            LeasedRecord<V> record = records.findRecord(waited.getKey());
            if (record == null || isHere(waited.getKey(), responsibility)) {
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

    private boolean isHere(Key key, Responsibility responsibility) {
        return responsibility.memberFor(key.group()).equals(Optional.of(self));
    }

    /** Fills a batch for each member but those left out and those whose last batch is on its way. */
    private void send(Responsibility responsibility, Set<NodeId> leftOut, Step<V> step) {
        TreeMap<NodeId, Map<Key, Long>> batches = new TreeMap<>();
        TreeMap<NodeId, Integer> bytes = new TreeMap<>();
        TreeSet<NodeId> open = new TreeSet<>(responsibility.members());
        TreeSet<NodeId> full = new TreeSet<>();
        open.removeAll(leftOut);
        open.removeAll(flights.keySet());
        open.remove(self);
        var each = waiting.entrySet().iterator();
        while (!open.isEmpty() && each.hasNext()) {
            Map.Entry<Key, Long> heard = each.next();
            NodeId to = responsibility.memberFor(heard.getKey().group()).orElse(self);
            if (to.equals(self)) {
                each.remove();
            } else if (open.contains(to)) {
                each.remove();
                batches.computeIfAbsent(to, id -> new LinkedHashMap<>()).put(heard.getKey(), heard.getValue());
                if (bytes.merge(to, Sizes.ofKey(heard.getKey()) + 4, Integer::sum) > Sizes.MESSAGE_BYTES_MAX) {
                    open.remove(to);
                    full.add(to);
                }
            }
        }
        batches.forEach((to, heard) -> send(to, heard, full.contains(to), step));
    }

    private void send(NodeId to, Map<Key, Long> heard, boolean full, Step<V> step) {
        List<Aged> renewals = new ArrayList<>(heard.size());
        for (Key key : heard.keySet()) {
            LeasedRecord<V> record = records.findRecord(key);
            if (record != null) {
                renewals.add(aged(record, step));
            }
        }
        if (!renewals.isEmpty()) {
            Flight flight = new Flight(++lastBatch, heard, full, step.nowNanos + ACK_WAIT_NANOS);
            flights.put(to, flight);
            step.send(to, new Message.Renewals<>(flight.batch, renewals));
        }
    }
}
