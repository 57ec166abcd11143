package io.muster.raft.wire;

import io.muster.member.ClusterId;
import io.muster.raft.core.log.LogEntry;
import io.muster.raft.core.log.Payload;
import io.muster.raft.core.message.PeerMessage;
import io.muster.raft.core.message.PeerMessage.AppendEntries;
import io.muster.raft.core.message.PeerMessage.AppendEntriesReply;
import io.muster.raft.core.message.PeerMessage.RequestVote;
import io.muster.raft.core.message.PeerMessage.RequestVoteReply;
import java.util.ArrayList;
import java.util.List;

/** Peer frames: format version, cluster id, kind, fields. */
public final class PeerCodec {

    /** Of the frame; another one is refused. */
    public static final int FORMAT = 1;

    private static final int REQUEST_VOTE = 1;
    private static final int REQUEST_VOTE_REPLY = 2;
    private static final int APPEND_ENTRIES = 3;
    private static final int APPEND_ENTRIES_REPLY = 4;
    private static final int FIXED_BYTES_MAX = 96;

    /** Term, payload length, and a payload of one byte. */
    private static final int ENTRY_BYTES_MIN = Long.BYTES + Integer.BYTES + 1;

    /** A decoded frame: which cluster the sender belongs to, and what it says. */
    public record Frame(ClusterId clusterId, PeerMessage message) {}

    private PeerCodec() {}

    public static byte[] encode(ClusterId clusterId, PeerMessage message) {
        return message.accept(new Encoder(clusterId));
    }

    /** @throws IllegalArgumentException if it is no such frame */
    public static Frame decode(byte[] bytes) {
        ByteReader reader = new ByteReader(bytes);
        int format = reader.getByte();
        if (format != FORMAT) {
            throw reader.malformed("format " + format + " where " + FORMAT + " is known");
        }
        ClusterId clusterId = reader.getClusterId();
        int kind = reader.getByte();
        PeerMessage message = switch (kind) {
            case REQUEST_VOTE -> new RequestVote(reader.getLong(), reader.getLong(), reader.getLong());
            case REQUEST_VOTE_REPLY -> new RequestVoteReply(reader.getLong(), flag(reader));
            case APPEND_ENTRIES -> appendEntries(reader);
            case APPEND_ENTRIES_REPLY ->
                new AppendEntriesReply(reader.getLong(), flag(reader), reader.getLong(), reader.getLong());
            default -> throw reader.malformed("unknown kind of message " + kind);
        };
        reader.end();
        return new Frame(clusterId, message);
    }

    private static AppendEntries appendEntries(ByteReader reader) {
        long term = reader.getLong();
        long prevLogIndex = reader.getLong();
        long prevLogTerm = reader.getLong();
        long leaderCommit = reader.getLong();
        long round = reader.getLong();
        if (prevLogIndex < 0 || prevLogIndex > Long.MAX_VALUE / 2) {
            throw reader.malformed("prevLogIndex " + prevLogIndex);
        }
        int count = reader.getCount(ENTRY_BYTES_MIN);
        List<LogEntry> entries = new ArrayList<>(count);
        for (int i = 1; i <= count; i++) {
            long entryTerm = reader.getLong();
            Payload payload = PayloadCodec.read(reader, reader.getInt());
            entries.add(new LogEntry(prevLogIndex + i, entryTerm, payload));
        }
        return new AppendEntries(term, prevLogIndex, prevLogTerm, entries, leaderCommit, round);
    }

    private static boolean flag(ByteReader reader) {
        int value = reader.getByte();
        if (value != 0 && value != 1) {
            throw reader.malformed("a flag of " + value);
        }
        return value == 1;
    }

    private record Encoder(ClusterId clusterId) implements PeerMessage.Visitor<byte[]> {

        @Override
        public byte[] requestVote(RequestVote message) {
            return begin(REQUEST_VOTE, 0)
                    .putLong(message.term())
                    .putLong(message.lastLogIndex())
                    .putLong(message.lastLogTerm())
                    .toBytes();
        }

        @Override
        public byte[] requestVoteReply(RequestVoteReply message) {
            return begin(REQUEST_VOTE_REPLY, 0)
                    .putLong(message.term())
                    .putByte(message.granted() ? 1 : 0)
                    .toBytes();
        }

        @Override
        public byte[] appendEntries(AppendEntries message) {
            int entryBytes = message.entries().stream()
                    .mapToInt(entry -> ENTRY_BYTES_MIN + PayloadCodec.size(entry.payload()))
                    .sum();
            ByteWriter writer = begin(APPEND_ENTRIES, entryBytes)
                    .putLong(message.term())
                    .putLong(message.prevLogIndex())
                    .putLong(message.prevLogTerm())
                    .putLong(message.leaderCommit())
                    .putLong(message.round())
                    .putInt(message.entries().size());
            for (LogEntry entry : message.entries()) {
                writer.putLong(entry.term()).putInt(PayloadCodec.size(entry.payload()));
                PayloadCodec.write(entry.payload(), writer);
            }
            return writer.toBytes();
        }

        @Override
        public byte[] appendEntriesReply(AppendEntriesReply message) {
            return begin(APPEND_ENTRIES_REPLY, 0)
                    .putLong(message.term())
                    .putByte(message.success() ? 1 : 0)
                    .putLong(message.index())
                    .putLong(message.round())
                    .toBytes();
        }

        private ByteWriter begin(int kind, int moreBytes) {
            return new ByteWriter(FIXED_BYTES_MAX + moreBytes)
                    .putByte(FORMAT)
                    .putClusterId(clusterId)
                    .putByte(kind);
        }
    }
}
