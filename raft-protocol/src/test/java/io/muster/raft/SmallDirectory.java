package io.muster.raft;

/** Configurations for directories far smaller than an operator may ask for, so that tests reach the bounds soon. */
public final class SmallDirectory {

    private static final int SEGMENT_BYTES = 64 << 10;

    private SmallDirectory() {}

    /** Segments of 64 KiB, and the other defaults. */
    public static RaftConfig ofBytes(long dataDirMaxBytes) {
        RaftConfig usual = RaftConfig.defaults();
        return new RaftConfig(
                usual.heartbeatMillis(),
                usual.electionTimeoutMillis(),
                usual.writeTimeoutMillis(),
                usual.snapshotEveryEntries(),
                dataDirMaxBytes,
                SEGMENT_BYTES,
                SEGMENT_BYTES / 2,
                4 * SEGMENT_BYTES,
                usual.foundsItself(),
                usual.formatMax());
    }
}
