package io.muster.raft.wire;

import io.muster.member.ClusterId;
import io.muster.raft.UnknownFormatException;
import io.muster.raft.core.digest.DigestClaim;
import io.muster.raft.core.digest.StateDigest;
import io.muster.raft.core.log.LogEntry;
import io.muster.raft.core.log.Payload;
import io.muster.raft.core.message.PeerMessage;
import io.muster.raft.core.message.PeerMessage.AppendEntries;
import io.muster.raft.core.message.PeerMessage.AppendEntriesReply;
import io.muster.raft.core.message.PeerMessage.InstallSnapshot;
import io.muster.raft.core.message.PeerMessage.InstallSnapshotReply;
import io.muster.raft.core.message.PeerMessage.PreVote;
import io.muster.raft.core.message.PeerMessage.PreVoteReply;
import io.muster.raft.core.message.PeerMessage.ReadIndexReply;
import io.muster.raft.core.message.PeerMessage.ReadIndexRequest;
import io.muster.raft.core.message.PeerMessage.RequestVote;
import io.muster.raft.core.message.PeerMessage.RequestVoteReply;
import io.muster.raft.core.message.PeerMessage.TimeoutNow;
import io.muster.raft.core.snapshot.SnapshotHead;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Peer frames of a group: format version, cluster id, kind, fields. */
public final class PeerCodec {

    /** Of the frame; another one is refused. */
    public static final int FORMAT = 1;

    private static final int REQUEST_VOTE = 1;
    private static final int REQUEST_VOTE_REPLY = 2;
    private static final int APPEND_ENTRIES = 3;
    private static final int APPEND_ENTRIES_REPLY = 4;
    private static final int PRE_VOTE = 5;
    private static final int PRE_VOTE_REPLY = 6;
    private static final int INSTALL_SNAPSHOT = 7;
    private static final int INSTALL_SNAPSHOT_REPLY = 8;
    private static final int READ_INDEX_REQUEST = 9;
    private static final int READ_INDEX_REPLY = 10;
    private static final int TIMEOUT_NOW = 11;

    /** The same with one field more at its end. */
    private static final int APPEND_ENTRIES_SINCE_RESET = 12;

