package io.muster.raft.wire;

import io.muster.member.ClusterId;
import io.muster.raft.UnknownFormatException;
import io.muster.raft.core.founding.FoundingMessage;
import io.muster.raft.core.founding.FoundingMessage.Answer;
import io.muster.raft.core.founding.FoundingMessage.Ask;
import io.muster.raft.core.founding.FoundingMessage.PromiseReply;
import io.muster.raft.core.founding.FoundingMessage.PromiseRequest;
import io.muster.raft.core.founding.MemberList;
import io.muster.raft.core.founding.Promise;
import io.muster.raft.core.founding.Standing;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Frames of nodes of which some belong to no cluster: as {@link PeerCodec}'s, with zeros in the place of the cluster id, and kinds of their own. They share
 * one lane; {@link #isFounding} tells them apart.
 */
public final class FoundingCodec {

    private static final int ASK = 32;
    private static final int ANSWER = 33;
    private static final int PROMISE_REQUEST = 34;
    private static final int PROMISE_REPLY = 35;
    private static final int KIND_OFFSET = 1 + 2 * Long.BYTES;
    private static final int FIXED_BYTES_MAX = 160;
    private static final ClusterId NONE = new ClusterId(0, 0);

    private FoundingCodec() {}

    /** Whether the frame says that it is of this kind; it may still be malformed. */
    public static boolean isFounding(byte[] frame) {
        return frame.length > KIND_OFFSET && frame[KIND_OFFSET] >= ASK && frame[KIND_OFFSET] <= PROMISE_REPLY;
    }

    public static byte[] encode(FoundingMessage message) {
        return message.accept(new Encoder()).toBytes();
    }

    /** @throws IllegalArgumentException if it is no such frame */
    public static FoundingMessage decode(byte[] frame) {
        ByteReader reader = new ByteReader(frame);
        int format = reader.getByte();
        if (format != PeerCodec.FORMAT) {
            throw new UnknownFormatException("frame", format, PeerCodec.FORMAT);
        }
        if (!reader.getClusterId().equals(NONE)) {
            throw reader.malformed("a founding frame with a cluster id");
        }
        int kind = reader.getByte();
        FoundingMessage message = switch (kind) {
            case ASK -> new Ask(reader.getLong());
            case ANSWER -> answer(reader);
            case PROMISE_REQUEST -> new PromiseRequest(reader.getLong(), names(reader));
            case PROMISE_REPLY -> new PromiseReply(reader.getLong());
            default -> throw reader.malformed("unknown kind of message " + kind);
        };
        reader.end();
        return message;
    }

    private static Answer answer(ByteReader reader) {
        long question = reader.getLong();
        Optional<ClusterId> clusterId = flag(reader) ? Optional.of(reader.getClusterId()) : Optional.empty();
        Standing standing = new Standing(clusterId, flag(reader), flag(reader), reader.getInt(), flag(reader));
        List<String> names = names(reader);
        Optional<Promise> promise =
                flag(reader) ? Optional.of(new Promise(reader.getNodeId(), reader.getLong())) : Optional.empty();
        Optional<Long> attempt = flag(reader) ? Optional.of(reader.getLong()) : Optional.empty();
        return new Answer(question, standing, names, promise, attempt);
    }

    private static List<String> names(ByteReader reader) {
        int count = reader.getCount(Integer.BYTES);
        if (count > MemberList.MEMBERS_MAX) {
            throw reader.malformed("a list of " + count + " members");
        }
        List<String> names = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            names.add(reader.getText());
        }
        return names;
    }

    private static boolean flag(ByteReader reader) {
        int value = reader.getByte();
        if (value != 0 && value != 1) {
            throw reader.malformed("a flag of " + value);
        }
        return value == 1;
    }

    private static final class Encoder implements FoundingMessage.Visitor<ByteWriter> {

        @Override
        public ByteWriter ask(Ask message) {
            return begin(ASK).putLong(message.question());
        }

        @Override
        public ByteWriter answer(Answer message) {
            Standing standing = message.standing();
            ByteWriter writer = begin(ANSWER).putLong(message.question());
            flag(writer, standing.clusterId().isPresent());
            standing.clusterId().ifPresent(writer::putClusterId);
            flag(writer, standing.setAside());
            flag(writer, standing.voter()).putInt(standing.voterCount());
            flag(writer, standing.clientEntries());
            names(writer, message.names());
            flag(writer, message.promise().isPresent());
            message.promise()
                    .ifPresent(promise -> writer.putNodeId(promise.founder()).putLong(promise.attempt()));
            flag(writer, message.attempt().isPresent());
            message.attempt().ifPresent(writer::putLong);
            return writer;
        }

        @Override
        public ByteWriter promiseRequest(PromiseRequest message) {
            return names(begin(PROMISE_REQUEST).putLong(message.attempt()), message.names());
        }

        @Override
        public ByteWriter promiseReply(PromiseReply message) {
            return begin(PROMISE_REPLY).putLong(message.attempt());
        }

        private static ByteWriter names(ByteWriter writer, List<String> names) {
            writer.putInt(names.size());
            names.forEach(writer::putText);
            return writer;
        }

        private static ByteWriter flag(ByteWriter writer, boolean value) {
            return writer.putByte(value ? 1 : 0);
        }

        private static ByteWriter begin(int kind) {
            return new ByteWriter(FIXED_BYTES_MAX)
                    .putByte(PeerCodec.FORMAT)
                    .putClusterId(NONE)
                    .putByte(kind);
        }
    }
}
