package io.muster.raft.core.snapshot;

import io.muster.member.NodeId;
import java.util.Optional;

/**
 * The follower's side of one snapshot that comes in pieces. It is resumed where it stopped, as long as the same member sends the same snapshot;
 * another sender's file may have its bytes in another order, so then it begins anew. One piece is being stored at a time.
 */
public final class SnapshotReceipt {

    private enum Phase {
        NONE,
        RECEIVING,
        STORING,
        LOADING
    }

    /** What to do with an offered piece. */
    public enum Answer {
        /** Store it, as {@link #storeId} says. */
        STORE,
        /** Tell the sender that {@link #offset} is wanted. */
        TELL_OFFSET,
        /** Nothing: it is known, or there is no time for it now. */
        IGNORE
    }

    private Phase phase = Phase.NONE;
    private Optional<NodeId> sender = Optional.empty();
    private Optional<SnapshotHead> head = Optional.empty();

    /** So many bytes are stored. */
    private long offset;

    private int storingBytes;
    private boolean storingLast;

    /** Rising by one with each piece that is stored. */
    private long storeId;

    public boolean isLoading() {
        return phase == Phase.LOADING;
    }

    public Optional<NodeId> sender() {
        return sender;
    }

    /** What is being received or loaded. */
    public Optional<SnapshotHead> head() {
        return head;
    }

    public long offset() {
        return offset;
    }

    public long storeId() {
        return storeId;
    }

    public Answer offered(NodeId from, SnapshotHead offered, long atOffset, int bytes, boolean last) {
        if (phase == Phase.LOADING) {
            return Answer.IGNORE;
        }
        boolean same = sender.equals(Optional.of(from)) && head.equals(Optional.of(offered));
        if (!same) {
            clear();
            if (atOffset != 0) {
                return Answer.TELL_OFFSET;
            }
            sender = Optional.of(from);
            head = Optional.of(offered);
            phase = Phase.RECEIVING;
        }
        if (phase == Phase.STORING) {
            return Answer.IGNORE;
        }
        if (atOffset != offset) {
            return Answer.TELL_OFFSET;
        }
        phase = Phase.STORING;
        storingBytes = bytes;
        storingLast = last;
        storeId++;
        return Answer.STORE;
    }

    /** Whether the piece with the id is the one that is being stored. */
    public boolean isStoring(long id) {
        return phase == Phase.STORING && id == storeId;
    }

    /**
     * The piece is stored.
     *
     * @return whether it was the last one, so that the snapshot is to be loaded
     */
    public boolean stored() {
        offset += storingBytes;
        phase = storingLast ? Phase.LOADING : Phase.RECEIVING;
        return storingLast;
    }

    /** Forgets what was received; false if there was nothing. */
    public boolean clear() {
        boolean any = phase != Phase.NONE;
        phase = Phase.NONE;
        sender = Optional.empty();
        head = Optional.empty();
        offset = 0;
        return any;
    }
}
