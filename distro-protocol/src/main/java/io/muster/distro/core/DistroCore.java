package io.muster.distro.core;

import io.muster.consistency.Change;
import io.muster.consistency.Codec;
import io.muster.consistency.ConsistencyException;
import io.muster.consistency.Datum;
import io.muster.consistency.Key;
import io.muster.consistency.Origin;
import io.muster.distro.core.Asking.Claimed;
import io.muster.distro.core.Asking.Finding;
import io.muster.distro.core.Asking.Question;
import io.muster.distro.core.Effects.Outcome;
import io.muster.distro.core.Notice.StoodStill;
import io.muster.distro.core.Peers.Peer;
import io.muster.member.MemberView;
import io.muster.member.NodeId;
import io.muster.member.NodeIdentity;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The Distro state machine: inputs and the time go in, effects come out (design §2, §5). The package's comment states what the driver owes
 * it. One thread calls {@link #on}, {@link #counts} and {@link #peers}; {@link #records}, {@link #responsibility} and {@link #inspection} may
 * be read from any.
 *
 * <p>This class decides what an input means for whom; the work is done by its parts, one idea each.
 *
 * @param <V> the caller's immutable values
 */
public final class DistroCore<V> {

    /** Feed a {@link Input.Tick} this often. */
    public static final long TICK_MILLIS = 100;

    /** Bound on the sessions and tombstones that one tick looks at, so that a mass of them delays nobody's write for long. */
    static final int TICK_WORK_MAX = 10_000;

    /** Requests and batches are numbered from somewhere in two million on, lest an answer to the process before be taken for one to this. */
    private static final long NUMBERS_FROM_MASK = (1 << 21) - 1;

    private final NodeId self;
    private final Rules rules;
    private final HybridClock clock;
    private final LeaseClock leaseClock;
    private final Records<V> records;
    private final Asking<V> asking;
    private final Sessions<V> sessions;
    private final Trust<V> trust;
    private final Store<V> store;
    private final Verify<V> verify;
    private final SyncTasks<V> syncTasks;
    private final Renewals<V> renewals;
    private final Forwards<V> forwards;
    private final Takeover<V> takeover;
    private final ColdStart coldStart;
    private final Loading<V> loading;
    private final Ring<V> ring;
    private final PeerMessages<V> messages;

    private final Input.Handler<V> steps = new Steps();

    private @Nullable MemberView view;
    private Peers peers = Peers.NONE;
    private boolean started;
    private boolean leaving;

    private Step<V> step;

    /**
     * @param codec its encoding of a value is hashed for digests
     * @param wallMillis the wall clock now; not asked again
     * @param nowNanos monotonic time now
     */
    public DistroCore(NodeIdentity identity, CoreConfig config, Codec<V> codec, long wallMillis, long nowNanos) {
        this(identity, config, codec, wallMillis, nowNanos, new Rules());
    }

    DistroCore(NodeIdentity identity, CoreConfig config, Codec<V> codec, long wallMillis, long nowNanos, Rules rules) {
        this.self = identity.nodeId();
        this.rules = rules;
        this.clock = new HybridClock(new Origin(self.high(), self.low(), identity.runId()), wallMillis, nowNanos);
        this.leaseClock =
                new LeaseClock(TimeUnit.MILLISECONDS.toNanos(config.leases().standStillMillis()), nowNanos);
        this.step = new Step<>(nowNanos, nowNanos);
        this.records = new Records<>(leaseClock, config.sessions());
        long numbersFrom = identity.runId() & NUMBERS_FROM_MASK;
        this.asking = new Asking<>(this::answered, numbersFrom);
        this.sessions = new Sessions<>(
                records, clock, config.leases(), config.guard(), rules, asking, self.toString(), nowNanos);
        this.trust = new Trust<>(rules, records, sessions, asking, this::countsTheSameMembers);
        Absence<V> absence = new Absence<>();
        this.store = new Store<>(self, config, rules, codec, clock, records, sessions, trust, absence);
        DigestAnswers<V> digestAnswers = new DigestAnswers<>(records, store);
        this.verify = new Verify<>(self, records, digestAnswers, store, rules, config.peers());
        this.syncTasks = new SyncTasks<>(records, rules, config.peers(), verify::soon, numbersFrom);
        this.renewals = new Renewals<>(self, records, sessions, numbersFrom);
        this.forwards = new Forwards<>(self, store, config.peers(), numbersFrom);
        this.takeover = new Takeover<>(records, sessions, rules, step);
        this.coldStart = new ColdStart(config.coldStartHoldMillis());
        this.loading = new Loading<>(
                config, records, sessions, asking, store, verify, coldStart, absence, rules, this::reassign);
        this.ring = new Ring<>(self, rules, records, sessions, trust, verify, takeover);
        this.messages = new PeerMessages<>(
                clock,
                loading,
                ring,
                trust,
                asking,
                store,
                sessions,
                syncTasks,
                renewals,
                forwards,
                takeover,
                verify,
                digestAnswers,
                step);
    }

    /**
     * Takes one step.
     *
     * @param nowNanos monotonic time, never less than at the step before
     * @throws IllegalStateException if an invariant is broken, or the driver broke its duties: the engine must stop
     */
    public Effects<V> on(Input<V> input, long nowNanos) {
        long stoodStillNanos = 0;
        if (started) {
            stoodStillNanos = leaseClock.step(nowNanos);
        } else {
            leaseClock.begin(nowNanos);
        }
        step = new Step<>(nowNanos, leaseClock.at(nowNanos));
        if (stoodStillNanos > 0) {
            sessions.doubt(step);
            step.notice(new StoodStill(TimeUnit.NANOSECONDS.toMillis(stoodStillNanos)));
            loading.stoodStill(stoodStillNanos, step);
        }
        input.to(steps);
        asking.flush(step);
        syncTasks.changed(step.changedKeys(), step);
        syncTasks.due(step);
        coldStart.settle(records.sessionCount(), step);
        return step.effects(clock.now(nowNanos) - 1, Math.min(syncTasks.nextDueNanos(), forwards.nextDueNanos()));
    }

    /** What this node holds, for readers on any thread. */
    public Records<V> records() {
        return records;
    }

    /** Who is responsible for which group, as this node sees it now; any thread. */
    public Responsibility responsibility() {
        return ring.responsibility();
    }

    /** How many milliseconds the warm-up after a cold start still takes; any thread, with {@link #counts} of a moment ago. */
    public long warmUpMillisLeft(Counts counts, long nowNanos) {
        long nanosLeft = counts.warmingUp() ? counts.warmUpEndsNanos() - leaseClock.at(nowNanos) : 0;
        return Math.max(0, TimeUnit.NANOSECONDS.toMillis(nanosLeft));
    }

    /** How this node stands with each of the others, in order of their ids. */
    public List<PeerStatus> peers() {
        List<PeerStatus> all = new ArrayList<>();
        for (Peer peer : peers.all()) {
            NodeId id = peer.id();
            all.add(new PeerStatus(
                    id,
                    peer.alive(),
                    peer.loaded(),
                    syncTasks.pending(id),
                    syncTasks.lastAckNanos(id),
                    verify.verifiedNanos(id),
                    verify.mismatches(id)));
        }
        return all;
    }

    /** What operators read of it, on their own threads. */
    public Inspection<V> inspection() {
        return new Inspection<>(records, leaseClock);
    }

    /** The member from which a part of the snapshot is awaited. */
    Optional<NodeId> loadSource() {
        return loading.source();
    }

    public Counts counts() {
        return new Counts(
                loading.loaded(),
                loading.readable(),
                peers.shunned(),
                loading.progress(),
                coldStart.warmingUp(),
                coldStart.warmUpEndsNanos(),
                sessions.removalsHeld(),
                sessions.disputed(),
                records.visibleGroupCount(),
                records.responsibleGroupCount(),
                records.visibleCount(),
                records.ownSessionCount(),
                records.unhealthyCount(),
                records.expiredCount(),
                records.tombstoneCount(),
                records.digest(),
                syncTasks.idle(),
                renewals.waiting(),
                new Counts.Totals(
                        sessions.unhealthyTotal(),
                        sessions.expiredTotal(),
                        sessions.revivedTotal(),
                        store.staleRefusedTotal(),
                        trust.refutedTotal(),
                        verify.mismatchTotal(),
                        syncTasks.collapsedTotal(),
                        loading.retriesTotal(),
                        forwards.takenOverTotal(),
                        takeover.gainedTotal(),
                        renewals.restampedTotal(),
                        asking.askedTotal(),
                        messages.strangersTotal(),
                        clock.aheadMillisMax()));
    }

    private final class Steps implements Input.Handler<V> {

        @Override
        public void start(boolean held) {
            if (started) {
                throw new IllegalStateException("a node starts once");
            }
            started = true;
            loading.start(held, step);
        }

        @Override
        public void write(long call, List<Change<V>> changes) {
            requireStarted();
            boolean accepted = rules.accepts(1 + peers.alive().size(), 1 + peers.listedOthers());
            if (loading.loaded() && accepted) {
                forwards.write(call, changes, ring.responsibility(), step);
            } else {
                refuse(call, changes.size(), loading.loaded() ? "too few members" : "loads what it may have missed");
            }
        }

        private void refuse(long call, int changes, String reason) {
            step.outcome(new Outcome<>(
                    call,
                    Collections.nCopies(changes, Optional.<Datum<V>>empty()),
                    Optional.of(new ConsistencyException.NotReady("ephemeral data: " + reason))));
        }

        @Override
        public void renewed(List<Key> keys) {
            for (Key key : keys) {
                LeasedRecord<V> record = records.findRecord(key);
                if (record != null) {
                    sessions.renewed(record, step);
                }
            }
        }

        @Override
        public void heard(List<Key> keys) {
            for (Key key : keys) {
                LeasedRecord<V> record = records.findRecord(key);
                if (record != null) {
                    record.passOnTaken();
                    renewals.heard(key, step);
                    if (!ring.differing().isEmpty()) {
                        renewals.spread(key);
                    }
                }
            }
        }

        @Override
        public void received(NodeId from, long sentClock, Message<V> message) {
            messages.received(from, sentClock, message, peers, step);
        }

        @Override
        public void merge(NodeId from, List<DistroRecord<V>> incoming) {
            incoming.forEach(record -> store.merge(from, record, true, step));
        }

        @Override
        public void view(MemberView newView) {
            view = newView;
            List<NodeId> aliveBefore = peers.alive();
            peers = Peers.of(newView, self);
            List<NodeId> alive = peers.alive();
            if (!aliveBefore.containsAll(alive)) {
                sessions.anyReturned(step);
            }
            syncTasks.targets(alive);
            List<NodeId> listed = peers.all().stream().map(Peer::id).toList();
            verify.members(listed, step);
            verify.alive(alive, step);
            verify.ringsUnknown(listed.stream().filter(id -> !peers.isAlive(id)).toList());
            asking.members(alive, step);
            forwards.members(alive, step);
            sessions.anyOutOfReach(peers.anyOutOfReach());
            loading.members(peers, step);
            reassign();
            if (started) {
                loading.work(step);
            }
        }

        @Override
        public void leave() {
            leaving = true;
            reassign();
            renewals.passOn(ring.responsibility(), step);
        }

        @Override
        public void wake() {
            forwards.due(step);
        }

        @Override
        public void tick() {
            requireStarted();
            loading.work(step);
            forwards.due(step);
            asking.tick(step);
            trust.tick(step);
            if (loading.loaded()) {
                ring.tick(peers, step);
                sessions.tick(TICK_WORK_MAX, step);
                renewals.tick(ring.responsibility(), ring.differing(), step);
                verify.tick(ring.responsibility().fingerprint(), step);
                coldStart.tick(records.sessionCount(), step);
            }
        }
    }

    private void requireStarted() {
        if (!started) {
            throw new IllegalStateException("not started yet");
        }
    }

    private void reassign() {
        if (view != null) {
            ring.reassign(view, peers, loading.loaded() && !leaving, step);
        }
    }

    private boolean countsTheSameMembers(NodeId member) {
        return ring.agrees(member);
    }

    /** All members alive had their say about a session. */
    private void answered(Question<V> question, Finding finding, Step<V> now) {
        Optional<Claimed<V>> claimed = question.claimed();
        if (claimed.isEmpty()) {
            sessions.asked(question, finding, now);
            return;
        }
        LeasedRecord<V> record = records.findRecord(question.key());
        if (record == null || !trust.contradicted(record, question, finding, now)) {
            store.adoptAfterAsking(claimed.get().from(), claimed.get().record(), now);
        }
    }
}
