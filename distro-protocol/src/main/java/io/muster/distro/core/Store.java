package io.muster.distro.core;

import io.muster.consistency.Change;
import io.muster.consistency.ChangeEvent.Marked;
import io.muster.consistency.ChangeEvent.Removed;
import io.muster.consistency.ChangeEvent.Stored;
import io.muster.consistency.Codec;
import io.muster.consistency.Condition;
import io.muster.consistency.Datum;
import io.muster.consistency.Key;
import io.muster.consistency.Lease;
import io.muster.consistency.Mark;
import io.muster.consistency.Mode;
import io.muster.consistency.Origin;
import io.muster.consistency.Removal;
import io.muster.consistency.Version;
import io.muster.distro.core.DistroRecord.Buried;
import io.muster.distro.core.DistroRecord.Held;
import io.muster.member.NodeId;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What stands under each key, and how writes and what other members tell change it. Nothing else adds, replaces or buries records, but for
 * {@link Sessions}, which changes marks.
 */
final class Store<V> {

    /** Bound on tombstones of keys that were unknown here when they were removed: whoever removes what never was fills no memory (X17). */
    static final int UNKNOWN_TOMBSTONES_MAX = 100_000;

    /** How a write came here, which decides about its version. */
    enum Passage {
        /** From a client: a fresh version. */
        DIRECT,
        /** From another member, under the version that it proposed, so that both may carry it out. */
        PASSED_ON,
        /** Passed on without an answer, and taken over under the version proposed then, unless something newer came meanwhile. */
        TAKEN_OVER
    }

    /** @param refused the condition did not hold; nothing was changed */
    record Written<V>(boolean refused, @Nullable Datum<V> visible) {}

    /** What a value costs and how it is told from others. */
    private record Measure(long hash, int bytes) {}

    private final String self;
    private final LeaseLimits limits;
    private final Rules rules;
    private final Codec<V> codec;
    private final HybridClock clock;
    private final LeasePool leases;
    private final Records<V> records;
    private final Sessions<V> sessions;
    private final Trust<V> trust;
    private final Absence<V> absence;

    /** A write that is passed on and comes later than this, by the clocks, was taken over already. */
    private final long passedOnLateMillis;

    private long staleRefusedTotal;

    Store(
            NodeId self,
            CoreConfig config,
            Rules rules,
            Codec<V> codec,
            HybridClock clock,
            Records<V> records,
            Sessions<V> sessions,
            Trust<V> trust,
            Absence<V> absence) {
        this.self = self.toString();
        this.limits = config.leases();
        this.rules = rules;
        this.codec = codec;
        this.clock = clock;
        this.leases = new LeasePool(config.leases().leaseMaxMillis());
        this.records = records;
        this.sessions = sessions;
        this.trust = trust;
        this.absence = absence;
        this.passedOnLateMillis = config.peers().passOnTimeoutMillis() / 2;
    }

    /** How many merged records were older than what stood here. */
    long staleRefusedTotal() {
        return staleRefusedTotal;
    }

    /** Bytes of the change in a frame, about. */
    int bytesOf(Change<V> change) {
        int valueBytes = change instanceof Change.Put<V> put ? codec.encode(put.value()).length : 0;
        return Sizes.ofChange(change.key(), valueBytes);
    }

    /** What stands under the key, as other members are told. */
    Optional<DistroRecord<V>> standing(Key key, Step<V> step) {
        return Optional.ofNullable(records.find(key)).map(entry -> records.told(entry, step.leaseNanos));
    }

    /** A version for a change that is to be passed on. */
    Version.Hybrid propose(Step<V> step) {
        return clock.next(step.nowNanos);
    }

    Written<V> write(Change<V> change, Step<V> step) {
        return write(change, Optional.empty(), Passage.DIRECT, step);
    }

    Written<V> write(Change<V> change, Optional<Version.Hybrid> proposed, Passage passage, Step<V> step) {
        Key key = change.key();
        if (key.mode() != Mode.EPHEMERAL) {
            throw new IllegalStateException("not a key of this engine: " + key);
        }
        @Nullable Entry<V> standing = records.find(key);
        @Nullable Datum<V> visible = visible(standing);
        if (superseded(standing, proposed, passage, step)) {
            if (isSignOfLife(change) && standing instanceof LeasedRecord<V> record) {
                record.seen(step.leaseNanos, step.nowNanos);
                sessions.renewed(record, step);
            }
            return new Written<>(false, visible);
        }
        boolean lacksSession = visible == null && change instanceof Change.Put<V> put && put.keepsSession();
        if (lacksSession || !holds(change.condition(), standing, step)) {
            return new Written<>(true, visible);
        }
        Version.Hybrid version = proposed.filter(wanted ->
                        standing == null || wanted.compareTo(standing.stamp().version()) > 0)
                .orElseGet(() -> clock.next(step.nowNanos));
        if (change instanceof Change.Put<V> put) {
            return new Written<>(false, put(put, standing, version, step));
        }
        remove((Change.Remove<V>) change, standing, visible, version, step);
        return new Written<>(false, null);
    }

