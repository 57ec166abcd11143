package io.muster.raft.wire;

import io.muster.member.ClusterId;
import io.muster.raft.UnknownFormatException;
import io.muster.raft.wire.ForwardMessage.Numbered;
import io.muster.raft.wire.ForwardMessage.Reason;
import io.muster.raft.wire.ForwardMessage.Refusal;
import io.muster.raft.wire.ForwardMessage.Request;
import java.util.ArrayList;
import java.util.List;

/** Frames of {@link ForwardMessage}: as {@link PeerCodec}'s, with kinds of their own. They share one lane; {@link #isForward} tells them apart. */
public final class ForwardCodec {

    private static final int REQUEST = 48;
    private static final int REFUSAL = 49;
    private static final int KIND_OFFSET = 1 + 2 * Long.BYTES;
    private static final int FIXED_BYTES_MAX = 96;

    /** What each command takes beside its bytes. */
    public static final int COMMAND_FIXED_BYTES = Long.BYTES + Integer.BYTES;

    /** A decoded frame: which cluster the sender belongs to, and what it says. */
    public record Frame(ClusterId clusterId, ForwardMessage message) {}

    private ForwardCodec() {}

    /** Whether the frame says that it is of this kind; it may still be malformed. */
    public static boolean isForward(byte[] frame) {
        return frame.length > KIND_OFFSET && (frame[KIND_OFFSET] == REQUEST || frame[KIND_OFFSET] == REFUSAL);
    }

    public static byte[] encode(ClusterId clusterId, ForwardMessage message) {
        if (message instanceof Request request) {
            int bytes = FIXED_BYTES_MAX;
            for (Numbered command : request.commands()) {
                bytes += COMMAND_FIXED_BYTES + command.bytes().length;
            }
            ByteWriter writer = begin(clusterId, REQUEST, bytes, message);
            writer.putInt(request.commands().size());
            request.commands()
                    .forEach(command -> writer.putLong(command.number()).putBytes(command.bytes()));
            return writer.toBytes();
        }
        Refusal refusal = (Refusal) message;
        return begin(clusterId, REFUSAL, FIXED_BYTES_MAX, message)
                .putLong(refusal.number())
                .putByte(refusal.reason().code())
                .putText(refusal.text())
                .toBytes();
    }

    private static ByteWriter begin(ClusterId clusterId, int kind, int sizeExpected, ForwardMessage message) {
        return new ByteWriter(sizeExpected)
                .putByte(PeerCodec.FORMAT)
                .putClusterId(clusterId)
                .putByte(kind)
                .putLong(message.term())
                .putLong(message.run());
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
        long term = reader.getLong();
        long run = reader.getLong();
        ForwardMessage message = switch (kind) {
            case REQUEST -> new Request(term, run, commands(reader));
            case REFUSAL -> new Refusal(term, run, reader.getLong(), reason(reader), reader.getText());
            default -> throw reader.malformed("unknown kind of message " + kind);
        };
        reader.end();
        return new Frame(clusterId, message);
    }

    private static List<Numbered> commands(ByteReader reader) {
        int count = reader.getCount(COMMAND_FIXED_BYTES);
        List<Numbered> commands = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            commands.add(new Numbered(reader.getLong(), reader.getBytes()));
        }
        return commands;
    }

    /** A reason that a later version has is a refusal all the same, and its text says more. */
    private static Reason reason(ByteReader reader) {
        return Reason.of(reader.getByte()).orElse(Reason.NOT_READY);
    }
}
