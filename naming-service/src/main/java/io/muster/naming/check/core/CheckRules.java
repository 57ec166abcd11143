package io.muster.naming.check.core;

/**
 * The sentences on which health checks rest, one method each (decision 0033). The core asks; production uses the class as it is, and a test that
 * wants to see whether anybody notices overrides one (decision 0014). Without state.
 */
public class CheckRules {

    /**
     * Whether health flips.
     *
     * @param agreeing how many of the last {@code 2 * times - 1} results say so
     */
    public boolean flips(int agreeing, int times) {
        return agreeing >= times;
    }

    /** Whether results from before a flip of our own count for nothing after it. */
    public boolean flipEndsResults() {
        return true;
    }

    /** Whether results from before somebody else's verdict count for nothing after it: to contradict it takes as many as any other. */
    public boolean othersVerdictEndsResults() {
        return true;
    }

    /**
     * Whether a target's silence is its failure.
     *
     * @param heldUp this process was too slow to know
     * @param cutOff it sees too little of the cluster
     */
    public boolean silenceCounts(boolean heldUp, boolean cutOff) {
        return !heldUp && !cutOff;
    }

    /** Whether silence is old enough to be believed: a member that was cut off at its beginning would know by now. */
    public boolean isBelieved(long silentForNanos, long heldNanos) {
        return silentForNanos >= heldNanos;
    }

    /**
     * Whether a check that could not be made is a failure of its target all the same.
     *
     * @param othersAnswer whether another machine has answered lately
     */
    public boolean isTargetsFailure(Obstacle obstacle, boolean othersAnswer) {
        return obstacle == Obstacle.NO_ROUTE && othersAnswer;
    }

    /** Whether a target is looked at again soon rather than at the steady pace. */
    public boolean isSoon(boolean inDoubt) {
        return inDoubt;
    }

    /** Whether a flip that was asked for, and that no reader sees, is asked for once more. */
    public boolean asksAgain(long sinceAskedNanos, long patienceNanos) {
        return sinceAskedNanos >= patienceNanos;
    }

    /** Whether what is no longer to be checked here is let go of at once. */
    public boolean letsGo() {
        return true;
    }

    /**
     * Whether an instance is deleted for being unhealthy.
     *
     * @param deleteAfterMillis more than 0
     * @param tooMany so much of its service is unhealthy that it is rather the checker's fault
     */
    public boolean deletes(
            long unhealthyMillis, long deleteAfterMillis, int failuresInARow, int times, boolean tooMany) {
        return unhealthyMillis >= deleteAfterMillis && failuresInARow >= times && !tooMany;
    }
}
