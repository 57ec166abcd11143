package io.muster.raft.storage;

import io.muster.member.NodeId;
import io.muster.raft.core.HardState;
import io.muster.raft.core.log.LogEntry;
import io.muster.raft.core.log.Payload;
import io.muster.raft.wire.ByteReader;
import io.muster.raft.wire.ByteWriter;
import io.muster.raft.wire.PayloadCodec;
import java.util.Optional;

/** One record of a segment, the content of one {@link Frame}: a type and its fields. */
sealed interface LogRecord {

    int TYPE_HARD_STATE = 1;
    int TYPE_ENTRY = 2;
    int TYPE_RESET = 3;

    /** What a hard state takes, frame included. */
    int HARD_STATE_BYTES = Frame.HEAD_BYTES + 1 + Long.BYTES + 1 + 2 * Long.BYTES + Long.BYTES;

    /** What an entry takes beside its payload, frame included. */
    int ENTRY_FIXED_BYTES = Frame.HEAD_BYTES + 1 + 2 * Long.BYTES;

    /** Term, vote and commit index as of here. */
    record State(HardState hardState) implements LogRecord {}

    /** An entry; one whose index is not above the last takes the place of that entry and all after it. */
    record Entry(LogEntry entry) implements LogRecord {}

    /** What a reset takes, frame included. */
    int RESET_BYTES = Frame.HEAD_BYTES + 1 + Long.BYTES;

    /**
     * A snapshot that was received takes the place of all entries before this record, if it is there: the log goes on behind its index. Without it the
     * record means nothing, since it is stored before the snapshot gets its name.
     */
    record Reset(long snapshotIndex) implements LogRecord {}

    /** What an entry takes, frame included. */
    static int size(LogEntry entry) {
        return ENTRY_FIXED_BYTES + PayloadCodec.size(entry.payload());
    }

    static void write(HardState state, ByteWriter writer) {
        NodeId vote = state.votedFor().orElse(new NodeId(0, 0));
        writer.putByte(TYPE_HARD_STATE).putLong(state.term());
        writer.putByte(state.votedFor().isPresent() ? 1 : 0).putNodeId(vote);
        writer.putLong(state.commitIndex());
    }

    static void write(LogEntry entry, ByteWriter writer) {
        writer.putByte(TYPE_ENTRY).putLong(entry.index()).putLong(entry.term());
        PayloadCodec.write(entry.payload(), writer);
    }

    static void write(Reset reset, ByteWriter writer) {
        writer.putByte(TYPE_RESET).putLong(reset.snapshotIndex());
    }

    /** Reads a record that takes the reader to its end. */
    static LogRecord read(ByteReader reader) {
        int type = reader.getByte();
        LogRecord record = switch (type) {
            case TYPE_HARD_STATE -> {
                long term = reader.getLong();
                boolean voted = reader.getByte() == 1;
                NodeId vote = reader.getNodeId();
                Optional<NodeId> votedFor = voted ? Optional.of(vote) : Optional.empty();
                yield new State(new HardState(term, votedFor, reader.getLong()));
            }
            case TYPE_ENTRY -> {
                long index = reader.getLong();
                long term = reader.getLong();
                Payload payload = PayloadCodec.read(reader, reader.remaining());
                yield new Entry(new LogEntry(index, term, payload));
            }
            case TYPE_RESET -> new Reset(reader.getLong());
            default -> throw reader.malformed("unknown type of record " + type);
        };
        reader.end();
        return record;
    }
}