    private static final int FIXED_BYTES_MAX = 192;

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
            throw new UnknownFormatException("frame", format, FORMAT);
        }
        ClusterId clusterId = reader.getClusterId();
        int kind = reader.getByte();
        PeerMessage message = switch (kind) {
            case REQUEST_VOTE -> new RequestVote(reader.getLong(), reader.getLong(), reader.getLong(), flag(reader));
            case REQUEST_VOTE_REPLY -> new RequestVoteReply(reader.getLong(), flag(reader));
            case APPEND_ENTRIES -> appendEntries(reader);
            case APPEND_ENTRIES_SINCE_RESET -> appendEntries(reader).sinceReset(reader.getLong());
            case APPEND_ENTRIES_REPLY -> appendEntriesReply(reader);
            case PRE_VOTE -> new PreVote(reader.getLong(), reader.getLong(), reader.getLong(), reader.getLong());
            case PRE_VOTE_REPLY -> new PreVoteReply(reader.getLong(), flag(reader), reader.getLong());
            case INSTALL_SNAPSHOT -> installSnapshot(reader);
            case INSTALL_SNAPSHOT_REPLY ->
                new InstallSnapshotReply(reader.getLong(), reader.getLong(), reader.getLong(), flag(reader));
            case READ_INDEX_REQUEST -> new ReadIndexRequest(reader.getLong(), reader.getLong(), reader.getLong());
            case READ_INDEX_REPLY ->
                new ReadIndexReply(
                        reader.getLong(), reader.getLong(), reader.getLong(), flag(reader), reader.getLong());
            case TIMEOUT_NOW -> new TimeoutNow(reader.getLong());
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
        Optional<StateDigest> digest = digest(reader);
        Optional<DigestClaim> claim =
                digest.isEmpty() ? Optional.empty() : Optional.of(new DigestClaim(digest.get(), flag(reader)));
        int count = reader.getCount(ENTRY_BYTES_MIN);
        List<LogEntry> entries = new ArrayList<>(count);
        for (int i = 1; i <= count; i++) {
            long entryTerm = reader.getLong();
            Payload payload = PayloadCodec.read(reader, reader.getInt());
            entries.add(new LogEntry(prevLogIndex + i, entryTerm, payload));
        }
        return new AppendEntries(term, prevLogIndex, prevLogTerm, entries, leaderCommit, round, claim);
    }

    private static AppendEntriesReply appendEntriesReply(ByteReader reader) {
        return new AppendEntriesReply(
                reader.getLong(),
                flag(reader),
                reader.getLong(),
                reader.getLong(),
                reader.getLong(),
                reader.getLong(),
                digest(reader));
    }

    private static InstallSnapshot installSnapshot(ByteReader reader) {
        long term = reader.getLong();
        SnapshotHead head =
                new SnapshotHead(reader.getLong(), reader.getLong(), PayloadCodec.readConfiguration(reader));
        long offset = reader.getLong();
        if (offset < 0) {
            throw reader.malformed("offset " + offset);
        }
        boolean last = flag(reader);
        return new InstallSnapshot(term, head, offset, reader.getBytes(), last);
    }

    private static Optional<StateDigest> digest(ByteReader reader) {
        if (!flag(reader)) {
            return Optional.empty();
        }
        return Optional.of(new StateDigest(reader.getLong(), reader.getText()));
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
        public byte[] preVote(PreVote message) {
            return begin(PRE_VOTE, 0)
                    .putLong(message.term())
                    .putLong(message.lastLogIndex())
                    .putLong(message.lastLogTerm())
                    .putLong(message.attempt())
                    .toBytes();
        }

        @Override
        public byte[] preVoteReply(PreVoteReply message) {
            ByteWriter writer = begin(PRE_VOTE_REPLY, 0).putLong(message.term());
            return flag(writer, message.granted()).putLong(message.attempt()).toBytes();
        }

        @Override
        public byte[] requestVote(RequestVote message) {
            ByteWriter writer = begin(REQUEST_VOTE, 0)
                    .putLong(message.term())
                    .putLong(message.lastLogIndex())
                    .putLong(message.lastLogTerm());
            return flag(writer, message.transfer()).toBytes();
        }

        @Override
        public byte[] requestVoteReply(RequestVoteReply message) {
            return flag(begin(REQUEST_VOTE_REPLY, 0).putLong(message.term()), message.granted())
                    .toBytes();
        }

        @Override
        public byte[] appendEntries(AppendEntries message) {
            int entryBytes = message.entries().stream()
                    .mapToInt(entry -> ENTRY_BYTES_MIN + PayloadCodec.size(entry.payload()))
                    .sum();
            int kind = message.resetTerm() == 0 ? APPEND_ENTRIES : APPEND_ENTRIES_SINCE_RESET;
            ByteWriter writer = begin(kind, entryBytes)
                    .putLong(message.term())
                    .putLong(message.prevLogIndex())
                    .putLong(message.prevLogTerm())
                    .putLong(message.leaderCommit())
                    .putLong(message.round());
            digest(writer, message.digest().map(DigestClaim::digest));
            message.digest().ifPresent(claim -> flag(writer, claim.majorityAgrees()));
            writer.putInt(message.entries().size());
            for (LogEntry entry : message.entries()) {
                writer.putLong(entry.term()).putInt(PayloadCodec.size(entry.payload()));
                PayloadCodec.write(entry.payload(), writer);
            }
            if (kind == APPEND_ENTRIES_SINCE_RESET) {
                writer.putLong(message.resetTerm());
            }
            return writer.toBytes();
        }

        @Override
        public byte[] appendEntriesReply(AppendEntriesReply message) {
            ByteWriter writer = begin(APPEND_ENTRIES_REPLY, 0).putLong(message.term());
            flag(writer, message.success())
                    .putLong(message.index())
                    .putLong(message.hintIndex())
                    .putLong(message.hintTerm())
                    .putLong(message.round());
            return digest(writer, message.digest()).toBytes();
        }

        @Override
        public byte[] installSnapshot(InstallSnapshot message) {
            SnapshotHead head = message.head();
            int size = PayloadCodec.configurationSize(head.configuration()) + message.bytes().length;
            ByteWriter writer = begin(INSTALL_SNAPSHOT, size)
                    .putLong(message.term())
                    .putLong(head.index())
                    .putLong(head.term());
            PayloadCodec.writeConfiguration(head.configuration(), writer);
            return flag(writer.putLong(message.offset()), message.last())
                    .putBytes(message.bytes())
                    .toBytes();
        }

        @Override
        public byte[] installSnapshotReply(InstallSnapshotReply message) {
            ByteWriter writer = begin(INSTALL_SNAPSHOT_REPLY, 0)
                    .putLong(message.term())
                    .putLong(message.index())
                    .putLong(message.offset());
            return flag(writer, message.installed()).toBytes();
        }

        @Override
        public byte[] readIndexRequest(ReadIndexRequest message) {
            return begin(READ_INDEX_REQUEST, 0)
                    .putLong(message.term())
                    .putLong(message.session())
                    .putLong(message.request())
                    .toBytes();
        }

        @Override
        public byte[] readIndexReply(ReadIndexReply message) {
            ByteWriter writer = begin(READ_INDEX_REPLY, 0)
                    .putLong(message.term())
                    .putLong(message.session())
                    .putLong(message.request());
            return flag(writer, message.granted()).putLong(message.index()).toBytes();
        }

        @Override
        public byte[] timeoutNow(TimeoutNow message) {
            return begin(TIMEOUT_NOW, 0).putLong(message.term()).toBytes();
        }

        private static ByteWriter flag(ByteWriter writer, boolean value) {
            return writer.putByte(value ? 1 : 0);
        }

        private static ByteWriter digest(ByteWriter writer, Optional<StateDigest> digest) {
            flag(writer, digest.isPresent());
            digest.ifPresent(present -> writer.putLong(present.index()).putText(present.digest()));
            return writer;
        }

        private ByteWriter begin(int kind, int variableBytes) {
            return new ByteWriter(FIXED_BYTES_MAX + variableBytes)
                    .putByte(FORMAT)
                    .putClusterId(clusterId)
                    .putByte(kind);
        }
    }
}
