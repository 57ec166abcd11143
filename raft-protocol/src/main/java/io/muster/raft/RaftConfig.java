package io.muster.raft;

import io.muster.consistency.FormatInForce;

/**
 * The settings of one Raft engine; immutable. Times are in milliseconds, sizes in bytes.
 *
 * @param heartbeatMillis how often a leader sends heartbeats. Lower: losing a leader is noticed sooner, at the price of idle traffic
 * @param electionTimeoutMillis a follower that hears from no leader waits one to two times this, drawn anew each time (R12). Lower: faster
 *     failover; higher: fewer elections on slow machines. At least twice the heartbeat
 * @param writeTimeoutMillis every write ends within this, if only with "outcome unknown" (R17)
 * @param snapshotEveryEntries a snapshot is taken when so many entries were applied since the last one
 * @param dataDirMaxBytes bound on log and snapshots together (X20); at least {@value #SEGMENTS_MIN} segments
 * @param segmentBytes length of one preallocated log file
 * @param batchBytesMax bound on one disk batch, and so on one command; at most half a segment, since a batch never spans two
 * @param queueBytesMax bound on the commands that wait or are in flight; beyond it writes are refused as overloaded (X17)
 * @param foundsItself whether a node without a group founds one at once, with itself as the sole voter: standalone. In a clustered mode it
 *     never does, and stands idle until it is founded or joined (design §4, "Founding")
 * @param formatMax the newest format that this node reads and announces, {@link FormatInForce#NEWEST} at most (R32). What is of a later one it refuses, as a
 *     build that does not know it would
 */
