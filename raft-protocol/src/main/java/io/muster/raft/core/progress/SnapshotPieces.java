package io.muster.raft.core.progress;

/**
 * The pieces of one snapshot on their way to one member, by their offsets in it. They follow each other without waiting for answers, as far as a window in
 * bytes goes; one piece always fits. The window opens from one piece, twice as wide with each round trip. What is not answered in time goes again from
 * where the member stands, one piece first; and where more than one was allowed, the window stays below what was too much: for a slow link, or a member that
 * takes one piece at a time, that is one piece in the end.
 */
final class SnapshotPieces {

    private final long index;
    private final long bytesMax;

    /** The member has all before. */
    private long storedOffset;

    /** Where the next piece begins. */
    private long nextOffset;

    /** Whether the driver is at sending a piece and has not said yet how long it was. */
    private boolean sending;

    /** Whether the last piece is on its way. */
    private boolean lastSent;

    private long longestPiece;
    private long windowBytes = 1;
    private long ceilingBytes;

    /** Whether anything came back since something was lost: silence says nothing about the window. */
    private boolean answered;

    /** @param bytesMax bound on the window; one piece more than that may be on its way */
    SnapshotPieces(long index, long bytesMax) {
        this.index = index;
        this.bytesMax = bytesMax;
        this.ceilingBytes = bytesMax;
    }

    /** Of the snapshot. */
    long index() {
        return index;
    }

    /** Whether the member takes pieces: something has come back since the last loss. */
    boolean areTaken() {
        return answered;
    }

    long nextOffset() {
        return nextOffset;
    }

    long onTheirWayBytes() {
        return nextOffset - storedOffset;
    }

    boolean maySend() {
        return !sending && !lastSent && (nextOffset == storedOffset || onTheirWayBytes() < windowBytes);
    }

    /** The driver is asked for the piece at nextOffset. */
    void sending() {
        sending = true;
    }

    /** @param offset of the piece that was sent; if the transfer has moved since, it counts as lost */
    void sent(long offset, int bytes, boolean last) {
        sending = false;
        if (offset == nextOffset) {
            nextOffset += bytes;
            longestPiece = Math.max(longestPiece, bytes);
            lastSent = last;
        }
    }

    /**
     * The member says how much it has. Less than is known is a late answer, or it has lost what it had and may have some of it again from pieces that came
     * late: believed where it has nothing, and where nothing new has come back since the last loss. Should that be a late answer, its next one sets it right.
     *
     * @return false if that is known, or a late answer
     */
    boolean stored(long offset) {
        if (offset < storedOffset && (offset == 0 || !answered)) {
            ceilingBytes = bytesMax;
            goBackTo(offset);
            return true;
        }
        if (offset <= storedOffset) {
            return false;
        }
        windowBytes = Math.min(ceilingBytes, windowBytes + (offset - storedOffset));
        answered = true;
        storedOffset = offset;
        if (nextOffset < offset) {
            nextOffset = offset;
            lastSent = false;
        }
        return true;
    }

    /** What is on its way counts as lost. */
    void lost() {
        if (answered && windowBytes > longestPiece) {
            ceilingBytes = Math.max(1, windowBytes / 2);
        }
        goBackTo(storedOffset);
    }

    private void goBackTo(long offset) {
        storedOffset = offset;
        nextOffset = offset;
        lastSent = false;
        windowBytes = 1;
        answered = false;
    }
}
