package io.muster.raft.core.snapshot;

import io.muster.member.NodeId;
import java.util.ArrayDeque;
import java.util.Optional;

/**
 * The follower's side of one snapshot that comes in pieces. It is resumed where it stopped, as long as the same member sends the same snapshot;
 * another sender's file may have its bytes in another order, so then it begins anew. Pieces that follow each other are taken while those before them are
 * being stored, up to a bound; they are answered when they are stored.
 */
public final class SnapshotReceipt {

    private enum Phase {
        NONE,
        RECEIVING,
        LOADING
    }

    /** What to do with an offered piece. */
    public enum Answer {
        /** Store it, as {@link #storeId} says. */
        STORE,
        /** Tell the sender that {@link #offset} is what is here. */
        TELL_OFFSET,
        /** Nothing: it is known, or there is no time for it now. */
        IGNORE
    }

    /** A piece that is being stored. */
    private record Taken(long id, int bytes, boolean last) {}

    private final long takenBytesMax;
    private final ArrayDeque<Taken> taken = new ArrayDeque<>();
    private long takenBytes;
    private Phase phase = Phase.NONE;
    private Optional<NodeId> sender = Optional.empty();
    private Optional<SnapshotHead> head = Optional.empty();

    /** So many bytes are stored. */
    private long offset;

    /** Rising by one with each piece that is taken. */
    private long storeId;

    /** @param takenBytesMax bound on what is taken and not stored yet; one piece more than that may be */
    public SnapshotReceipt(long takenBytesMax) {
        this.takenBytesMax = takenBytesMax;
    }

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
        if (atOffset < offset || atOffset > offset + takenBytes) {
            return Answer.TELL_OFFSET;
        }
        boolean known = atOffset < offset + takenBytes || (!taken.isEmpty() && taken.getLast().last);
        if (known || takenBytes >= takenBytesMax) {
            return Answer.IGNORE;
        }
        storeId++;
        taken.add(new Taken(storeId, bytes, last));
        takenBytes += bytes;
        return Answer.STORE;
    }

    /** Whether the piece with the id is the next one to be stored. */
    public boolean isStoring(long id) {
        return !taken.isEmpty() && taken.getFirst().id == id;
    }

    /**
     * That piece is stored.
     *
     * @return whether it was the last one, so that the snapshot is to be loaded
     */
    public boolean stored() {
        Taken piece = taken.removeFirst();
        takenBytes -= piece.bytes;
        offset += piece.bytes;
        if (piece.last) {
            phase = Phase.LOADING;
        }
        return piece.last;
    }

    /** Forgets what was received; false if there was nothing. */
    public boolean clear() {
        boolean any = phase != Phase.NONE;
        phase = Phase.NONE;
        sender = Optional.empty();
        head = Optional.empty();
        taken.clear();
        takenBytes = 0;
        offset = 0;
        return any;
    }
}