    /** Whether the client that renews the datum asked for the change. */
    static boolean isSignOfLife(Change<?> change) {
        return change instanceof Change.Put<?> put && !put.keepsSession();
    }

    /**
     * Whether something newer than the change stands already, so that the change is over: its client was answered by another node, or will be.
     * A change that has only just been passed on is late by the clocks alone, and gets a fresh version.
     */
    private boolean superseded(
            @Nullable Entry<V> standing, Optional<Version.Hybrid> proposed, Passage passage, Step<V> step) {
        if (standing == null
                || proposed.isEmpty()
                || proposed.get().compareTo(standing.stamp().version()) > 0) {
            return false;
        }
        return passage == Passage.TAKEN_OVER
                || proposed.get().equals(standing.stamp().version())
                || clock.millisSince(proposed.get(), step.nowNanos) > passedOnLateMillis;
    }

    private Datum<V> put(Change.Put<V> put, @Nullable Entry<V> standing, Version.Hybrid version, Step<V> step) {
        Group<V> group = records.open(put.key().group());
        Measure measure = measure(put.value());
        boolean sameValue = standing instanceof LeasedRecord<V> before && before.valueHash() == measure.hash();
        @Nullable
        LeasedRecord<V> kept =
                put.keepsSession() && standing instanceof LeasedRecord<V> standingRecord ? standingRecord : null;
        @Nullable Lease keptLease = kept == null ? null : kept.lease();
        Mark mark = kept == null ? Mark.HEALTHY : kept.datum().mark();
        Datum<V> datum = new Datum<>(keyOf(put.key(), standing, group), version, mark, put.value());
        LeasedRecord<V> record =
                hold(group, standing, datum, measure, put.lease().orElseThrow(), step);
        if (keptLease == null) {
            sessions.begin(record, true, step);
        } else if (!record.lease().equals(keptLease)) {
            // Else its turn comes when it would have come: edit after edit must not put it off.
            sessions.reschedule(record, step);
        }
        step.event(new Stored<>(datum));
        if (rules.tells(sameValue)) {
            step.changed(datum.key());
        }
        return datum;
    }

    /**
     * What is not there is buried all the same, within the bound: a copy of it may be under way from another member (invariant {@code
     * NoResurrection}), or a beat of its client (R44).
     */
    private void remove(
            Change.Remove<V> remove,
            @Nullable Entry<V> standing,
            @Nullable Datum<V> visible,
            Version.Hybrid version,
            Step<V> step) {
        if (standing == null && records.unknownTombstoneCount() >= UNKNOWN_TOMBSTONES_MAX) {
            return;
        }
        long lifeMillis = standing instanceof LeasedRecord<V> record
                ? limits.tombstoneMillis(record.lease())
                : limits.tombstoneOfUnknownMillis();
        bury(remove.key(), standing, version, remove.cause(), lifeMillis, Records.isOfUnknown(standing), step);
        step.changed(remove.key());
        if (visible != null) {
            step.event(new Removed<>(visible, version, remove.cause(), self));
        }
    }

    /**
     * Takes in what another member holds, unless something newer stands. A mark that would end a session is refuted if this node heard of it
     * lately, and put in question if it did not come from somebody who must know.
     *
     * @param fresh whether the sender tells of it because it has just changed there
     */
    void merge(NodeId from, DistroRecord<V> incoming, boolean fresh, Step<V> step) {
        clock.observe(incoming.version(), step.nowNanos);
        @Nullable Entry<V> standing = records.find(incoming.key());
        Measure measure = measureOf(incoming);
        Stamp stamp = stampOf(incoming, measure);
        if (standing != null && !rules.supersedes(stamp, standing.stamp())) {
            int order = stamp.compareTo(standing.stamp());
            staleRefusedTotal += order < 0 ? 1 : 0;
            absence.confirmed(incoming.key());
            return;
        }
        if (standing instanceof LeasedRecord<V> record
                && record.visible()
                && endsSession(incoming)
                && !absence.doubts(record, step)) {
            if (isMarkedEdit(record, incoming)) {
                editBeforeItsMark(from, (Held<V>) incoming, record, measure, step);
            }
            if (!trust.accepts(from, incoming, record, fresh, step)) {
                return;
            }
        }
        adopt(from, incoming, standing, measure, step);
    }

