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

    private int length;

    void clear() {
        passes = 0;
        length = 0;
    }

    void add(boolean passed) {
        passes = (passes << 1) | (passed ? 1 : 0);
        length = Math.min(length + 1, Long.SIZE);
    }

    /** Whether enough of the latest results are so. */
    boolean says(boolean passed, int times) {
        int looked = Math.min(length, 2 * times - 1);
        long latest = passes & ((1L << looked) - 1);
        int passCount = Long.bitCount(latest);
        return (passed ? passCount : looked - passCount) >= times;
    }
}
