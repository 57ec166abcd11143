package io.muster.raft.core;

/**
 * The core's bounds.
 *
 * @param inFlightMessagesMax messages with entries on their way to one follower
 * @param inFlightBytesMax bytes of entries on their way to one follower; one message more than that may be
 * @param messageBytesMax bytes of entries in one message; a single larger entry goes alone
 * @param chunkBytesMax bytes in one piece of a snapshot
 * @param snapshotInFlightBytesMax bytes of a snapshot's pieces on their way to one follower, and bytes of them that a follower has taken and not stored yet; one
 *     piece more than that may be. Heartbeats queue behind them: low for that reason
 * @param readsWaitingMax linearizable reads that wait for a leadership check; more are refused
 */
public record CoreLimits(
        int inFlightMessagesMax,
        long inFlightBytesMax,
        int messageBytesMax,
        int chunkBytesMax,
        long snapshotInFlightBytesMax,
        int readsWaitingMax) {

    public static final CoreLimits DEFAULTS = new CoreLimits(128, 8L << 20, 1 << 20, 256 << 10, 2L << 20, 100_000);

    public CoreLimits {
        if (inFlightMessagesMax < 1
                || inFlightBytesMax < 1
                || messageBytesMax < 1
                || chunkBytesMax < 1
                || snapshotInFlightBytesMax < 1
                || readsWaitingMax < 1) {
            throw new IllegalArgumentException(
                    "bounds must be positive: " + inFlightMessagesMax + ", " + inFlightBytesMax + ", " + messageBytesMax
                            + ", " + chunkBytesMax + ", " + snapshotInFlightBytesMax + ", " + readsWaitingMax);
        }
    }
}
