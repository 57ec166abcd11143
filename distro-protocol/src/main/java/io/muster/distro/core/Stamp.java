package io.muster.distro.core;

import io.muster.consistency.Mark;
import io.muster.consistency.Version;

/**
 * All that decides which of two records of one key stands: the version, then the rank of the mark, then the value hash (design §5).
 * Records merge by taking the greater stamp, so merging is commutative, associative and idempotent whatever comes in whatever order.
 *
 * @param version who wrote it last, and when
 * @param rank of the mark, {@link #rankOf}; {@link #TOMBSTONE_RANK} for a tombstone, since whoever buries a version has
 *     seen it
 * @param valueHash breaks ties between two values under one version, which only a copied data directory can bring about
 */
public record Stamp(Version.Hybrid version, int rank, long valueHash) implements Comparable<Stamp> {

    /** Highest of all ranks. */
    public static final int TOMBSTONE_RANK = 3;

    /** Also what digests hash, so the figures are part of the wire format. */
    static int rankOf(Mark mark) {
        return switch (mark) {
            case HEALTHY -> 0;
            case UNHEALTHY -> 1;
            case EXPIRED -> 2;
        };
    }

    /** Whether readers see what bears it. */
    boolean visible() {
        return rank < rankOf(Mark.EXPIRED);
    }

    @Override
    public int compareTo(Stamp other) {
        int byVersion = version.compareTo(other.version);
        if (byVersion != 0) {
            return byVersion;
        }
        int byRank = Integer.compare(rank, other.rank);
        return byRank != 0 ? byRank : Long.compare(valueHash, other.valueHash);
    }
}
