package io.muster.distro.core;

import io.muster.consistency.Key;
import io.muster.distro.core.Message.BucketDigest;
import io.muster.distro.core.Message.BucketGroups;
import io.muster.distro.core.Message.DigestBuckets;
import io.muster.distro.core.Message.DigestGroups;
import io.muster.distro.core.Message.DigestRecords;
import io.muster.distro.core.Message.DigestRoot;
import io.muster.distro.core.Message.Repair;
import io.muster.distro.core.Message.Repaired;
import io.muster.member.NodeId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Compares this node's digests with those of each other member, one after the other, and repairs both sides (R48). This side leads the
 * round and keeps its state; the other one only answers, see {@link DigestAnswers}.
 *
 * <pre>
 *   DigestRoot    -> DigestBuckets    equal: done. Else, until no differing bucket is left:
 *   DigestGroups  -> DigestRecords    groups of as many buckets as fit; the stamps in those that differ
 *   Repair        -> Repaired         what the other side lacks goes out, what this side lacks comes in
 * </pre>
 *
 * <p>One message is under way in each round, and bytes grow with the differences (X3). A round without an answer ends, and begins anew a
 * second later, or sooner where the member is out of reach: that also is how one is noticed to be back.
 */
final class Verify<V> {

    private static final long ANSWER_WAIT_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Who is out of reach is tried in such short order, seventy bytes each: what was cut apart is whole soon after it can be. */
    private static final long OUT_OF_REACH_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    /** A member that has just come, or is to be repaired, is verified after this; what is on its way to it gets there meanwhile. */
    private static final long SOON_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    /** Bound on steps of one round; the next round goes on. */
    private static final int STEPS_MAX = 10_000;

    /** Bound on keys asked for at once. */
    private static final int WANTED_MAX = 2_000;

    /** Buckets of one step: few enough that the answer mostly fits one message. */
    private static final int STEP_BUCKETS_MAX = 64;

    /** Bound on groups of one step's message, 17 bytes each and more for large ones. */
    private static final int STEP_GROUPS_MAX = 8_000;

    /** The ring of a member that has not told of it, or was out of reach since. */
    private static final long RING_UNKNOWN = 0;

    /** What this node knows of its rounds with one member. */
    private static final class Session {
        final NodeId peer;
        long nextNanos;

        /** Number of the running round, 0 while there is none. */
        long round;

        long step;
        long answerDueNanos;

        /** Differing buckets still to be compared. */
        final Deque<Integer> buckets = new ArrayDeque<>();

        /** Those of the current step. */
        List<Integer> current = List.of();

        /** Whether the current buckets are to be compared again, since not all fitted. */
        boolean repeat;

        int wanted;

        /** Until then the member repairs both sides; no round of this side's is begun. */
        long ledUntilNanos;

        /** Whether the member was within reach when the view changed last. */
        boolean alive;

        long verifiedNanos = SyncTasks.NEVER;
        long contactNanos;
        long mismatches;
        long ring = RING_UNKNOWN;

        Session(NodeId peer, long nowNanos) {
            this.peer = peer;
            this.nextNanos = nowNanos + SOON_NANOS;
            this.ledUntilNanos = nowNanos;
            this.contactNanos = nowNanos;
        }

        /** Whether a round is under way that the other side knows of. */
        boolean isBeingAnswered() {
            return round != 0 && step != 0;
        }
    }

    private final NodeId self;
    private final Records<V> records;
    private final DigestAnswers<V> comparing;
    private final Store<V> store;
    private final Rules rules;
    private final long intervalNanos;
    private final TreeMap<NodeId, Session> sessions = new TreeMap<>();
    private final Set<NodeId> soon = new TreeSet<>();
    private long lastRound;
    private long mismatchTotal;

    Verify(
            NodeId self,
            Records<V> records,
            DigestAnswers<V> comparing,
            Store<V> store,
            Rules rules,
            PeerLimits limits) {
        this.self = self;
        this.records = records;
        this.comparing = comparing;
        this.store = store;
        this.rules = rules;
        this.intervalNanos = TimeUnit.MILLISECONDS.toNanos(limits.verifyIntervalMillis());
    }

