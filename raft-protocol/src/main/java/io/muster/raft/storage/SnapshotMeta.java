package io.muster.raft.storage;

import io.muster.consistency.FormatInForce;
import io.muster.member.NodeId;
import io.muster.raft.UnknownFormatException;
import io.muster.raft.core.membership.Configuration;
import io.muster.raft.core.snapshot.SnapshotHead;
import io.muster.raft.wire.ByteReader;
import io.muster.raft.wire.ByteWriter;
import io.muster.raft.wire.PayloadCodec;

/**
 * What a snapshot stands for (Raft paper §7): the log up to an index, and the configuration as of there.
 *
 * @param index last included index
 * @param term of the entry at the index
 */
public record SnapshotMeta(long index, long term, Configuration configuration) {

    private static final long MAGIC = 0x4d5553545253534eL; // "MUSTRSSN"
    private static final int FIXED_BYTES = 64;

    public SnapshotHead head() {
        return new SnapshotHead(index, term, configuration);
    }

    void write(NodeId node, ByteWriter writer) {
        // The file's format is the one that is in force in it: a build that does not know it says so, and takes nothing
        // for damaged.
        writer.putLong(MAGIC)
                .putInt(configuration.format())
                .putNodeId(node)
                .putLong(index)
                .putLong(term);
        PayloadCodec.writeConfiguration(configuration, writer);
    }

    int size() {
        return FIXED_BYTES + PayloadCodec.configurationSize(configuration);
    }

    /** @throws IllegalArgumentException if it is no head of a snapshot of this format */
    static SnapshotMeta read(ByteReader reader) {
        if (reader.getLong() != MAGIC) {
            throw reader.malformed("not a snapshot");
        }
        int format = reader.getInt();
        if (format < FormatInForce.FIRST || format > FormatInForce.NEWEST) {
            throw new UnknownFormatException("snapshot file", format, FormatInForce.NEWEST);
        }
        reader.getNodeId();
        SnapshotMeta meta =
                new SnapshotMeta(reader.getLong(), reader.getLong(), PayloadCodec.readConfiguration(reader));
        reader.end();
        return meta;
    }
}
