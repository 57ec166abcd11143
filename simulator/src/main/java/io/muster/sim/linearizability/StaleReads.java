package io.muster.sim.linearizability;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Checks reads that may lag: each must show a state that the committed writes had once passed through, not older than a
 * bound, and never older than the same reader saw before (invariant IR12). Cheap, since the order of the writes is
 * known: no search.
 *
 * <p>A state is named by how many writes lead to it. Each read is taken to show the earliest state that fits, which
 * leaves the next one the most room; so a read is complained of only if no choice of states fits all of that reader's
 * reads up to it. One thread.
 *
 * @param <V> values, compared by {@code equals}
 */
public final class StaleReads<V> {

    /** No bound on the age: any state since the beginning will do. */
    public static final long ANY_AGE = Long.MIN_VALUE;

    public enum Fault {
        /** What was read was never the state. */
        NEVER_THE_STATE,
        /** It was the state only after the answer had been given: something was shown before it was committed. */
        NOT_YET_COMMITTED,
        /** It had been the state, but too long ago. */
        TOO_OLD,
        /** The reader had seen a later state before. */
        WENT_BACK
    }

    /** @param text names reader, values and states */
    public record Violation(Fault fault, String text) {}

    private static final int NO_STATE = Integer.MAX_VALUE;

    /** A key's value from this state on. */
    private record Write<V>(int state, Optional<V> value) {}

    /** When state i + 1 came to be. Never decreases. */
    private final List<Long> commitNanos = new ArrayList<>();

    private final Map<String, List<Write<V>>> writesByKey = new TreeMap<>();
    private final Map<String, Integer> stateByReader = new HashMap<>();

    /**
     * The next write in the order of commits.
     *
     * @param value empty: the key was deleted
     * @param nanos when it was first known to be committed anywhere; not before the write that precedes it
     */
    public void committed(String key, Optional<V> value, long nanos) {
        int count = commitNanos.size();
        if (count > 0 && nanos < commitNanos.get(count - 1)) {
            throw new IllegalArgumentException("write to " + key + " commits at " + nanos
                    + ", before its predecessor at " + commitNanos.get(count - 1));
        }
        commitNanos.add(nanos);
        writesByKey.computeIfAbsent(key, absent -> new ArrayList<>()).add(new Write<>(count + 1, value));
    }

    /**
     * Checks a read of some keys at one instant. Reads of one reader are checked in the order in which they were
     * answered.
     *
     * @param reader whose view never goes back: a client that stays with its node, or a node between two restarts
     * @param seen by key; empty: no value
     * @param asOfNanos the state may be no older than the one at this time, as a rule the call less the allowed age, or
     *     {@link #ANY_AGE}
     * @param answeredNanos when the node answered
     */
    public Optional<Violation> read(String reader, Map<String, Optional<V>> seen, long asOfNanos, long answeredNanos) {
        int last = statesUntil(answeredNanos);
        int oldest = statesUntil(asOfNanos);
        int seenBefore = stateByReader.getOrDefault(reader, 0);
        int state = earliestState(seen, Math.max(oldest, seenBefore));
        if (state <= last) {
            stateByReader.put(reader, state);
            return Optional.empty();
        }
        Fault fault = fault(earliestState(seen, 0), earliestState(seen, seenBefore), last);
        String text = fault + ": " + reader + " read " + new TreeMap<>(seen) + " at " + answeredNanos + ", when " + last
                + " writes were committed; at least " + oldest + " had to show, and " + seenBefore
                + " had shown before";
        return Optional.of(new Violation(fault, text));
    }

    /** As {@link #read}, of all keys: those that are not among {@code seen} had no value. */
    public Optional<Violation> readAll(String reader, Map<String, V> seen, long asOfNanos, long answeredNanos) {
        Map<String, Optional<V>> all = new LinkedHashMap<>();
        writesByKey.keySet().forEach(key -> all.put(key, Optional.empty()));
        seen.forEach((key, value) -> all.put(key, Optional.of(value)));
        return read(reader, all, asOfNanos, answeredNanos);
    }

    private static Fault fault(int earliest, int earliestNotBack, int last) {
        if (earliest == NO_STATE) {
            return Fault.NEVER_THE_STATE;
        }
        if (earliest > last) {
            return Fault.NOT_YET_COMMITTED;
        }
        return earliestNotBack <= last ? Fault.TOO_OLD : Fault.WENT_BACK;
    }

    /** The first state from {@code from} on that shows what was seen, or {@link #NO_STATE}. */
    private int earliestState(Map<String, Optional<V>> seen, int from) {
        int state = from;
        boolean agreed = false;
        while (!agreed && state != NO_STATE) {
            int before = state;
            for (Map.Entry<String, Optional<V>> entry : seen.entrySet()) {
                state = earliestState(entry.getKey(), entry.getValue(), state);
            }
            agreed = state == before;
        }
        return state;
    }

    private int earliestState(String key, Optional<V> value, int from) {
        if (from == NO_STATE) {
            return NO_STATE;
        }
        List<Write<V>> writes = writesByKey.getOrDefault(key, List.of());
        int next = firstAfter(writes, from);
        Optional<V> current =
                next == 0 ? Optional.empty() : writes.get(next - 1).value();
        if (current.equals(value)) {
            return from;
        }
        return writes.subList(next, writes.size()).stream()
                .filter(write -> write.value().equals(value))
                .mapToInt(Write::state)
                .findFirst()
                .orElse(NO_STATE);
    }

    /** How many writes of the key lead to this state. */
    private static <V> int firstAfter(List<Write<V>> writes, int state) {
        int low = 0;
        int high = writes.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (writes.get(middle).state() <= state) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private int statesUntil(long nanos) {
        int low = 0;
        int high = commitNanos.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (commitNanos.get(middle) <= nanos) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
