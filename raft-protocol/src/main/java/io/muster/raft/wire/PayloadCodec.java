package io.muster.raft.wire;

import io.muster.consistency.FormatInForce;
import io.muster.member.ClusterId;
import io.muster.member.NodeId;
import io.muster.raft.UnknownFormatException;
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

    /** Stands where a count would, before a configuration with all its fields. */
    private static final int FULL_CONFIGURATION = -2;

    /** The same, with those learners that are to be promoted, and the term of the last reset. */
    private static final int LONG_CONFIGURATION = -3;

    /** The same, behind the number of the format in force; of every format but the first (R32). Later ones may have other fields, and keep the mark and the number. */
    private static final int NUMBERED_CONFIGURATION = -4;

    /** The mark, three counts, the voters before writes, and the flag. */
    private static final int FULL_FIXED_BYTES = 5 * Integer.BYTES + 1;

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
        int nodes = configuration.voters().size();
        if (isSimple(configuration)) {
            return NODE_ID_BYTES + Integer.BYTES + nodes * NODE_ID_BYTES;
        }
        nodes += configuration.outgoing().size() + configuration.learners().size();
        int more = isLong(configuration)
                ? Integer.BYTES + configuration.toPromote().size() * NODE_ID_BYTES + Long.BYTES
                : 0;
        more += configuration.format() > FormatInForce.FIRST ? Integer.BYTES : 0;
        return NODE_ID_BYTES + FULL_FIXED_BYTES + nodes * NODE_ID_BYTES + more;
    }

    /**
     * Cluster id; then count and voters, if there is nothing else to say; else a mark instead of the count, and all fields; those to promote, and the reset, only if there are
     * any, or a later format than the first is in force; that comes first then. In the first format logs of a single node know the first form only.
     */
    public static void writeConfiguration(Configuration configuration, ByteWriter writer) {
        writer.putClusterId(configuration.clusterId());
        if (isSimple(configuration)) {
            writeNodes(configuration.voters(), writer);
            return;
        }
        boolean isLong = isLong(configuration);
        if (configuration.format() > FormatInForce.FIRST) {
            writer.putInt(NUMBERED_CONFIGURATION).putInt(configuration.format());
        } else {
            writer.putInt(isLong ? LONG_CONFIGURATION : FULL_CONFIGURATION);
        }
        writeNodes(configuration.voters(), writer);
        writeNodes(configuration.outgoing(), writer);
        writeNodes(configuration.learners(), writer);
        if (isLong) {
            writeNodes(configuration.toPromote(), writer);
        }
        writer.putInt(configuration.votersBeforeWrites());
        writer.putByte(configuration.wishPaused() ? 1 : 0);
        if (isLong) {
            writer.putLong(configuration.resetTerm());
        }
    }

    private static boolean isLong(Configuration configuration) {
        return !configuration.toPromote().isEmpty()
                || configuration.resetTerm() > 0
                || configuration.format() > FormatInForce.FIRST;
    }

    private static boolean isSimple(Configuration configuration) {
        return configuration.equals(new Configuration(configuration.clusterId(), configuration.voters()));
    }

    private static void writeNodes(List<NodeId> nodes, ByteWriter writer) {
        writer.putInt(nodes.size());
        nodes.forEach(writer::putNodeId);
    }

    /** @throws UnknownFormatException if a later format is in force in it than this build knows */
    public static Configuration readConfiguration(ByteReader reader) {
        ClusterId clusterId = reader.getClusterId();
        int count = reader.getInt();
        int format = count == NUMBERED_CONFIGURATION ? format(reader) : FormatInForce.FIRST;
        boolean isLong = count == LONG_CONFIGURATION || count == NUMBERED_CONFIGURATION;
        if (count != FULL_CONFIGURATION && !isLong) {
            return new Configuration(clusterId, readNodes(reader, count));
        }
        List<NodeId> voters = readNodes(reader, reader.getInt());
        List<NodeId> outgoing = readNodes(reader, reader.getInt());
        List<NodeId> learners = readNodes(reader, reader.getInt());
        List<NodeId> toPromote = isLong ? readNodes(reader, reader.getInt()) : List.of();
        int votersBeforeWrites = reader.getInt();
        int paused = reader.getByte();
        if (paused != 0 && paused != 1) {
            throw reader.malformed("a flag of " + paused);
        }
        long resetTerm = isLong ? reader.getLong() : 0;
        return new Configuration(
                clusterId, voters, outgoing, learners, toPromote, votersBeforeWrites, paused == 1, resetTerm, format);
    }

    private static int format(ByteReader reader) {
        int format = reader.getInt();
        if (format <= FormatInForce.FIRST) {
            throw reader.malformed("a configuration with format " + format);
        }
        if (format > FormatInForce.NEWEST) {
            throw new UnknownFormatException("configuration", format, FormatInForce.NEWEST);
        }
        return format;
    }

    private static List<NodeId> readNodes(ByteReader reader, int count) {
        if (count < 0 || (long) count * NODE_ID_BYTES > reader.remaining()) {
            throw reader.malformed("a count of " + count + " where " + reader.remaining() + " bytes remain");
        }
        List<NodeId> nodes = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            nodes.add(reader.getNodeId());
        }
        return nodes;
    }
}
