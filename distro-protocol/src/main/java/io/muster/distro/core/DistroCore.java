package io.muster.distro.core;

import io.muster.consistency.Change;
import io.muster.consistency.ChangeEvent.Marked;
import io.muster.consistency.ChangeEvent.Removed;
import io.muster.consistency.ChangeEvent.Stored;
import io.muster.consistency.Condition;
import io.muster.consistency.ConsistencyException;
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
import io.muster.distro.core.Notice.StoodStill;
import io.muster.member.Member;
import io.muster.member.MemberState;
import io.muster.member.MemberView;
import io.muster.member.NodeId;
import io.muster.member.NodeIdentity;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The Distro state machine: inputs and the time go in, effects come out (design §2, §5). The package's comment states what the driver owes
 * it. One thread calls {@link #on} and {@link #counts}; {@link #records} may be read from any.
 *
 * @param <V> the caller's immutable values
 */
public final class DistroCore<V> {

    /** Feed a {@link Input.Tick} this often. */
    public static final long TICK_MILLIS = 100;

    /** Bound on the sessions and tombstones that one tick looks at, so that a mass of them delays nobody's write for long. */
    static final int TICK_WORK_MAX = 10_000;

    /** Bound on tombstones of keys that were unknown here when they were removed: whoever removes what never was fills no memory (X17). */
    static final int UNKNOWN_TOMBSTONES_MAX = 100_000;

    private final NodeId self;
    private final LeaseLimits limits;
    private final Rules rules;
    private final ToLongFunction<V> valueHash;
    private final HybridClock clock;
    private final LeaseClock leaseClock;
    private final LeasePool leases;
    private final Records<V> records;
    private final Sessions<V> sessions;
    private final ColdStart coldStart;
    private final Input.Handler<V> handler = new Steps();

    private @Nullable MemberView view;
    private boolean loaded;
    private long staleRefusedTotal;
    private Step<V> step;

    /**
     * @param valueHash hash of a value's canonical encoding, {@link RecordDigest#ofValue}
     * @param wallMillis the wall clock now; not asked again
     * @param nowNanos monotonic time now
     */
    public DistroCore(
            NodeIdentity identity,
            LeaseLimits limits,
            GuardLimits guard,
            long coldStartHoldMillis,
            ToLongFunction<V> valueHash,
            long wallMillis,
            long nowNanos) {
        this(identity, limits, guard, coldStartHoldMillis, valueHash, wallMillis, nowNanos, new Rules());
    }

    DistroCore(
            NodeIdentity identity,
            LeaseLimits limits,
            GuardLimits guard,
            long coldStartHoldMillis,
            ToLongFunction<V> valueHash,
            long wallMillis,
            long nowNanos,
            Rules rules) {
        this.self = identity.nodeId();
        this.limits = limits;
        this.rules = rules;
        this.valueHash = valueHash;
        this.clock = new HybridClock(new Origin(self.high(), self.low(), identity.runId()), wallMillis, nowNanos);
        this.leaseClock = new LeaseClock(TimeUnit.MILLISECONDS.toNanos(limits.standStillMillis()), nowNanos);
        this.leases = new LeasePool(limits.leaseMaxMillis());
        this.records = new Records<>(leaseClock);
        this.sessions = new Sessions<>(records, clock, limits, guard, rules, self.toString(), nowNanos);
        this.coldStart = new ColdStart(coldStartHoldMillis);
        this.step = new Step<>(nowNanos, nowNanos);
    }

    /**
     * Takes one step.
     *
     * @param nowNanos monotonic time, never less than at the step before
     * @throws IllegalStateException if an invariant is broken, or the driver broke its duties: the engine must stop
     */
    public Effects<V> on(Input<V> input, long nowNanos) {
        long stoodStillNanos = 0;
        if (loaded) {
            stoodStillNanos = leaseClock.step(nowNanos);
        } else {
            leaseClock.begin(nowNanos);
        }
        step = new Step<>(nowNanos, leaseClock.at(nowNanos));
        if (stoodStillNanos > 0) {
            sessions.doubt(step);
            step.notice(new StoodStill(TimeUnit.NANOSECONDS.toMillis(stoodStillNanos)));
        }
        input.to(handler);
        coldStart.settle(records.visibleCount(), step);
        return step.effects();
    }

    /** What this node holds, for readers on any thread. */
    public Records<V> records() {
        return records;
    }

    /** How many milliseconds the warm-up after a cold start still takes; any thread, with {@link #counts} of a moment ago. */
    public long warmUpMillisLeft(Counts counts, long nowNanos) {
        long nanosLeft = counts.warmingUp() ? counts.warmUpEndsNanos() - leaseClock.at(nowNanos) : 0;
        return Math.max(0, TimeUnit.NANOSECONDS.toMillis(nanosLeft));
    }

    public Counts counts() {
        return new Counts(
                loaded,
                coldStart.warmingUp(),
                coldStart.warmUpEndsNanos(),
                sessions.removalsHeld(),
                records.visibleGroupCount(),
                records.responsibleGroupCount(),
                records.visibleCount(),
                records.unhealthyCount(),
                records.expiredCount(),
                records.tombstoneCount(),
                records.digest(),
                sessions.unhealthyTotal(),
                sessions.expiredTotal(),
                sessions.revivedTotal(),
                staleRefusedTotal);
    }

    private final class Steps implements Input.Handler<V> {

        @Override
        public void loaded(boolean isColdStart) {
            if (loaded) {
                throw new IllegalStateException("a node is loaded once");
            }
            loaded = true;
            sessions.doubt(step);
            coldStart.loaded(isColdStart, step);
            reassign();
        }

        @Override
        public void write(List<Change<V>> changes) {
            requireLoaded();
            List<Optional<Datum<V>>> results = new ArrayList<>(changes.size());
            for (Change<V> change : changes) {
                results.add(DistroCore.this.write(change));
            }
            step.results(results);
        }

        @Override
        public void renewed(List<Key> keys) {
            for (Key key : keys) {
                if (records.find(key) instanceof LeasedRecord<V> record) {
                    sessions.renewed(record, step);
                }
            }
        }

        @Override
        public void merge(NodeId from, List<DistroRecord<V>> incoming) {
            for (DistroRecord<V> record : incoming) {
                DistroCore.this.merge(from, record);
            }
        }

        @Override
        public void view(MemberView newView) {
            view = newView;
            reassign();
        }

        @Override
        public void tick() {
            requireLoaded();
            sessions.tick(TICK_WORK_MAX, step);
            coldStart.tick(records.visibleCount(), step);
        }
    }

    private void requireLoaded() {
        if (!loaded) {
            throw new IllegalStateException("not loaded yet");
        }
    }

    /** A member that takes a group over grants each of its leases one full timeout: beats may have gone to the one before (design §5). */
    private void reassign() {
        if (view == null) {
            return;
        }
        Responsibility responsibility = Responsibility.of(view, self, loaded);
        sessions.othersUp(view.members().stream().anyMatch(this::isOtherAndUp));
        Optional<NodeId> here = Optional.of(self);
        records.reassign(
                nameHash -> responsibility.memberFor(nameHash).equals(here),
                group -> group.entries.forEach(entry -> {
                    if (entry instanceof LeasedRecord<V> record && record.visible()) {
                        record.grant(step.leaseNanos);
                    }
                }));
    }

    private boolean isOtherAndUp(Member member) {
        return !member.nodeId().equals(Optional.of(self))
                && (member.state() == MemberState.UP || member.state() == MemberState.SUSPICIOUS);
    }

    private Optional<Datum<V>> write(Change<V> change) {
        Key key = change.key();
        if (key.mode() != Mode.EPHEMERAL) {
            throw new IllegalStateException("not a key of this engine: " + key);
        }
        @Nullable Entry<V> standing = records.find(key);
        @Nullable Datum<V> visible = visible(standing);
        if (!holds(change.condition(), visible)) {
            step.refuse(new ConsistencyException.Conflict(key, change.condition()));
            return Optional.ofNullable(visible);
        }
        if (change instanceof Change.Put<V> put) {
            return Optional.of(put(put, standing));
        }
        remove((Change.Remove<V>) change, standing, visible);
        return Optional.empty();
    }

    private Datum<V> put(Change.Put<V> put, @Nullable Entry<V> standing) {
        Group<V> group = records.open(put.key().group());
        Datum<V> datum =
                new Datum<>(keyOf(put.key(), standing, group), clock.next(step.nowNanos), Mark.HEALTHY, put.value());
        hold(group, standing, datum, put.lease().orElseThrow());
        step.event(new Stored<>(datum));
        return datum;
    }

    /**
     * What is not there is buried all the same if there are other members, within the bound: a copy of it may be under way from one of them
     * (invariant {@code NoResurrection}).
     */
    private void remove(Change.Remove<V> remove, @Nullable Entry<V> standing, @Nullable Datum<V> visible) {
        if (standing == null && !buriesUnknown()) {
            return;
        }
        Version.Hybrid version = clock.next(step.nowNanos);
        long lifeMillis = standing instanceof LeasedRecord<V> record
                ? limits.tombstoneMillis(record.lease())
                : limits.tombstoneMillis(0);
        bury(remove.key(), standing, version, remove.cause(), lifeMillis, Records.isOfUnknown(standing));
        if (visible != null) {
            step.event(new Removed<>(visible, version, remove.cause(), self.toString()));
        }
    }

    /** A beat of the removed may be in flight, after a restart of ours, too (R44), and a copy under way from another member. */
    private boolean buriesUnknown() {
        return records.unknownTombstoneCount() < UNKNOWN_TOMBSTONES_MAX;
    }

    private void merge(NodeId from, DistroRecord<V> incoming) {
        clock.observe(incoming.version());
        @Nullable Entry<V> standing = records.find(incoming.key());
        Stamp stamp = stampOf(incoming);
        if (standing != null && !rules.supersedes(stamp, standing.stamp())) {
            staleRefusedTotal += stamp.compareTo(standing.stamp()) < 0 ? 1 : 0;
            return;
        }
        @Nullable Datum<V> before = visible(standing);
        if (incoming instanceof Held<V> held) {
            Group<V> group = records.open(held.key().group());
            Datum<V> datum = held.datum();
            Datum<V> adopted =
                    new Datum<>(keyOf(held.key(), standing, group), datum.version(), datum.mark(), datum.value());
            hold(group, standing, adopted, held.lease());
            tell(before, adopted, from);
        } else {
            Buried<V> buried = (Buried<V>) incoming;
            bury(
                    buried.key(),
                    standing,
                    buried.version(),
                    buried.cause(),
                    limits.tombstoneMillis(buried.lifeMillis()),
                    false);
            if (before != null) {
                step.event(new Removed<>(before, buried.version(), buried.cause(), decidedBy(buried, from)));
            }
        }
    }

    private void tell(@Nullable Datum<V> before, Datum<V> after, NodeId from) {
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

    /** Whoever removed on request stamped the tombstone; an expired one bears the stamp that its datum had. */
    private static String decidedBy(Buried<?> buried, NodeId from) {
        Origin origin = buried.version().origin();
        NodeId stamper = new NodeId(origin.nodeIdHigh(), origin.nodeIdLow());
        return (buried.cause() == Removal.EXPIRED ? from : stamper).toString();
    }

    private void hold(Group<V> group, @Nullable Entry<V> standing, Datum<V> datum, Lease wantedLease) {
        long hash = valueHash.applyAsLong(datum.value());
        Lease lease = leases.shared(wantedLease);
        if (standing instanceof LeasedRecord<V> record) {
            records.update(group, record, datum, hash);
            record.lease(lease);
            sessions.begin(record, step);
            return;
        }
        if (standing != null) {
            sessions.drop(standing);
        }
        LeasedRecord<V> record = new LeasedRecord<>(datum, lease, hash, step.leaseNanos);
        records.put(group, record);
        sessions.begin(record, step);
    }

    private void bury(
            Key key,
            @Nullable Entry<V> standing,
            Version.Hybrid version,
            Removal cause,
            long lifeMillis,
            boolean ofUnknown) {
        if (standing != null) {
            sessions.drop(standing);
        }
        if (!rules.leavesTombstone()) {
            if (standing != null) {
                records.forget(standing);
            }
            return;
        }
        long justRemovedMillis = cause == Removal.EXPIRED ? 0 : limits.justRemovedMillis();
        Group<V> group = records.open(key.group());
        Tombstone<V> tombstone = new Tombstone<>(
                keyOf(key, standing, group),
                version,
                cause,
                step.leaseNanos + TimeUnit.MILLISECONDS.toNanos(justRemovedMillis),
                ofUnknown);
        records.put(group, tombstone);
        sessions.bury(tombstone, lifeMillis, step);
    }

    private Stamp stampOf(DistroRecord<V> record) {
        if (record instanceof Held<V> held) {
            Datum<V> datum = held.datum();
            return new Stamp(held.version(), Stamp.rankOf(datum.mark()), valueHash.applyAsLong(datum.value()));
        }
        return new Stamp(record.version(), Stamp.TOMBSTONE_RANK, 0);
    }

    /** The key object that stands already, or one that shares its group's name: a key would else cost its own copy of the name. */
    private Key keyOf(Key key, @Nullable Entry<V> standing, Group<V> group) {
        return standing != null ? standing.key() : Key.ephemeral(group.name, key.id());
    }

    private @Nullable Datum<V> visible(@Nullable Entry<V> entry) {
        return entry instanceof LeasedRecord<V> record && record.visible() ? record.datum() : null;
    }

    private boolean holds(Condition condition, @Nullable Datum<V> visible) {
        if (condition instanceof Condition.VersionIs wanted) {
            return visible != null && visible.version().equals(wanted.version());
        }
        if (condition instanceof Condition.Absent) {
            return visible == null;
        }
        return condition instanceof Condition.Always || visible != null;
    }
}
