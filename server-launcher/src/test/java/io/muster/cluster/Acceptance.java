package io.muster.cluster;

import java.util.List;

/** How much of the acceptance tests runs: a few cases of each in every build, every case on demand. */
final class Acceptance {

    private static final boolean FULL = "full".equals(System.getProperty("muster.acceptance"));

    /** R28 wants each scenario ten times. */
    private static final int ROUNDS = Integer.getInteger("muster.acceptance.rounds", 10);

    private Acceptance() {}

    /** All cases, or the first few of them. */
    static <T> List<T> cases(List<T> all, int inEveryBuild) {
        return FULL ? all : all.subList(0, Math.min(inEveryBuild, all.size()));
    }

    /** A number for the full run, and one for every build. */
    static int times(int full, int inEveryBuild) {
        return FULL ? full : inEveryBuild;
    }

    /** How often a scenario is told: {@code -Dmuster.acceptance.rounds} times in the full run, and so often in every build. */
    static int rounds(int inEveryBuild) {
        return times(ROUNDS, inEveryBuild);
    }
}
