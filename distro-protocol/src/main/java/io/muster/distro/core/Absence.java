package io.muster.distro.core;

import io.muster.consistency.Key;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What this node has held since before it was away for so long that others may have forgotten removals that it never heard of (design §5,
 * "Tombstones"). Such a record is in doubt until another member is found to hold its key as well, or its client is heard of again. That it was heard of
 * just before a sleep says nothing; but of a client that has beaten here within its timeout no removal can have been forgotten: at a node that was merely
 * cut off, or while its engine was held up and its process ran on.
 *
 * <p>Empty but while a node loads anew.
 */
final class Absence<V> {

    /**
     * @param slotNanos what the record's last-seen slot held then
     * @param leaseNanos lease time of that beat, had lease time not stood still meanwhile
     */
    private record Heard(long slotNanos, long leaseNanos) {}

    /** When each was heard of last before, by key; only looked up, never walked. */
    private final Map<Key, Heard> heardBefore = new LinkedHashMap<>();

    /** @param sleptNanos for how long lease time stood still just now; 0 if this node ran on */
    void begin(Records<V> records, long sleptNanos, Step<V> step) {
        heardBefore.clear();
        for (Group<V> group : records.allGroups()) {
            group.entries.forEach(entry -> {
                if (entry instanceof LeasedRecord<V> record) {
                    heardBefore.put(record.key(), heard(records, record, sleptNanos, step));
                }
            });
        }
    }

    /** The slot first: what it holds says nothing of renewals that come after it. */
    private static <V> Heard heard(Records<V> records, LeasedRecord<V> record, long sleptNanos, Step<V> step) {
        long slotNanos = record.lastSeenNanos();
        @Nullable Long atNanos = sleptNanos == 0 ? null : records.renewedInStandStill(record.key());
        return new Heard(
                slotNanos, atNanos == null ? slotNanos - sleptNanos : step.leaseNanos - (step.nowNanos - atNanos));
    }

    boolean doubts(LeasedRecord<V> record, Step<V> step) {
        Heard before = heardBefore.get(record.key());
        return before != null
                && before.slotNanos() == record.lastSeenNanos()
                && step.leaseNanos - before.leaseNanos() >= record.removeAfterNanos();
    }

    /** Another member holds something under the key, however old: had it forgotten a removal, it would hold nothing. */
    void confirmed(Key key) {
        heardBefore.remove(key);
    }

    /** Tells what is still in doubt, which ends it. */
    List<LeasedRecord<V>> end(Records<V> records, Step<V> step) {
        List<LeasedRecord<V>> doubtful = new ArrayList<>();
        if (!heardBefore.isEmpty()) {
            for (Group<V> group : records.allGroups()) {
                group.entries.forEach(entry -> {
                    if (entry instanceof LeasedRecord<V> record && doubts(record, step)) {
                        doubtful.add(record);
                    }
                });
            }
        }
        heardBefore.clear();
        return doubtful;
    }
}
