package io.muster.distro.core;

import io.muster.consistency.Datum;
import io.muster.consistency.Key;
import io.muster.consistency.Mark;
import io.muster.consistency.Renewal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * All that this node holds, by group and id. The core alone changes it; its public methods read it from any thread without a lock, and see
 * each record as a whole.
 */
public final class Records<V> {

    private final ConcurrentMap<String, Group<V>> groups = new ConcurrentHashMap<>();

    /** The same groups in the order of their digests and of snapshots; any thread may walk them. */
    private final NavigableSet<Group<V>> ordered = new ConcurrentSkipListSet<>();

    private final DigestTree digests = new DigestTree();
    private final LeaseClock leaseClock;
    private final SessionRule sessions;

    private Responsible responsible = nameHash -> false;

    /** Read by whoever renews. */
    private volatile boolean ringsDiffer;

    private int visibleGroupCount;
    private int responsibleGroupCount;
    private long visibleCount;
    private long unhealthyCount;
    private long sessionCount;
    private long ownSessionCount;
    private long ownUnhealthyCount;
    private long expiredCount;
    private long tombstoneCount;
    private long unknownTombstoneCount;

    Records(LeaseClock leaseClock, SessionRule sessions) {
        this.leaseClock = leaseClock;
        this.sessions = sessions;
    }

    /** What is visible under the key. */
    public Optional<Datum<V>> get(Key key) {
        return find(key) instanceof LeasedRecord<V> record ? visible(record) : Optional.empty();
    }

    /** What is visible in the group, in key order. */
    public List<Datum<V>> group(String name) {
        Group<V> group = groups.get(name);
        if (group == null) {
            return List.of();
        }
        List<Datum<V>> data = new ArrayList<>();
        group.entries.forEach(entry -> addVisible(entry, data));
        data.sort(Comparator.comparing(Datum::key));
        return data;
    }

    /** Walks all that is visible; weakly consistent while changes go on. */
    public void forEach(Consumer<? super Datum<V>> visitor) {
        groups.values()
                .forEach(group -> group.entries.forEach(entry -> {
                    if (entry instanceof LeasedRecord<V> record) {
                        visible(record).ifPresent(visitor);
                    }
                }));
    }

    /** Told what the core must do about a renewal besides noting it; called on the renewing thread. */
    @FunctionalInterface
    public interface RenewalSink {

        /** The datum is to become HEALTHY again: {@link Input.Renewed}, soon. */
        void revive(Key key);

        /** Another member is responsible for the session and must hear of it: {@link Input.Heard}, with the next tick. */
        default void passOn(Key key) {}
    }

    /** Whether members go by different rings, so that others may count on hearing of sessions that are this node's by its own. */
    void ringsDiffer(boolean now) {
        ringsDiffer = now;
    }

    /** Notes that the session was renewed, at once. Each key is told once to each method of the sink until the core has taken it. */
    public Renewal renew(Key key, long nowNanos, RenewalSink sink) {
        Group<V> group = groups.get(key.group());
        Entry<V> entry = group == null ? null : group.entries.find(key.id());
        if (group != null && entry instanceof LeasedRecord<V> record) {
            record.seen(leaseClock.at(nowNanos), nowNanos);
            if (record.datum().mark() != Mark.HEALTHY && record.askRevival()) {
                sink.revive(record.key());
            }
            if ((!group.responsible || ringsDiffer) && record.askPassOn()) {
                sink.passOn(record.key());
            }
            return Renewal.RENEWED;
        }
        boolean inFlight = entry instanceof Tombstone<V> tombstone && tombstone.justRemoved(leaseClock.at(nowNanos));
        return inFlight ? Renewal.JUST_REMOVED : Renewal.UNKNOWN;
    }

    @Nullable
    Entry<V> find(Key key) {
        Group<V> group = groups.get(key.group());
        return group == null ? null : group.entries.find(key.id());
    }

    /** The record under the key, whatever its mark. */
    @Nullable
    LeasedRecord<V> findRecord(Key key) {
        return find(key) instanceof LeasedRecord<V> record ? record : null;
    }

    /** What is told of the entry to other members. */
    DistroRecord<V> told(Entry<V> entry, long leaseNanos) {
        if (entry instanceof LeasedRecord<V> record) {
            return new DistroRecord.Held<>(record.datum(), record.lease());
        }
        Tombstone<V> tombstone = (Tombstone<V>) entry;
        return new DistroRecord.Buried<>(
                tombstone.key(), tombstone.stamp().version(), tombstone.cause(), tombstone.lifeMillis(leaseNanos));
    }

    /** The group, opened if need be. */
    Group<V> open(String name) {
        Group<V> group = groups.get(name);
        if (group == null) {
            group = new Group<>(name, RecordDigest.ofName(name));
            group.responsible = responsible.forGroup(group.nameHash);
            groups.put(name, group);
            ordered.add(group);
        }
        return group;
    }

    /** Whether this node is responsible for the group whose name has this hash. */
    @FunctionalInterface
    interface Responsible {
        boolean forGroup(long nameHash);
    }

    /** Told of each group whose responsible member changes to or from this node. */
    interface Handover<V> {
        void gained(Group<V> group);

        void lost(Group<V> group);
    }

    /** Asks this one from now on, also for each group that is there. */
    void reassign(Responsible newResponsible, Handover<V> handover) {
        responsible = newResponsible;
        for (Group<V> group : ordered) {
            boolean now = responsible.forGroup(group.nameHash);
            if (now == group.responsible) {
                continue;
            }
            group.responsible = now;
            if (group.visibleCount > 0) {
                responsibleGroupCount += now ? 1 : -1;
            }
            ownSessionCount += now ? group.sessionCount : -group.sessionCount;
            ownUnhealthyCount += now ? group.unhealthyCount : -group.unhealthyCount;
            if (now) {
                handover.gained(group);
            } else {
                handover.lost(group);
            }
        }
    }

