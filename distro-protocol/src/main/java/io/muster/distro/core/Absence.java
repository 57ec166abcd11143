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

    /** When each was heard of last before, by key; only looked up, never walked. */
    private final Map<Key, Long> heardBefore = new LinkedHashMap<>();

    void begin(Records<V> records) {
        heardBefore.clear();
        for (Group<V> group : records.allGroups()) {
            group.entries.forEach(entry -> {
                if (entry instanceof LeasedRecord<V> record) {
                    heardBefore.put(record.key(), record.heardNanos());
                }
            });
        }
    }

    boolean doubts(LeasedRecord<V> record, Step<V> step) {
        @Nullable Long before = heardBefore.get(record.key());
        return before != null && before == record.heardNanos() && step.nowNanos - before >= record.removeAfterNanos();
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