    /** These are verified from now on: all that list each other, out of reach or not. */
    void members(List<NodeId> peers, Step<V> step) {
        sessions.keySet().retainAll(Set.copyOf(peers));
        peers.forEach(id -> sessions.computeIfAbsent(id, peer -> new Session(peer, step.nowNanos)));
    }

    /**
     * These of them are within reach. Who was not before is verified soon: it was sent no changes meanwhile, and a round that began before has not seen the
     * latest of them.
     */
    void alive(List<NodeId> reachable, Step<V> step) {
        Set<NodeId> now = Set.copyOf(reachable);
        for (Session session : sessions.values()) {
            boolean returns = !session.alive && now.contains(session.peer);
            session.alive = now.contains(session.peer);
            if (returns) {
                if (session.isBeingAnswered()) {
                    soon(session.peer);
                } else {
                    end(session, step.nowNanos + SOON_NANOS);
                }
            }
        }
    }

    /** The member is to be verified with the next tick. */
    void soon(NodeId peer) {
        soon.add(peer);
    }

    /**
     * The member has found differences and goes on to repair both sides. Both mostly find them at once, at the end of a cut: what one tells
     * the other would tell as well, so the one of the higher id stands back, until nothing more comes.
     */
    void led(NodeId by, Step<V> step) {
        Session session = sessions.get(by);
        if (session != null && by.compareTo(self) < 0) {
            session.ledUntilNanos = step.nowNanos + ANSWER_WAIT_NANOS;
            if (session.round != 0) {
                end(session, session.ledUntilNanos);
            }
        }
    }

    /** The member was heard of, whatever it said. */
    void contact(NodeId peer, Step<V> step) {
        Session session = sessions.get(peer);
        if (session != null) {
            session.contactNanos = step.nowNanos;
        }
    }

    /** Monotonic time at which any of the members was heard of last; now where there are none. */
    long latestContactNanos(Step<V> step) {
        return sessions.values().stream()
                .mapToLong(session -> session.contactNanos)
                .max()
                .orElse(step.nowNanos);
    }

    /** What a member's ring was when it last said so. */
    void ringOf(NodeId peer, long fingerprint) {
        Session session = sessions.get(peer);
        if (session != null) {
            session.ring = fingerprint;
        }
    }

    /** They may go by another ring when they are heard of again. */
    void ringsUnknown(List<NodeId> outOfReach) {
        outOfReach.forEach(id -> ringOf(id, RING_UNKNOWN));
    }

    /** Whether the member has said, since it was last out of reach, that it goes by this ring. */
    boolean agrees(NodeId peer, long fingerprint) {
        Session session = sessions.get(peer);
        return session != null && session.ring == fingerprint;
    }

    /** Those of these members that last told of another ring than this one. */
    List<NodeId> disputing(long fingerprint, List<NodeId> among) {
        return among.stream()
                .filter(id -> {
                    Session session = sessions.get(id);
                    return session != null && session.ring != RING_UNKNOWN && session.ring != fingerprint;
                })
                .toList();
    }

    /** Monotonic time at which the member was last found equal, or made so; {@link SyncTasks#NEVER} if it never was. */
    long verifiedNanos(NodeId peer) {
        Session session = sessions.get(peer);
        return session == null ? SyncTasks.NEVER : session.verifiedNanos;
    }

    /** Rounds with this member that found a difference. */
    long mismatches(NodeId peer) {
        Session session = sessions.get(peer);
        return session == null ? 0 : session.mismatches;
    }

    long mismatchTotal() {
        return mismatchTotal;
    }

    /** On each tick. */
    void tick(long ring, Step<V> step) {
        for (Session session : sessions.values()) {
            if (session.round != 0 && step.nowNanos - session.answerDueNanos >= 0) {
                end(session, step.nowNanos + (session.alive ? RETRY_NANOS : OUT_OF_REACH_NANOS));
            }
            if (session.round == 0 && soon.remove(session.peer)) {
                session.nextNanos = Math.min(session.nextNanos, step.nowNanos);
            }
            if (session.round == 0
                    && step.nowNanos - session.nextNanos >= 0
                    && step.nowNanos - session.ledUntilNanos >= 0
                    && rules.verifies(self.compareTo(session.peer) < 0)) {
                session.round = ++lastRound;
                session.step = 0;
                session.buckets.clear();
                send(session, new DigestRoot<>(session.round, records.digest(), ring), step);
            }
        }
        soon.retainAll(sessions.keySet());
    }

