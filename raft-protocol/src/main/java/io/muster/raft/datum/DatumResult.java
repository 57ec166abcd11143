package io.muster.raft.datum;

import io.muster.consistency.Condition;
import io.muster.consistency.Datum;
import io.muster.consistency.Key;
import java.util.List;
import java.util.Optional;

/** What a command gives. */
public sealed interface DatumResult<V> {

    /** All changes happened; for each, in order, what now stands under its key. */
    record Changed<V>(List<Optional<Datum<V>>> data) implements DatumResult<V> {}

    /**
     * Nothing happened: the command comes so late that nobody can tell whether it is the first time. If it is not, what its first copy did stands, and
     * what was done since.
     */
    record TooLate<V>() implements DatumResult<V> {}

    /** Nothing happened, since this condition did not hold. */
    record Conflicted<V>(Key key, Condition condition) implements DatumResult<V> {}
}
