package io.muster.raft.storage;

import io.muster.member.ClusterId;
import io.muster.member.NodeId;
import java.util.Optional;

/** The segment that takes the next batch, and how far it is filled. */
final class OpenSegment {

    /**
     * The end of a segment that commands may not use, unless the next segment stands ready: so that a full disk can still store a vote (design §4) or the
     * first entry of a term, some three hundred of them.
     */
    static final int VOTE_ROOM_BYTES = 16 << 10;

    private final long sequence;
    private final long length;

    /** As its header has it, or will have it: no record of a later one is to stand in it. */
    private int format;

    /** Where the next record goes; 0: nothing is in it, not even the header. */
    private int end;

    /** Checksum of the last record. */
    private int crc;

    private long markNumber;

    OpenSegment(int format, long sequence, long length, int end, int crc, long markNumber) {
        this.format = format;
        this.sequence = sequence;
        this.length = length;
        this.end = end;
        this.crc = crc;
        this.markNumber = markNumber;
    }

    /** The segment that follows this one, empty. */
    OpenSegment next(long itsLength) {
        return new OpenSegment(format, sequence + 1, itsLength, 0, 0, 0);
    }

    /** The header of the segment that follows this one. */
    SegmentHeader headerOfNext(NodeId node, Optional<ClusterId> clusterId, long lastIndex) {
        return new SegmentHeader(format, sequence + 1, node, clusterId, lastIndex, end, crc);
    }

    /** Whether a record of the format may stand in it; where nothing is in it yet, the header tells. */
    boolean takes(int formatOfRecord) {
        return formatOfRecord <= format || end == 0;
    }

    int format() {
        return format;
    }

    /** Its header, which is about to be written, will have this format. */
    void raise(int formatOfHeader) {
        format = Math.max(format, formatOfHeader);
    }

    String file() {
        return StorageFiles.segment(sequence);
    }

    long sequence() {
        return sequence;
    }

    long length() {
        return length;
    }

    int end() {
        return end;
    }

    int crc() {
        return crc;
    }

    /** Whether so many bytes fit; if they hold commands, without the room for votes. */
    boolean fits(long bytes, boolean commands) {
        int from = end == 0 ? SegmentHeader.BYTES : end;
        return from + bytes + (commands ? VOTE_ROOM_BYTES : 0) <= length;
    }

    void written(int newEnd, int newCrc) {
        end = newEnd;
        crc = newCrc;
    }

    /** The mark for the present end; each call gives a mark of its own. */
    SyncMark nextMark() {
        markNumber++;
        return new SyncMark(markNumber, end);
    }
}