    void buckets(NodeId from, DigestBuckets<V> answer, Step<V> step) {
        Session session = running(from, answer.round());
        if (session == null || session.step != 0) {
            return;
        }
        session.ring = answer.ring();
        if (answer.equal()) {
            session.verifiedNanos = step.nowNanos;
            end(session, step.nowNanos + intervalNanos);
            return;
        }
        session.mismatches++;
        mismatchTotal++;
        session.buckets.addAll(differing(answer.buckets()));
        next(session, step);
    }

    void records(NodeId from, DigestRecords<V> answer, Step<V> step) {
        Session session = running(from, answer.round());
        if (session == null || session.step != answer.step()) {
            return;
        }
        Differences<V> found = new Differences<>(records, rules, WANTED_MAX, step);
        answer.summaries().forEach(found::compare);
        answer.lacking().forEach(found::otherLacks);
        found.dropped().forEach(record -> store.drop(record, step));
        session.repeat = answer.more() || found.truncated();
        if (found.toSend().isEmpty() && found.wanted().isEmpty()) {
            next(session, step);
        } else {
            List<Key> wanted = rules.verifiesBothWays() ? found.wanted() : List.of();
            session.wanted = wanted.size();
            send(session, new Repair<>(session.round, session.step, found.toSend(), wanted), step);
        }
    }

    void repaired(NodeId from, Repaired<V> answer, Step<V> step) {
        Session session = running(from, answer.round());
        if (session == null || session.step != answer.step()) {
            return;
        }
        answer.records().forEach(record -> store.merge(from, record, false, step));
        if (session.repeat || answer.records().size() < session.wanted) {
            session.current.forEach(session.buckets::addLast);
        }
        next(session, step);
    }

    private @Nullable Session running(NodeId from, long round) {
        Session session = sessions.get(from);
        return session != null && session.round != 0 && session.round == round ? session : null;
    }

    private List<Integer> differing(List<BucketDigest> others) {
        long[] digests = new long[DigestTree.BUCKETS];
        for (BucketDigest other : others) {
            if (other.bucket() < DigestTree.BUCKETS) {
                digests[other.bucket()] = other.digest();
            }
        }
        List<Integer> differing = new ArrayList<>();
        for (int bucket = 0; bucket < DigestTree.BUCKETS; bucket++) {
            if (records.bucketDigest(bucket) != digests[bucket]) {
                differing.add(bucket);
            }
        }
        return differing;
    }

    private void next(Session session, Step<V> step) {
        if (session.buckets.isEmpty() || session.step >= STEPS_MAX) {
            session.verifiedNanos = step.nowNanos;
            end(session, step.nowNanos + Math.min(intervalNanos, RETRY_NANOS));
            return;
        }
        List<BucketGroups> groups = new ArrayList<>();
        List<Integer> current = new ArrayList<>();
        int room = STEP_GROUPS_MAX;
        while (!session.buckets.isEmpty() && current.size() < STEP_BUCKETS_MAX && room > 0) {
            int bucket = session.buckets.removeFirst();
            BucketGroups digests = comparing.groupsOf(bucket);
            current.add(bucket);
            groups.add(digests);
            room -= digests.groups().stream()
                    .mapToInt(group -> 1 + group.slices().size())
                    .sum();
        }
        session.current = current;
        session.step++;
        send(session, new DigestGroups<>(session.round, session.step, groups), step);
    }

    private void send(Session session, Message<V> message, Step<V> step) {
        boolean mayBeHeard = session.alive || session.isBeingAnswered();
        session.answerDueNanos = step.nowNanos + (mayBeHeard ? ANSWER_WAIT_NANOS : OUT_OF_REACH_NANOS);
        step.send(session.peer, message);
    }

    private static void end(Session session, long nextNanos) {
        session.round = 0;
        session.nextNanos = nextNanos;
    }
}
