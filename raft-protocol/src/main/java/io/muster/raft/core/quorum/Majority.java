package io.muster.raft.core.quorum;

import java.util.Arrays;
import java.util.function.IntUnaryOperator;

/** A majority is strictly more than half of the voters (R11), so any two majorities share one. */
public final class Majority {

    private Majority() {}

    /** How many of so many voters are a majority. */
    public static int size(int voterCount) {
        return voterCount / 2 + 1;
    }

    /**
     * The highest value that a majority has reached.
     *
     * @param reached one value for each voter, in any order; not changed
     * @return 0 for an empty group, which has no majority
     */
    public static long reached(long[] reached) {
        return reached(reached, Majority::size);
    }

    static long reached(long[] reached, IntUnaryOperator majority) {
        if (reached.length == 0) {
            return 0;
        }
        long[] sorted = reached.clone();
        Arrays.sort(sorted);
        return sorted[reached.length - majority.applyAsInt(reached.length)];
    }
}
