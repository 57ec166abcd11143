package io.muster.distro.core;

import io.muster.consistency.Change;
import io.muster.consistency.Key;
import io.muster.consistency.Mark;
import io.muster.consistency.Version;
import io.muster.member.NodeId;
import java.util.List;
import java.util.Optional;

/**
 * What members tell one another. Every message may be lost, late, doubled or out of order: merging makes that harmless, and whoever needs an
 * answer asks again or does without. Each is bounded in bytes by whoever makes it ({@link Sizes}).
 */
public sealed interface Message<V> {

    /** Hands itself to the method of its kind. */
    void to(NodeId from, Handler<V> handler);

    /**
     * Delayed sync tasks of one target, merged (R46).
     *
     * @param batch to be acknowledged
     * @param relayTo members that the sender can't reach now: whoever can passes these records on to them, once
     */
    record SyncBatch<V>(long batch, List<DistroRecord<V>> records, List<NodeId> relayTo) implements Message<V> {
        @Override
        public void to(NodeId from, Handler<V> handler) {
            handler.syncBatch(from, this);
        }
    }

    /** The batch was merged. */
    record SyncAck<V>(long batch) implements Message<V> {
        @Override
        public void to(NodeId from, Handler<V> handler) {
            handler.syncAck(from, this);
        }
    }

    /** Changes for the responsible member, one hop: the receiver carries them out, whatever its own view says (R42). */
    record Forward<V>(long request, List<Passed<V>> changes) implements Message<V> {
        @Override
        public void to(NodeId from, Handler<V> handler) {
            handler.forward(from, this);
        }
    }

    /**
     * A change that is passed on.
     *
     * @param proposed drawn by the passing member: it takes the change over under the same version when no answer comes, so that both may
     *     carry it out and it is one change all the same
     */
    record Passed<V>(Change<V> change, Version.Hybrid proposed) {}

    /**
     * The answer to {@link Forward}.
     *
     * @param results one for each change, in order; empty when the receiver is not loaded and did nothing
     */
    record Forwarded<V>(long request, List<Result<V>> results) implements Message<V> {
        @Override
        public void to(NodeId from, Handler<V> handler) {
            handler.forwarded(from, this);
        }
    }

    /**
     * @param refused the condition did not hold
     * @param standing what stands now, with its stamp; the passing member merges it before it answers its client (R71)
     */
    record Result<V>(boolean refused, Optional<DistroRecord<V>> standing) {}

    /** Renewals that the sender accepted for sessions of the receiver (R55). */
    record Renewals<V>(long batch, List<Aged> renewals) implements Message<V> {
        @Override
        public void to(NodeId from, Handler<V> handler) {
            handler.renewals(from, this);
        }
    }

    /** @param ageMillis since the session was last renewed */
    record Aged(Key key, long ageMillis) {}

    /** @param unknown keys that the receiver does not hold; the sender syncs them to it */
    record RenewalsAck<V>(long batch, List<Key> unknown) implements Message<V> {
        @Override
        public void to(NodeId from, Handler<V> handler) {
            handler.renewalsAck(from, this);
        }
    }

    /**
     * Whether the receiver heard of these sessions lately: asked before a session is ended, and where a mark came that the asker
     * does not take on trust.
     *
     * @param claim the mark in question; HEALTHY where the asker itself is about to end the sessions
     */
    record AskBeats<V>(long round, Mark claim, List<Asked> sessions) implements Message<V> {
        @Override
        public void to(NodeId from, Handler<V> handler) {
            handler.askBeats(from, this);
        }
    }

    /** @param version of the datum in question */
    record Asked(Key key, Version.Hybrid version) {}

    /** @param agesMillis of the latest beats in the order asked; {@link #UNHEARD} where there was none within the lease */
    record Beats<V>(long round, List<Long> agesMillis) implements Message<V> {
        /** No beat that counts. */
        public static final long UNHEARD = -1;

        @Override
        public void to(NodeId from, Handler<V> handler) {
            handler.beats(from, this);
        }
    }

    /**
     * Ages of leases, for the member that takes them over from the sender.
     *
     * @param groups of which all sessions are told
     */
    record LeaseAges<V>(List<String> groups, List<Aged> ages) implements Message<V> {
        @Override
        public void to(NodeId from, Handler<V> handler) {
            handler.leaseAges(from, this);
        }
    }

    /**
     * Begins a verify round: all that the sender shows in one number (R48, X3).
     *
     * @param ring which members share the groups, as the sender sees it: {@link Responsibility#fingerprint}
     */
    record DigestRoot<V>(long round, long root, long ring) implements Message<V> {
        @Override
        public void to(NodeId from, Handler<V> handler) {
            handler.digestRoot(from, this);
        }
    }

