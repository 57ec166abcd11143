package io.muster.raft.wire;

import io.muster.member.ClusterId;
import io.muster.raft.UnknownFormatException;
import io.muster.raft.core.snapshot.SnapshotHead;
import io.muster.raft.wire.RepairMessage.Ask;
import io.muster.raft.wire.RepairMessage.Piece;

/** Frames of {@link RepairMessage}: as {@link PeerCodec}'s, with kinds of their own. They share one lane; {@link #isRepair} tells them apart. */
public final class RepairCodec {

    private static final int ASK = 64;
    private static final int PIECE = 65;
    private static final int KIND_OFFSET = 1 + 2 * Long.BYTES;
    private static final int FIXED_BYTES_MAX = 128;

    /** A decoded frame: which cluster the sender belongs to, and what it says. */
    public record Frame(ClusterId clusterId, RepairMessage message) {}

    private RepairCodec() {}

    /** Whether the frame says that it is of this kind; it may still be malformed. */
    public static boolean isRepair(byte[] frame) {
        return frame.length > KIND_OFFSET && (frame[KIND_OFFSET] == ASK || frame[KIND_OFFSET] == PIECE);
    }

    public static byte[] encode(ClusterId clusterId, RepairMessage message) {
        if (message instanceof Ask ask) {
            return begin(clusterId, ASK, 0)
                    .putLong(ask.minIndex())
                    .putLong(ask.index())
                    .putLong(ask.offset())
                    .toBytes();
        }
        Piece piece = (Piece) message;
        SnapshotHead head = piece.head();
        int size = PayloadCodec.configurationSize(head.configuration()) + piece.bytes().length;
        ByteWriter writer = begin(clusterId, PIECE, size).putLong(head.index()).putLong(head.term());
        PayloadCodec.writeConfiguration(head.configuration(), writer);
        return writer.putLong(piece.offset())
                .putByte(piece.last() ? 1 : 0)
                .putBytes(piece.bytes())
                .toBytes();
    }

    private static ByteWriter begin(ClusterId clusterId, int kind, int variableBytes) {
        return new ByteWriter(FIXED_BYTES_MAX + variableBytes)
                .putByte(PeerCodec.FORMAT)
                .putClusterId(clusterId)
                .putByte(kind);
    }

    /** @throws IllegalArgumentException if it is no such frame */
    public static Frame decode(byte[] frame) {
        ByteReader reader = new ByteReader(frame);
        int format = reader.getByte();
        if (format != PeerCodec.FORMAT) {
            throw new UnknownFormatException("frame", format, PeerCodec.FORMAT);
        }
        ClusterId clusterId = reader.getClusterId();
        int kind = reader.getByte();
        RepairMessage message = switch (kind) {
            case ASK -> new Ask(reader.getLong(), reader.getLong(), reader.getLong());
            case PIECE -> piece(reader);
            default -> throw reader.malformed("unknown kind of message " + kind);
        };
        reader.end();
        return new Frame(clusterId, message);
    }

    private static Piece piece(ByteReader reader) {
        SnapshotHead head =
                new SnapshotHead(reader.getLong(), reader.getLong(), PayloadCodec.readConfiguration(reader));
        long offset = reader.getLong();
        int last = reader.getByte();
        if (offset < 0 || last < 0 || last > 1) {
            throw reader.malformed("offset " + offset + ", flag " + last);
        }
        return new Piece(head, offset, reader.getBytes(), last == 1);
    }
}
