package io.muster.raft.wire;

import io.muster.member.ClusterId;
import io.muster.member.NodeId;
import io.muster.raft.core.log.Payload;
import io.muster.raft.core.membership.Configuration;
import java.util.ArrayList;
import java.util.List;

/** A log entry's payload: one byte for the kind, then its content up to the end. */
public final class PayloadCodec {

    private static final int NOOP = 1;
    private static final int MEMBERS = 2;
    private static final int COMMAND = 3;
    private static final int NODE_ID_BYTES = 2 * Long.BYTES;

    private PayloadCodec() {}

    /** Length of the encoding. */
    public static int size(Payload payload) {
        if (payload instanceof Payload.Command command) {
            return 1 + command.bytes().length;
        }
        if (payload instanceof Payload.Members members) {
            return 1 + configurationSize(members.configuration());
        }
        return 1;
    }

    public static void write(Payload payload, ByteWriter writer) {
        if (payload instanceof Payload.Command command) {
            writer.putByte(COMMAND).putRaw(command.bytes());
        } else if (payload instanceof Payload.Members members) {
            writer.putByte(MEMBERS);
            writeConfiguration(members.configuration(), writer);
        } else {
            writer.putByte(NOOP);
        }
    }

    /** Reads a payload of so many bytes. */
    public static Payload read(ByteReader reader, int length) {
        if (length < 1 || length > reader.remaining()) {
            throw reader.malformed("a payload of " + length + " bytes where " + reader.remaining() + " remain");
        }
        int kind = reader.getByte();
        return switch (kind) {
            case NOOP -> {
                if (length != 1) {
                    throw reader.malformed("a noop with content");
                }
                yield new Payload.Noop();
            }
            case MEMBERS -> {
                Configuration configuration = readConfiguration(reader);
                if (length != 1 + configurationSize(configuration)) {
                    throw reader.malformed("a configuration of the wrong length");
                }
                yield new Payload.Members(configuration);
            }
            case COMMAND -> new Payload.Command(reader.getRaw(length - 1));
            default -> throw reader.malformed("unknown kind of payload " + kind);
        };
    }

    /** Length of a configuration's encoding. */
    public static int configurationSize(Configuration configuration) {
        return NODE_ID_BYTES + Integer.BYTES + configuration.voters().size() * NODE_ID_BYTES;
    }

    /** Cluster id, count, voters. */
    public static void writeConfiguration(Configuration configuration, ByteWriter writer) {
        writer.putClusterId(configuration.clusterId());
        writer.putInt(configuration.voters().size());
        configuration.voters().forEach(writer::putNodeId);
    }

    public static Configuration readConfiguration(ByteReader reader) {
        ClusterId clusterId = reader.getClusterId();
        int count = reader.getCount(NODE_ID_BYTES);
        List<NodeId> voters = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            voters.add(reader.getNodeId());
        }
        return new Configuration(clusterId, voters);
    }
}
