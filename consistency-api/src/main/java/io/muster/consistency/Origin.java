package io.muster.consistency;

import java.util.Comparator;

/**
 * The process that stamped an ephemeral datum: one run of one node. A restarted node is another origin, so two stamps of it never
 * collide whatever its clock does (design §5, "Versions").
 *
 * @param nodeIdHigh upper half of the 128-bit node id
 * @param nodeIdLow lower half of the 128-bit node id
 * @param runId drawn anew at each process start
 */
public record Origin(long nodeIdHigh, long nodeIdLow, long runId) implements Comparable<Origin> {

    private static final Comparator<Origin> ORDER = Comparator.comparingLong(Origin::nodeIdHigh)
            .thenComparingLong(Origin::nodeIdLow)
            .thenComparingLong(Origin::runId);

    @Override
    public int compareTo(Origin other) {
        return ORDER.compare(this, other);
    }

    /** 32 hex digits of the node id, a slash, 16 of the run id. */
    @Override
    public String toString() {
        return String.format("%016x%016x/%016x", nodeIdHigh, nodeIdLow, runId);
    }
}
