package io.muster.sim.net;

import java.util.EnumMap;
import java.util.Map;

/** What became of frames and connections, counted over a whole network. */
public final class NetworkCounters {

    /** What can happen to a frame or a connection. */
    public enum Fate {
        SENT,
        DELIVERED,
        NO_CONNECTION,
        DROPPED,
        CUT,
        QUEUE_FULL,
        DUPLICATED,
        REORDERED,
        REPLAYED,
        TRUNCATED,
        FLIPPED,
        CLOGGED,
        UNHEARD,
        OPENED,
        DIAL_FAILED,
        BROKEN
    }

    /** One count, so that counting needs no box. */
    private static final class Count {
        private long value;
    }

    private final Map<Fate, Count> counts = new EnumMap<>(Fate.class);

    void count(Fate fate) {
        counts.computeIfAbsent(fate, first -> new Count()).value++;
    }

    public long of(Fate fate) {
        Count count = counts.get(fate);
        return count == null ? 0 : count.value;
    }

    /** All counts that are not 0, in the order of {@link Fate}. */
    public Map<Fate, Long> nonZero() {
        Map<Fate, Long> result = new EnumMap<>(Fate.class);
        counts.forEach((fate, count) -> result.put(fate, count.value));
        return result;
    }

    @Override
    public String toString() {
        return nonZero().toString();
    }
}