    /** Groups in order, from the one whose name has this hash, or the next one. */
    Iterable<Group<V>> groupsFrom(long nameHash) {
        return ordered.tailSet(new Group<>("", nameHash), true);
    }

    /** Groups of one bucket of the digests, in order. */
    Iterable<Group<V>> groupsOf(int bucket) {
        Group<V> first = new Group<>("", DigestTree.firstHashOf(bucket));
        return bucket + 1 < DigestTree.BUCKETS
                ? ordered.subSet(first, true, new Group<>("", DigestTree.firstHashOf(bucket + 1)), false)
                : ordered.tailSet(first, true);
    }

    @Nullable
    Group<V> findGroup(String name) {
        return groups.get(name);
    }

    /** All groups, in order. */
    Iterable<Group<V>> allGroups() {
        return ordered;
    }

    /** Of all that is held, tombstones as well. */
    long entryCount() {
        return visibleCount + expiredCount + tombstoneCount;
    }

    long bucketDigest(int bucket) {
        return digests.bucket(bucket);
    }

    /** Adds the entry in the place of what stood under its key. */
    void put(Group<V> group, Entry<V> entry) {
        @Nullable Entry<V> former = group.entries.find(entry.key().id());
        if (former != null) {
            count(group, former, -1);
        }
        group.entries.put(entry);
        count(group, entry, 1);
    }

    /** Replaces the datum of a record by one with the same value. */
    void update(Group<V> group, LeasedRecord<V> record, Datum<V> datum) {
        update(group, record, datum, record.valueHash(), record.valueBytes());
    }

    /** Replaces the datum of a record. */
    void update(Group<V> group, LeasedRecord<V> record, Datum<V> datum, long valueHash, int valueBytes) {
        count(group, record, -1);
        record.publish(datum, valueHash, valueBytes);
        count(group, record, 1);
    }

    /** Takes the entry out for good, and the group with it if it is empty then. */
    void forget(Entry<V> entry) {
        Group<V> group = groups.get(entry.key().group());
        if (group == null) {
            throw new IllegalStateException("no group holds " + entry.key());
        }
        count(group, entry, -1);
        group.entries.remove(entry);
        if (group.entries.size() == 0) {
            groups.remove(group.name);
            ordered.remove(group);
        }
    }

    int visibleGroupCount() {
        return visibleGroupCount;
    }

    int responsibleGroupCount() {
        return responsibleGroupCount;
    }

    long visibleCount() {
        return visibleCount;
    }

    long unhealthyCount() {
        return unhealthyCount;
    }

    /** Visible records behind which there is a client. */
    long sessionCount() {
        return sessionCount;
    }

    /** Those of them for which this node is responsible. */
    long ownSessionCount() {
        return ownSessionCount;
    }

    boolean isSession(Key key) {
        return sessions.isSession(key.id());
    }

    long ownUnhealthyCount() {
        return ownUnhealthyCount;
    }

    long expiredCount() {
        return expiredCount;
    }

    long tombstoneCount() {
        return tombstoneCount;
    }

    /** Those of them whose key was unknown here when it was removed. */
    long unknownTombstoneCount() {
        return unknownTombstoneCount;
    }

    long digest() {
        return digests.root();
    }

    private void count(Group<V> group, Entry<V> entry, int sign) {
        if (entry instanceof LeasedRecord<V> record) {
            countRecord(group, record, sign);
        } else {
            tombstoneCount += sign;
            unknownTombstoneCount += isOfUnknown(entry) ? sign : 0;
        }
    }

    /** Whether nothing is known of the key but that it was removed. */
    static boolean isOfUnknown(@Nullable Entry<?> entry) {
        return entry == null || (entry instanceof Tombstone<?> tombstone && tombstone.ofUnknown());
    }

    private void countRecord(Group<V> group, LeasedRecord<V> record, int sign) {
        Datum<V> datum = record.datum();
        if (datum.mark() == Mark.EXPIRED) {
            expiredCount += sign;
            return;
        }
        boolean session = isSession(datum.key());
        if (datum.mark() == Mark.UNHEALTHY) {
            unhealthyCount += sign;
            group.unhealthyCount += session ? sign : 0;
            ownUnhealthyCount += session && group.responsible ? sign : 0;
        }
        visibleCount += sign;
        if (session) {
            sessionCount += sign;
            group.sessionCount += sign;
            ownSessionCount += group.responsible ? sign : 0;
        }
        boolean wasVisible = group.visibleCount > 0;
        group.visibleCount += sign;
        if (wasVisible != group.visibleCount > 0) {
            visibleGroupCount += sign;
            responsibleGroupCount += group.responsible ? sign : 0;
        }
        long digest = group.digest + sign * RecordDigest.ofRecord(datum, record.valueHash());
        digests.changed(group.nameHash, group.digest, digest);
        group.digest = digest;
    }

    private void addVisible(Entry<V> entry, List<Datum<V>> data) {
        if (entry instanceof LeasedRecord<V> record) {
            visible(record).ifPresent(data::add);
        }
    }

    /** Any thread. */
    Optional<Datum<V>> visible(LeasedRecord<V> record) {
        Datum<V> datum = record.datum();
        return datum.mark() == Mark.EXPIRED ? Optional.empty() : Optional.of(datum);
    }
}
