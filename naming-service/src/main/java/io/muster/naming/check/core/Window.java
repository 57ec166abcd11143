package io.muster.naming.check.core;

/**
 * The last results of one target, as bits. Health flips when {@code n} of the last {@code 2n - 1} say so (decision 0033): a target that flaps
 * settles on the side of the majority, and needs {@code n} new results to leave it, since a flip empties the window.
 */
final class Window {

    /** With 63 results in a long. */
    static final int TIMES_MAX = 32;

    /** The latest result is the lowest bit; 1 is a pass. */
    private long passes;

    /** Likewise; 1 is silence, which may turn out to be our own fault. */
    private long silences;

    private int length;

    void clear() {
        passes = 0;
        silences = 0;
        length = 0;
    }

    void add(boolean passed, boolean silent) {
        passes = (passes << 1) | (passed ? 1 : 0);
        silences = (silences << 1) | (silent ? 1 : 0);
        length = Math.min(length + 1, Long.SIZE);
    }

    boolean hasSilence() {
        return length > 0 && (silences & mask(length)) != 0;
    }

    /** As if the silent checks had not been made. */
    void dropSilences() {
        long keptPasses = 0;
        int kept = 0;
        for (int i = 0; i < length; i++) {
            if ((silences >>> i & 1) == 0) {
                keptPasses |= (passes >>> i & 1) << kept;
                kept++;
            }
        }
        passes = keptPasses;
        silences = 0;
        length = kept;
    }

    private static long mask(int results) {
        return results == Long.SIZE ? -1 : (1L << results) - 1;
    }

    /** How many of the last {@code 2 * times - 1} results are so. */
    int count(boolean passed, int times) {
        int looked = Math.min(length, 2 * times - 1);
        long latest = passes & mask(looked);
        int passCount = Long.bitCount(latest);
        return passed ? passCount : looked - passCount;
    }
}