    /** @param buckets those of the receiver that are not empty; none at all where the roots are equal */
    record DigestBuckets<V>(long round, boolean equal, long ring, List<BucketDigest> buckets) implements Message<V> {
        @Override
        public void to(NodeId from, Handler<V> handler) {
            handler.digestBuckets(from, this);
        }
    }

    record BucketDigest(int bucket, long digest) {}

    /** Groups of some buckets that differ. */
    record DigestGroups<V>(long round, long step, List<BucketGroups> buckets) implements Message<V> {
        @Override
        public void to(NodeId from, Handler<V> handler) {
            handler.digestGroups(from, this);
        }
    }

    record BucketGroups(int bucket, List<GroupDigest> groups) {}

    /** @param slices digests of the parts of a large group, by hash of the id; empty for a small one */
    record GroupDigest(long nameHash, long digest, List<Long> slices) {}

    /**
     * Stamps of the groups that differ.
     *
     * @param lacking hashes of groups of which the answering member holds nothing
     * @param more did not fit; the same buckets are to be asked for again after the repair
     */
    record DigestRecords<V>(long round, long step, List<Summary> summaries, List<Long> lacking, boolean more)
            implements Message<V> {
        @Override
        public void to(NodeId from, Handler<V> handler) {
            handler.digestRecords(from, this);
        }
    }

    /** All that the sender holds in one slice of one group, tombstones as well. */
    record Summary(String group, int slice, int slices, List<Line> lines) {}

    record Line(String id, Stamp stamp) {}

    /** Both ways at once: what the receiver lacks, and what the sender wants. */
    record Repair<V>(long round, long step, List<DistroRecord<V>> records, List<Key> wanted) implements Message<V> {
        @Override
        public void to(NodeId from, Handler<V> handler) {
            handler.repair(from, this);
        }
    }

    /** What was wanted, as far as it is there and fits. */
    record Repaired<V>(long round, long step, List<DistroRecord<V>> records) implements Message<V> {
        @Override
        public void to(NodeId from, Handler<V> handler) {
            handler.repaired(from, this);
        }
    }

    /**
     * Asks for a part of all that the receiver holds (R49).
     *
     * @param after where the part before ended; any member can go on from there
     */
    record SnapshotRequest<V>(long load, Optional<Cursor> after) implements Message<V> {

        /** Whether the asker held data before: a process counts its loads, and starts with the first. */
        boolean anew() {
            return load > 1;
        }

        @Override
        public void to(NodeId from, Handler<V> handler) {
            handler.snapshotRequest(from, this);
        }
    }

    /** A place in the order of all keys: by hash of the group, then hash of the id, both unsigned. */
    record Cursor(long groupHash, long idHash) {}

    /**
     * @param after as asked
     * @param next where this part ends; empty after the last one
     * @param total records that the sender holds, for the progress
     * @param warmUpMillis for how long the sender's own lists may still be short after a cold start; 0 if they are not
     */
    record SnapshotChunk<V>(
            long load,
            Optional<Cursor> after,
            Optional<Cursor> next,
            long total,
            long warmUpMillis,
            List<DistroRecord<V>> records)
            implements Message<V> {
        @Override
        public void to(NodeId from, Handler<V> handler) {
            handler.snapshotChunk(from, this);
        }
    }

    /**
     * The sender is not loaded itself (X16).
     *
     * @param warmUpMillis for how long its lists may be short if it finds nobody to load from: it held data that it lost; 0 otherwise
     */
    record SnapshotNotReady<V>(long load, long warmUpMillis) implements Message<V> {
        @Override
        public void to(NodeId from, Handler<V> handler) {
            handler.snapshotNotReady(from, this);
        }
    }

    /** One method for each kind, so that the compiler reports a forgotten one. */
    interface Handler<V> {

        void syncBatch(NodeId from, SyncBatch<V> message);

        void syncAck(NodeId from, SyncAck<V> message);

        void forward(NodeId from, Forward<V> message);

        void forwarded(NodeId from, Forwarded<V> message);

        void renewals(NodeId from, Renewals<V> message);

        void renewalsAck(NodeId from, RenewalsAck<V> message);

        void askBeats(NodeId from, AskBeats<V> message);

        void beats(NodeId from, Beats<V> message);

        void leaseAges(NodeId from, LeaseAges<V> message);

        void digestRoot(NodeId from, DigestRoot<V> message);

        void digestBuckets(NodeId from, DigestBuckets<V> message);

        void digestGroups(NodeId from, DigestGroups<V> message);

        void digestRecords(NodeId from, DigestRecords<V> message);

        void repair(NodeId from, Repair<V> message);

        void repaired(NodeId from, Repaired<V> message);

        void snapshotRequest(NodeId from, SnapshotRequest<V> message);

        void snapshotChunk(NodeId from, SnapshotChunk<V> message);

        void snapshotNotReady(NodeId from, SnapshotNotReady<V> message);
    }
}
