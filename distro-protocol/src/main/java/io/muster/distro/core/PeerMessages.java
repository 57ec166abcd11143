package io.muster.distro.core;

import io.muster.consistency.Key;
import io.muster.distro.core.Message.AskBeats;
import io.muster.distro.core.Message.Beats;
import io.muster.distro.core.Message.DigestBuckets;
import io.muster.distro.core.Message.DigestGroups;
import io.muster.distro.core.Message.DigestRecords;
import io.muster.distro.core.Message.DigestRoot;
import io.muster.distro.core.Message.Forward;
import io.muster.distro.core.Message.Forwarded;
import io.muster.distro.core.Message.LeaseAges;
import io.muster.distro.core.Message.RenewalsAck;
import io.muster.distro.core.Message.Repair;
import io.muster.distro.core.Message.Repaired;
import io.muster.distro.core.Message.SnapshotChunk;
import io.muster.distro.core.Message.SnapshotNotReady;
import io.muster.distro.core.Message.SnapshotRequest;
import io.muster.distro.core.Message.SyncAck;
import io.muster.distro.core.Message.SyncBatch;
import io.muster.distro.core.Peers.Peer;
import io.muster.member.NodeId;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** What a message of another member means for whom, and whether it may be taken as it is. */
final class PeerMessages<V> implements Message.Handler<V> {

    private final HybridClock clock;
    private final Loading<V> loading;
    private final Ring<V> ring;
    private final Trust<V> trust;
    private final Asking<V> asking;
    private final Store<V> store;
    private final Sessions<V> sessions;
    private final SyncTasks<V> syncTasks;
    private final Renewals<V> renewals;
    private final Forwards<V> forwards;
    private final Takeover<V> takeover;
    private final Verify<V> verify;
    private final DigestAnswers<V> digestAnswers;

    private Step<V> step;

    /** Whether the message at hand was under way for too long, see {@link Loading#tellsOldTimes}. */
    private boolean tellsOldTimes;

    private long strangersTotal;

    PeerMessages(
            HybridClock clock,
            Loading<V> loading,
            Ring<V> ring,
            Trust<V> trust,
            Asking<V> asking,
            Store<V> store,
            Sessions<V> sessions,
            SyncTasks<V> syncTasks,
            Renewals<V> renewals,
            Forwards<V> forwards,
            Takeover<V> takeover,
            Verify<V> verify,
            DigestAnswers<V> digestAnswers,
            Step<V> first) {
        this.clock = clock;
        this.loading = loading;
        this.ring = ring;
        this.trust = trust;
        this.asking = asking;
        this.store = store;
        this.sessions = sessions;
        this.syncTasks = syncTasks;
        this.renewals = renewals;
        this.forwards = forwards;
        this.takeover = takeover;
        this.verify = verify;
        this.digestAnswers = digestAnswers;
        this.step = first;
    }

    /** Messages from nodes with which no data is exchanged; they are not heard. */
    long strangersTotal() {
        return strangersTotal;
    }

    /** @param sentClock of the sender when it sent this */
    void received(NodeId from, long sentClock, Message<V> message, Peers peers, Step<V> now) {
        Optional<Peer> sender = peers.find(from);
        if (sender.isEmpty()) {
            strangersTotal++;
            return;
        }
        step = now;
        clock.observe(sentClock, step.nowNanos);
        tellsOldTimes = loading.tellsOldTimes(clock.millisSince(sentClock, step.nowNanos));
        if (sender.get().alive()) {
            // Of one that does not count as alive yet there would be nobody to load from: what it says first would
            // be all that it ever gives.
            if (sender.get().loaded()) {
                loading.heard(step);
            }
            verify.contact(from, step);
        }
        message.to(from, this);
    }

    @Override
    public void syncBatch(NodeId from, SyncBatch<V> message) {
        if (tellsOldTimes) {
            // What of it stands is found by the digests, at once: clocks that have just met for the first time look
            // the same.
            verify.soon(from);
            step.send(from, new SyncAck<>(message.batch()));
            return;
        }
        message.records().forEach(record -> {
            store.merge(from, record, true, step);
            message.relayTo().forEach(target -> {
                if (!target.equals(from)) {
                    syncTasks.relay(record.key(), target, step);
                }
            });
        });
        step.send(from, new SyncAck<>(message.batch()));
    }

    @Override
    public void syncAck(NodeId from, SyncAck<V> message) {
        syncTasks.acknowledged(from, message.batch(), step);
    }

    @Override
    public void forward(NodeId from, Forward<V> message) {
        if (ring.takesGroups()) {
            forwards.carryOut(from, message, step);
        } else {
            step.send(from, new Forwarded<>(message.request(), List.of()));
        }
    }

    @Override
    public void forwarded(NodeId from, Forwarded<V> message) {
        forwards.answered(from, message, step);
    }

    @Override
    public void renewals(NodeId from, Message.Renewals<V> message) {
        if (loading.loaded()) {
            Consumer<Key> news = ring.differing().isEmpty() ? key -> {} : renewals::spread;
            List<Key> unknown = sessions.renewedElsewhere(message, news, step);
            step.send(from, new RenewalsAck<>(message.batch(), unknown));
        }
    }

    @Override
    public void renewalsAck(NodeId from, RenewalsAck<V> message) {
        renewals.acknowledged(from, message.batch(), ring.responsibility(), step);
        message.unknown().forEach(key -> syncTasks.changed(key, from, step));
    }

    @Override
    public void askBeats(NodeId from, AskBeats<V> message) {
        step.send(from, trust.answer(from, message, step));
    }

    @Override
    public void beats(NodeId from, Beats<V> message) {
        asking.answered(from, message, step);
    }

    @Override
    public void leaseAges(NodeId from, LeaseAges<V> message) {
        takeover.agesTold(message, step);
    }

    @Override
    public void digestRoot(NodeId from, DigestRoot<V> message) {
        if (loading.mayCompare(step)) {
            verify.ringOf(from, message.ring());
            step.send(from, digestAnswers.answer(message, ring.responsibility().fingerprint()));
        }
    }

    @Override
    public void digestBuckets(NodeId from, DigestBuckets<V> message) {
        if (loading.mayCompare(step)) {
            verify.buckets(from, message, step);
        }
    }

    @Override
    public void digestGroups(NodeId from, DigestGroups<V> message) {
        if (loading.mayCompare(step)) {
            verify.led(from, step);
            step.send(from, digestAnswers.answer(message));
        }
    }

    @Override
    public void digestRecords(NodeId from, DigestRecords<V> message) {
        if (loading.mayCompare(step)) {
            verify.records(from, message, step);
        }
    }

    @Override
    public void repair(NodeId from, Repair<V> message) {
        if (loading.mayCompare(step) && !tellsOldTimes) {
            verify.led(from, step);
            step.send(from, digestAnswers.answer(from, message, step));
        }
    }

    @Override
    public void repaired(NodeId from, Repaired<V> message) {
        if (loading.mayCompare(step) && !tellsOldTimes) {
            verify.repaired(from, message, step);
        }
    }

    @Override
    public void snapshotRequest(NodeId from, SnapshotRequest<V> message) {
        step.send(from, loading.answer(message, step));
    }

    @Override
    public void snapshotChunk(NodeId from, SnapshotChunk<V> message) {
        if (!tellsOldTimes) {
            loading.chunk(from, message, step);
        }
    }

    @Override
    public void snapshotNotReady(NodeId from, SnapshotNotReady<V> message) {
        loading.notReady(from, message, step);
    }
}