    /** Whether it brings another value, and a mark on it that is news here, too: the two are told apart, since only the mark may be refuted. */
    private static boolean isMarkedEdit(LeasedRecord<?> record, DistroRecord<?> incoming) {
        return record.datum().mark() == Mark.HEALTHY
                && incoming instanceof Held<?> held
                && held.datum().mark() == Mark.UNHEALTHY
                && held.version().compareTo((Version.Hybrid) record.datum().version()) > 0;
    }

    private void editBeforeItsMark(
            NodeId from, Held<V> incoming, LeasedRecord<V> record, Measure measure, Step<V> step) {
        Held<V> unmarked = new Held<>(incoming.datum().withMark(Mark.HEALTHY), incoming.lease());
        adopt(from, unmarked, record, measure, step);
    }

    /**
     * Takes in what the responsible member answered to a write that was passed on.
     *
     * @param heard the write was a sign of life of the client, and came here first
     */
    void mergeAnswer(NodeId from, DistroRecord<V> standing, boolean heard, Step<V> step) {
        merge(from, standing, true, step);
        if (heard && records.find(standing.key()) instanceof LeasedRecord<V> record) {
            record.seen(step.leaseNanos, step.nowNanos);
        }
    }

    /** A mark that was in question is taken over after all, if nothing has come between. */
    void adoptAfterAsking(NodeId from, DistroRecord<V> incoming, Step<V> step) {
        @Nullable Entry<V> standing = records.find(incoming.key());
        Measure measure = measureOf(incoming);
        if (standing == null || rules.supersedes(stampOf(incoming, measure), standing.stamp())) {
            adopt(from, incoming, standing, measure, step);
        }
    }

    /**
     * Drops a record of which nobody else knows, after a long absence of this node. It is buried under its own version: another member that was away may
     * hold an older one, and one that hears its client refutes the mark.
     */
    void drop(LeasedRecord<V> record, Step<V> step) {
        Datum<V> last = record.datum();
        Version.Hybrid version = (Version.Hybrid) last.version();
        if (record.visible()) {
            step.event(new Removed<>(last, version, Removal.EXPIRED, self));
        }
        bury(last.key(), record, version, Removal.EXPIRED, limits.tombstoneMillis(record.lease()), false, step);
    }

    private void adopt(
            NodeId from, DistroRecord<V> incoming, @Nullable Entry<V> standing, Measure measure, Step<V> step) {
        @Nullable Datum<V> before = visible(standing);
        if (incoming instanceof Held<V> held) {
            Group<V> group = records.open(held.key().group());
            Datum<V> datum = held.datum();
            Datum<V> adopted =
                    new Datum<>(keyOf(held.key(), standing, group), datum.version(), datum.mark(), datum.value());
            boolean onlyMark = standing instanceof LeasedRecord<V> record
                    && record.datum().version().equals(datum.version());
            LeasedRecord<V> record = hold(group, standing, adopted, measure, held.lease(), step);
            absence.confirmed(record.key());
            if (onlyMark) {
                sessions.marked(record, step);
            } else {
                sessions.begin(record, false, step);
            }
            tell(before, adopted, from, step);
        } else {
            Buried<V> buried = (Buried<V>) incoming;
            bury(
                    buried.key(),
                    standing,
                    buried.version(),
                    buried.cause(),
                    lifeOfToldMillis(buried, standing),
                    false,
                    step);
            if (before != null) {
                step.event(new Removed<>(before, buried.version(), buried.cause(), decidedBy(buried, from)));
            }
        }
    }

    private static boolean endsSession(DistroRecord<?> incoming) {
        return incoming instanceof Held<?> held
                ? held.datum().mark() != Mark.HEALTHY
                : ((Buried<?>) incoming).cause() == Removal.EXPIRED;
    }

    private void tell(@Nullable Datum<V> before, Datum<V> after, NodeId from, Step<V> step) {
        if (after.mark() == Mark.EXPIRED) {
            if (before != null) {
                step.event(new Removed<>(before, after.version(), Removal.EXPIRED, from.toString()));
            }
        } else if (before != null && before.version().equals(after.version()) && before.mark() != after.mark()) {
            step.event(new Marked<>(after));
        } else {
            step.event(new Stored<>(after));
        }
    }

    /**
     * What was removed here while nobody else was heard of is news to the others, who may hold it yet: its tombstones live on as if it were removed now,
     * else they would be forgotten one by one while the news spreads.
     */
    void removedWhileAway(long awayNanos, Step<V> step) {
        long awayMillis = TimeUnit.NANOSECONDS.toMillis(awayNanos) + clock.aheadMillisMax();
        for (Group<V> group : records.allGroups()) {
            group.entries.forEach(entry -> {
                if (entry instanceof Tombstone<V> tombstone
                        && clock.millisSince(tombstone.stamp().version(), step.nowNanos) <= awayMillis) {
                    long lifeMillis =
                            Math.max(tombstone.lifeMillis(step.leaseNanos), limits.tombstoneOfUnknownMillis());
                    sessions.bury(tombstone, rules.tombstoneMillis(lifeMillis), step);
                }
            });
        }
    }

