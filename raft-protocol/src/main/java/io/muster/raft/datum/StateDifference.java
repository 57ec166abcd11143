package io.muster.raft.datum;

import io.muster.consistency.ChangeEvent;
import io.muster.consistency.Datum;
import io.muster.consistency.Removal;
import io.muster.consistency.Version;
import io.muster.member.NodeId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What listeners are told when a snapshot takes the place of the state (R19): what is gone, then what is new, in the order of the log. */
final class StateDifference {

    private StateDifference() {}

    /**
     * The events that lead from the old state to the new one. When in between a datum went, and why, the snapshot does not tell: it counts as removed at
     * the snapshot's index, by this node's housekeeping.
     */
    static <V> List<ChangeEvent<V>> between(DatumMap<V> old, DatumMap<V> fresh, long index, NodeId self) {
        List<ChangeEvent<V>> events = new ArrayList<>();
        for (Datum<V> before : old.all()) {
            if (fresh.get(before.key()).isEmpty()) {
                events.add(new ChangeEvent.Removed<>(
                        before, new Version.LogIndex(index), Removal.HOUSEKEEPING, self.toString()));
            }
        }
        List<Datum<V>> changed = new ArrayList<>();
        for (Datum<V> now : fresh.all()) {
            boolean known = old.get(now.key())
                    .filter(before -> before.version().equals(now.version())
                            && before.value().equals(now.value()))
                    .isPresent();
            if (!known) {
                changed.add(now);
            }
        }
        changed.sort(Comparator.comparing(Datum::version));
        changed.forEach(datum -> events.add(new ChangeEvent.Stored<>(datum)));
        return events;
    }
}
