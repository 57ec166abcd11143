package io.muster.raft.storage;

import io.muster.consistency.FormatInForce;
import io.muster.member.ClusterId;
import io.muster.member.NodeId;
import io.muster.raft.UnknownFormatException;
import io.muster.raft.wire.ByteReader;
import io.muster.raft.wire.ByteWriter;
import java.util.Arrays;
import java.util.Optional;

/**
 * The head of a segment file. It is written together with the segment's first batch, and never again.
 *
 * @param format the newest one that was in force when the segment was begun, which is one of any record in it (R32): so a build that does not know the format says
 *     that at the head of the file, and does not come upon a record that it takes for damaged
 * @param sequence of the segment, as in its name
 * @param nodeId whose log it is
 * @param clusterId empty in segments that were begun before the node knew its cluster
 * @param lastIndexBefore last index of the log when the segment was begun
 * @param endBefore where the records of the segment before end; 0 if there was none
 * @param crcBefore checksum of the last record before; 0 if there was none
 */
record SegmentHeader(
        int format,
        long sequence,
        NodeId nodeId,
        Optional<ClusterId> clusterId,
        long lastIndexBefore,
        int endBefore,
        int crcBefore) {

    /** Room for header and marks; the first record begins here. A multiple of any sector size. */
    static final int BYTES = 4096;

    private static final long MAGIC = 0x4d55535445524c47L; // "MUSTERLG"
    static final int CONTENT_BYTES = 8 + 4 + 8 + 16 + 1 + 16 + 8 + 4 + 4;
    private static final ClusterId NO_CLUSTER = new ClusterId(0, 0);

    /** The same, if it is not written yet. */
    SegmentHeader withFormat(int newest) {
        return new SegmentHeader(newest, sequence, nodeId, clusterId, lastIndexBefore, endBefore, crcBefore);
    }

    /** The whole head with no mark yet. */
    byte[] encode(Checksum checksum) {
        ByteWriter writer = new ByteWriter(BYTES);
        writer.putLong(MAGIC).putInt(format).putLong(sequence).putNodeId(nodeId);
        writer.putByte(clusterId.isPresent() ? 1 : 0).putClusterId(clusterId.orElse(NO_CLUSTER));
        writer.putLong(lastIndexBefore).putInt(endBefore).putInt(crcBefore);
        byte[] head = Arrays.copyOf(writer.toBytes(), BYTES);
        byte[] crc = new ByteWriter(Integer.BYTES)
                .putInt(checksum.of(head, 0, CONTENT_BYTES))
                .toBytes();
        System.arraycopy(crc, 0, head, CONTENT_BYTES, crc.length);
        return head;
    }

    /** Checksum of the header, which the first record's chain begins with. */
    static int crc(byte[] segment) {
        return new ByteReader(segment, CONTENT_BYTES, Integer.BYTES).getInt();
    }

    /**
     * Later formats keep magic, format and checksum where they are, so that damage and a format of the future can be told apart.
     *
     * @throws UnknownFormatException for a sound header of a later format
     * @throws IllegalArgumentException if the segment does not begin with a sound header
     */
    static SegmentHeader decode(byte[] segment, Checksum checksum) {
        ByteReader reader = new ByteReader(segment, 0, Math.min(segment.length, BYTES));
        if (reader.remaining() < BYTES) {
            throw reader.malformed("the file ends inside its header");
        }
        if (reader.getLong() != MAGIC) {
            throw reader.malformed("not a log segment");
        }
        int format = reader.getInt();
        if (!checksum.matches(crc(segment), segment, 0, CONTENT_BYTES)) {
            throw reader.malformed("the header's checksum is wrong");
        }
        if (format < FormatInForce.FIRST || format > FormatInForce.NEWEST) {
            throw new UnknownFormatException("log", format, FormatInForce.NEWEST);
        }
        long sequence = reader.getLong();
        NodeId nodeId = reader.getNodeId();
        boolean inCluster = reader.getByte() == 1;
        ClusterId clusterId = reader.getClusterId();
        return new SegmentHeader(
                format,
                sequence,
                nodeId,
                inCluster ? Optional.of(clusterId) : Optional.empty(),
                reader.getLong(),
                reader.getInt(),
                reader.getInt());
    }
}
