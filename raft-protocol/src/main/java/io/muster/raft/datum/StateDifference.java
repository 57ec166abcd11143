package io.muster.raft.datum;

import io.muster.consistency.ChangeEvent;
import io.muster.consistency.Datum;
import io.muster.consistency.Removal;
import io.muster.consistency.Version;
import io.muster.member.NodeId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * What listeners are told when a snapshot takes the place of the state (R19): what is gone, then what is new, in the order of the log. When in between a
 * datum went, and why, the snapshot does not tell: it counts as removed at the snapshot's index, while this node was away.
 *
 * <p>It is found and told bit by bit, in bounded turns, while neither state changes.
 */
final class StateDifference<V> {

    /** Bound on the data that one step looks at. */
    static final int VISITS_MAX = 4096;

    private final DatumMap<V> old;
    private final DatumMap<V> fresh;
    private final Version index;
    private final String self;
    private final Iterator<Datum<V>> before;
    private final Iterator<Datum<V>> now;
    private final List<ChangeEvent<V>> removed = new ArrayList<>();

    /** In log order; those of one entry by key. */
    private final PriorityQueue<Datum<V>> stored = new PriorityQueue<>(
            Comparator.<Datum<V>, Version>comparing(Datum::version).thenComparing(Datum::key));

    /** How many removals were told. */
    private int told;

    StateDifference(DatumMap<V> old, DatumMap<V> fresh, long index, NodeId self) {
        this.old = old;
        this.fresh = fresh;
        this.index = new Version.LogIndex(index);
        this.self = self.toString();
        this.before = old.all().iterator();
        this.now = fresh.all().iterator();
    }

    /** Looks at some more data of both states; whether all have been looked at. */
    boolean look() {
        for (int visits = 0; visits < VISITS_MAX; visits++) {
            if (before.hasNext()) {
                Datum<V> datum = before.next();
                if (fresh.get(datum.key()).isEmpty()) {
                    removed.add(new ChangeEvent.Removed<>(datum, index, Removal.WHILE_AWAY, self));
                }
            } else if (now.hasNext()) {
                Datum<V> datum = now.next();
                if (!isKnown(datum)) {
                    stored.add(datum);
                }
            } else {
                return true;
            }
        }
        return false;
    }

    private boolean isKnown(Datum<V> datum) {
        return old.get(datum.key())
                .filter(there ->
                        there.version().equals(datum.version()) && there.value().equals(datum.value()))
                .isPresent();
    }

    /** The next events, when all has been looked at; none at the end. */
    List<ChangeEvent<V>> next() {
        List<ChangeEvent<V>> events = new ArrayList<>();
        while (events.size() < Listeners.REPLAY_EVENTS_MAX) {
            if (told < removed.size()) {
                events.add(removed.get(told++));
            } else if (!stored.isEmpty()) {
                events.add(new ChangeEvent.Stored<>(stored.remove()));
            } else {
                break;
            }
        }
        return List.copyOf(events);
    }
}