    /** Whoever removed on request stamped the tombstone; an expired one bears the stamp that its datum had. */
    private static String decidedBy(Buried<?> buried, NodeId from) {
        Origin origin = buried.version().origin();
        NodeId stamper = new NodeId(origin.nodeIdHigh(), origin.nodeIdLow());
        return (buried.cause() == Removal.EXPIRED ? from : stamper).toString();
    }

    private LeasedRecord<V> hold(
            Group<V> group,
            @Nullable Entry<V> standing,
            Datum<V> datum,
            Measure measure,
            Lease wantedLease,
            Step<V> step) {
        Lease lease = leases.shared(wantedLease);
        if (standing instanceof LeasedRecord<V> record) {
            records.update(group, record, datum, measure.hash(), measure.bytes());
            record.lease(lease);
            return record;
        }
        if (standing != null) {
            sessions.drop(standing);
        }
        LeasedRecord<V> record = new LeasedRecord<>(datum, lease, measure.hash(), measure.bytes(), step.leaseNanos);
        records.put(group, record);
        return record;
    }

    private void bury(
            Key key,
            @Nullable Entry<V> standing,
            Version.Hybrid version,
            Removal cause,
            long lifeMillis,
            boolean ofUnknown,
            Step<V> step) {
        if (standing != null) {
            sessions.drop(standing);
        }
        if (!rules.leavesTombstone()) {
            if (standing != null) {
                records.forget(standing);
            }
            return;
        }
        long justRemovedMillis = cause == Removal.EXPIRED ? 0 : limits.justRemovedMillis(standing);
        long justRemovedUntilNanos = step.leaseNanos + TimeUnit.MILLISECONDS.toNanos(justRemovedMillis);
        long longestLifeMillis = lifeMillis;
        if (standing instanceof Tombstone<V> former) {
            // Copies of what lies under it are as old as before, and so are beats in flight.
            longestLifeMillis = Math.max(lifeMillis, former.lifeMillis(step.leaseNanos));
            justRemovedUntilNanos = Math.max(justRemovedUntilNanos, former.justRemovedUntilNanos());
        }
        Group<V> group = records.open(key.group());
        Tombstone<V> tombstone =
                new Tombstone<>(keyOf(key, standing, group), version, cause, justRemovedUntilNanos, ofUnknown);
        records.put(group, tombstone);
        sessions.bury(tombstone, rules.tombstoneMillis(longestLifeMillis), step);
    }

    /** Who told of the removal may not have known what it removed, and so how long copies of it may live; who holds one does. */
    private long lifeOfToldMillis(Buried<V> buried, @Nullable Entry<V> standing) {
        long toldMillis = limits.tombstoneOfToldMillis(buried.lifeMillis());
        return standing instanceof LeasedRecord<V> record
                ? Math.max(toldMillis, limits.tombstoneMillis(record.lease()))
                : toldMillis;
    }

    private Measure measure(V value) {
        byte[] encoded = codec.encode(value);
        return new Measure(RecordDigest.ofValue(encoded), encoded.length);
    }

    private Measure measureOf(DistroRecord<V> record) {
        return record instanceof Held<V> held ? measure(held.datum().value()) : new Measure(0, 0);
    }

    private static Stamp stampOf(DistroRecord<?> record, Measure measure) {
        int rank = record instanceof Held<?> held ? Stamp.rankOf(held.datum().mark()) : Stamp.TOMBSTONE_RANK;
        return new Stamp(record.version(), rank, measure.hash());
    }

    /** The key object that stands already, or one that shares its group's name: a key would else cost its own copy of the name. */
    private Key keyOf(Key key, @Nullable Entry<V> standing, Group<V> group) {
        return standing != null ? standing.key() : Key.ephemeral(group.name, key.id());
    }

    private @Nullable Datum<V> visible(@Nullable Entry<V> entry) {
        return entry instanceof LeasedRecord<V> record && record.visible() ? record.datum() : null;
    }

    /** What was removed on purpose a moment ago is not absent yet: a beat that registers what it finds absent was in flight (R44). */
    private boolean holds(Condition condition, @Nullable Entry<V> standing, Step<V> step) {
        @Nullable Datum<V> visible = visible(standing);
        if (condition instanceof Condition.VersionIs wanted) {
            return visible != null && visible.version().equals(wanted.version());
        }
        if (condition instanceof Condition.Absent) {
            return visible == null
                    && !(standing instanceof Tombstone<V> tombstone && tombstone.justRemoved(step.leaseNanos));
        }
        return condition instanceof Condition.Always || visible != null;
    }
}