public record RaftConfig(
        int heartbeatMillis,
        int electionTimeoutMillis,
        int writeTimeoutMillis,
        int snapshotEveryEntries,
        long dataDirMaxBytes,
        int segmentBytes,
        int batchBytesMax,
        int queueBytesMax,
        boolean foundsItself,
        int formatMax) {

    /** The directory must have room for at least so many segments, else it could not hold snapshots beside the log. */
    public static final int SEGMENTS_MIN = 16;

    private static final int SEGMENT_BYTES_MIN = 64 << 10;
    private static final int SEGMENT_BYTES_USUAL = 8 << 20;
    private static final int SEGMENT_BYTES_MAX = 64 << 20;
    private static final int SEGMENTS_USUAL = 128;

    /** Below this the table of recent requests, some 3 MiB when it is full, would leave little for the data. */
    private static final long DATA_DIR_BYTES_MIN = 16L << 20;

    private static final long DATA_DIR_BYTES_USUAL = 1L << 30;
    private static final int BLOCK_BYTES = 4096;

    /** What a batch takes beside its one command. */
    private static final int BATCH_OVERHEAD_BYTES = 1024;

    public RaftConfig {
        atLeast("raft.heartbeat-ms", heartbeatMillis, 1);
        if (electionTimeoutMillis < 2 * heartbeatMillis) {
            throw new IllegalArgumentException("raft.election-timeout-ms (" + electionTimeoutMillis
                    + ") must be at least twice raft.heartbeat-ms (" + heartbeatMillis + ")");
        }
        atLeast("raft.write-timeout-ms", writeTimeoutMillis, 1);
        atLeast("raft.snapshot-every-entries", snapshotEveryEntries, 1);
        if (segmentBytes < SEGMENT_BYTES_MIN || segmentBytes > SEGMENT_BYTES_MAX || segmentBytes % BLOCK_BYTES != 0) {
            throw new IllegalArgumentException("the log's segment size (" + segmentBytes + ") must be a multiple of "
                    + BLOCK_BYTES + " from " + SEGMENT_BYTES_MIN + " to " + SEGMENT_BYTES_MAX);
        }
        if (dataDirMaxBytes < (long) SEGMENTS_MIN * segmentBytes) {
            throw new IllegalArgumentException("server.data-dir-max-bytes (" + dataDirMaxBytes + ") must be at least "
                    + SEGMENTS_MIN + " times the log's segment size (" + segmentBytes + ")");
        }
        if (batchBytesMax < BLOCK_BYTES || batchBytesMax > segmentBytes / 2) {
            throw new IllegalArgumentException("the largest batch (" + batchBytesMax + ") must have " + BLOCK_BYTES
                    + " bytes or more, and at most half a log segment (" + segmentBytes + ")");
        }
        if (queueBytesMax < batchBytesMax) {
            throw new IllegalArgumentException("the write queue (" + queueBytesMax
                    + ") must hold at least one largest batch (" + batchBytesMax + ")");
        }
        if (formatMax < FormatInForce.FIRST || formatMax > FormatInForce.NEWEST) {
            throw new IllegalArgumentException("cluster.format-max (" + formatMax + ") must be from "
                    + FormatInForce.FIRST + " to " + FormatInForce.NEWEST);
        }
    }

    /** The defaults of the operator's page, for a standalone node. */
    public static RaftConfig defaults() {
        return new RaftConfig(
                100,
                1000,
                5000,
                100_000,
                DATA_DIR_BYTES_USUAL,
                SEGMENT_BYTES_USUAL,
                SEGMENT_BYTES_USUAL / 2,
                4 * SEGMENT_BYTES_USUAL,
                true,
                FormatInForce.NEWEST);
    }

    /** The same with other times. */
    public RaftConfig withTimes(int newHeartbeatMillis, int newElectionTimeoutMillis, int newWriteTimeoutMillis) {
        return new RaftConfig(
                newHeartbeatMillis,
                newElectionTimeoutMillis,
                newWriteTimeoutMillis,
                snapshotEveryEntries,
                dataDirMaxBytes,
                segmentBytes,
                batchBytesMax,
                queueBytesMax,
                foundsItself,
                formatMax);
    }

    /** The same with another distance between snapshots. */
    public RaftConfig withSnapshotEveryEntries(int entries) {
        return new RaftConfig(
                heartbeatMillis,
                electionTimeoutMillis,
                writeTimeoutMillis,
                entries,
                dataDirMaxBytes,
                segmentBytes,
                batchBytesMax,
                queueBytesMax,
                foundsItself,
                formatMax);
    }

    /** The same for a node that founds itself at once, or never. */
    public RaftConfig withFoundsItself(boolean founds) {
        return new RaftConfig(
                heartbeatMillis,
                electionTimeoutMillis,
                writeTimeoutMillis,
                snapshotEveryEntries,
                dataDirMaxBytes,
                segmentBytes,
                batchBytesMax,
                queueBytesMax,
                founds,
                formatMax);
    }

    /** The same for a node that reads and announces no later format than this one. */
    public RaftConfig withFormatMax(int newest) {
        return new RaftConfig(
                heartbeatMillis,
                electionTimeoutMillis,
                writeTimeoutMillis,
                snapshotEveryEntries,
                dataDirMaxBytes,
                segmentBytes,
                batchBytesMax,
                queueBytesMax,
                foundsItself,
                newest);
    }

    /**
     * The same with another bound on the directory, and with segment, batch and queue sizes that suit it: a 128th of the bound for a segment,
     * within limits.
     *
     * @param bytes 16 MiB or more
     */
    public RaftConfig withDataDirMaxBytes(long bytes) {
        if (bytes < DATA_DIR_BYTES_MIN) {
            throw new IllegalArgumentException(
                    "server.data-dir-max-bytes (" + bytes + ") must be at least " + DATA_DIR_BYTES_MIN);
        }
        long wanted = Math.min(SEGMENT_BYTES_USUAL, Long.highestOneBit(Math.max(1, bytes / SEGMENTS_USUAL)));
        int segment = (int) Math.max(SEGMENT_BYTES_MIN, wanted);
        return new RaftConfig(
                heartbeatMillis,
                electionTimeoutMillis,
                writeTimeoutMillis,
                snapshotEveryEntries,
                bytes,
                segment,
                segment / 2,
                4 * segment,
                foundsItself,
                formatMax);
    }

    /** Bound on the encoding of one command, so that a batch has room for it. */
    public int commandBytesMax() {
        return batchBytesMax - BATCH_OVERHEAD_BYTES;
    }

    private static void atLeast(String name, int value, int min) {
        if (value < min) {
            throw new IllegalArgumentException(name + " (" + value + ") must be at least " + min);
        }
    }
}
