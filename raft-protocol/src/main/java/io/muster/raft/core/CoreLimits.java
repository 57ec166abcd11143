package io.muster.raft.core;

/**
 * The core's bounds.
 *
 * @param inFlightMessagesMax messages with entries on their way to one follower
 * @param inFlightBytesMax bytes of entries on their way to one follower; one message more than that may be
 * @param messageBytesMax bytes of entries in one message; a single larger entry goes alone
 * @param chunkBytesMax bytes in one piece of a snapshot
 * @param readsWaitingMax linearizable reads that wait for a leadership check; more are refused
 */
public record CoreLimits(
        int inFlightMessagesMax, long inFlightBytesMax, int messageBytesMax, int chunkBytesMax, int readsWaitingMax) {

    public static final CoreLimits DEFAULTS = new CoreLimits(128, 8L << 20, 1 << 20, 256 << 10, 100_000);

    public CoreLimits {
        if (inFlightMessagesMax < 1
                || inFlightBytesMax < 1
                || messageBytesMax < 1
                || chunkBytesMax < 1
                || readsWaitingMax < 1) {
            throw new IllegalArgumentException("bounds must be positive: " + inFlightMessagesMax + ", "
                    + inFlightBytesMax + ", " + messageBytesMax + ", " + chunkBytesMax + ", " + readsWaitingMax);
        }
    }
}
