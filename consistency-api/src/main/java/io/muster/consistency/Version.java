package io.muster.consistency;

/**
 * The stamp of a datum: of two versions of one key the greater one is the newer. The two kinds are never compared with each
 * other, since a key never changes its engine (invariant {@code RightEngine}).
 */
public sealed interface Version extends Comparable<Version> {

    /** A number for wire forms that know only one ({@code timestamp}, {@code revision}); grows with the version. */
    long asLong();

    /**
     * Stamp of an ephemeral datum: a hybrid logical clock, then the origin as tie-break.
     *
     * @param clock wall milliseconds in the upper 48 bits, a counter in the lower 16; see {@code HybridClock} of the Distro engine
     * @param origin who drew it
     */
    record Hybrid(long clock, Origin origin) implements Version {
        @Override
        public long asLong() {
            return clock;
        }

        @Override
        public int compareTo(Version other) {
            if (!(other instanceof Hybrid that)) {
                throw new IllegalArgumentException("cannot compare " + this + " with " + other);
            }
            int byClock = Long.compare(clock, that.clock);
            return byClock != 0 ? byClock : origin.compareTo(that.origin);
        }

        @Override
        public String toString() {
            return (clock >>> 16) + "." + (clock & 0xffff) + "@" + origin;
        }
    }

    /**
     * Stamp of a persistent datum: the index of the log entry that wrote it.
     *
     * @param index 1 or more
     */
    record LogIndex(long index) implements Version {
        @Override
        public long asLong() {
            return index;
        }

        @Override
        public int compareTo(Version other) {
            if (!(other instanceof LogIndex that)) {
                throw new IllegalArgumentException("cannot compare " + this + " with " + other);
            }
            return Long.compare(index, that.index);
        }

        @Override
        public String toString() {
            return "#" + index;
        }
    }
}
