package io.muster.distro.core;

import io.muster.distro.core.Message.Cursor;
import io.muster.distro.core.Message.SnapshotChunk;
import io.muster.distro.core.Message.SnapshotRequest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;

/**
 * Tells others all that this node holds, in parts (R49). It remembers nothing between two requests: the order of hashes is the same on all
 * members, so a load that lost its source goes on with another one where it was.
 */
final class SnapshotSource<V> {

    /** The last place of a group. */
    private static final long END = -1;

    /** More entries of one group than fill a part, however small they are; so no more of a large group have to be put in order for it. */
    private static final int PART_ENTRIES_MAX = Sizes.MESSAGE_BYTES_MAX / Sizes.ENTRY_BYTES_MIN + 2;

    private static final Comparator<Placed<?>> IN_ORDER =
            (left, right) -> Long.compareUnsigned(left.idHash(), right.idHash());

    private final Records<V> records;
    private final Absence<V> absence;

    /** @param absence what this node itself doubts it tells to nobody */
    SnapshotSource(Records<V> records, Absence<V> absence) {
        this.records = records;
        this.absence = absence;
    }

    /** An entry with its place in the group. */
    private record Placed<V>(long idHash, Entry<V> entry) {}

    /** @param warmUpMillis for how long what this node holds may still be short */
    SnapshotChunk<V> answer(SnapshotRequest<V> asked, long warmUpMillis, Step<V> step) {
        List<DistroRecord<V>> part = new ArrayList<>();
        int bytes = 0;
        Optional<Cursor> after = asked.after();
        Optional<Cursor> next = Optional.empty();
        for (Group<V> group : records.groupsFrom(after.map(Cursor::groupHash).orElse(0L))) {
            if (bytes >= Sizes.MESSAGE_BYTES_MAX) {
                break;
            }
            next = Optional.of(new Cursor(group.nameHash, END));
            List<Placed<V>> rest = rest(group, after, step);
            for (int i = 0; i < rest.size(); i++) {
                Placed<V> placed = rest.get(i);
                bytes += Sizes.ofEntry(placed.entry());
                part.add(records.told(placed.entry(), step.leaseNanos));
                boolean hashEnds = i + 1 < rest.size() && rest.get(i + 1).idHash() != placed.idHash();
                if (bytes >= Sizes.MESSAGE_BYTES_MAX && hashEnds) {
                    next = Optional.of(new Cursor(group.nameHash, placed.idHash()));
                    break;
                }
            }
        }
        boolean last = bytes < Sizes.MESSAGE_BYTES_MAX;
        return new SnapshotChunk<>(
                asked.load(), after, last ? Optional.empty() : next, records.entryCount(), warmUpMillis, part);
    }

    /** What may go into this part of what comes after the place, in order. */
    private List<Placed<V>> rest(Group<V> group, Optional<Cursor> after, Step<V> step) {
        boolean partly = after.isPresent() && after.get().groupHash() == group.nameHash;
        PriorityQueue<Placed<V>> first = new PriorityQueue<>(IN_ORDER.reversed());
        group.entries.forEach(entry -> {
            long hash = RecordDigest.ofName(entry.key().id());
            boolean doubtful = entry instanceof LeasedRecord<V> record && absence.doubts(record, step);
            if (!doubtful && (!partly || Long.compareUnsigned(hash, after.get().idHash()) > 0)) {
                keepFirst(first, new Placed<>(hash, entry));
            }
        });
        List<Placed<V>> rest = new ArrayList<>(first);
        rest.sort(IN_ORDER);
        return rest;
    }

    private static <V> void keepFirst(PriorityQueue<Placed<V>> first, Placed<V> placed) {
        if (first.size() < PART_ENTRIES_MAX) {
            first.add(placed);
        } else if (IN_ORDER.compare(placed, first.element()) < 0) {
            first.remove();
            first.add(placed);
        }
    }
}
