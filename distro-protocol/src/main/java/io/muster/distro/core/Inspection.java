package io.muster.distro.core;

import io.muster.consistency.Datum;
import io.muster.member.NodeId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.TreeMap;

/**
 * What operators read of all that this node holds (R54): on their own threads, so that no question, however large or often asked, takes the core's time.
 * Weakly consistent while changes go on, as all reads are; what walks over all groups is nothing for an event loop.
 */
public final class Inspection<V> {

    private final Records<V> records;
    private final LeaseClock leaseClock;

    /** Of its own, with no absence: operators see what this node doubts, too. */
    private final SnapshotSource<V> snapshots;

    Inspection(Records<V> records, LeaseClock leaseClock) {
        this.records = records;
        this.leaseClock = leaseClock;
        this.snapshots = new SnapshotSource<>(records, new Absence<>());
    }

    /** How many groups with visible records each member is responsible for. Walks over all groups. */
    public Map<NodeId, Integer> shares(Responsibility responsibility) {
        Map<NodeId, Integer> shares = new TreeMap<>();
        responsibility.members().forEach(member -> shares.put(member, 0));
        for (Group<V> group : records.allGroups()) {
            if (group.visibleCount > 0) {
                responsibility.memberFor(group.nameHash).ifPresent(member -> shares.merge(member, 1, Integer::sum));
            }
        }
        return shares;
    }

    /** A part of all that this node holds, with the place where the next part begins; empty after the last one. */
    public Message.SnapshotChunk<V> page(Optional<Message.Cursor> after, long nowNanos) {
        Step<V> now = new Step<>(nowNanos, leaseClock.at(nowNanos));
        return snapshots.answer(new Message.SnapshotRequest<>(0, after), 0, now);
    }

    /**
     * What is visible in the group, in the order of ids.
     *
     * @param after the id after which to begin; empty text for the first one
     * @param dataMax at most so many
     */
    public List<Datum<V>> group(String name, String after, int dataMax) {
        Group<V> group = records.findGroup(name);
        if (group == null) {
            return List.of();
        }
        Comparator<Datum<V>> byId = Comparator.comparing(datum -> datum.key().id());
        PriorityQueue<Datum<V>> first = new PriorityQueue<>(byId.reversed());
        group.entries.forEach(entry -> {
            if (entry instanceof LeasedRecord<V> record && record.key().id().compareTo(after) > 0) {
                records.visible(record).ifPresent(datum -> {
                    first.add(datum);
                    if (first.size() > dataMax) {
                        first.remove();
                    }
                });
            }
        });
        List<Datum<V>> page = new ArrayList<>(first);
        page.sort(byId);
        return Collections.unmodifiableList(page);
    }

    /** Of the root, then of each bucket. */
    public List<Long> digests() {
        List<Long> digests = new ArrayList<>(DigestTree.BUCKETS + 1);
        digests.add(records.digest());
        for (int bucket = 0; bucket < DigestTree.BUCKETS; bucket++) {
            digests.add(records.bucketDigest(bucket));
        }
        return digests;
    }

    /**
     * Of the groups in a bucket that show something.
     *
     * @throws IllegalArgumentException if there is no such bucket
     */
    public Map<String, Long> groupDigests(int bucket) {
        if (bucket < 0 || bucket >= DigestTree.BUCKETS) {
            throw new IllegalArgumentException("buckets run from 0 to " + (DigestTree.BUCKETS - 1) + ": " + bucket);
        }
        Map<String, Long> digests = new TreeMap<>();
        for (Group<V> group : records.groupsOf(bucket)) {
            if (group.digest != 0) {
                digests.put(group.name, group.digest);
            }
        }
        return digests;
    }
}
