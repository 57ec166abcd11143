package io.muster.raft.storage;

import io.muster.member.ClusterId;
import io.muster.member.NodeId;
import io.muster.raft.UnknownFormatException;
import io.muster.raft.core.founding.Promise;
import io.muster.raft.wire.ByteReader;
import io.muster.raft.wire.ByteWriter;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * Where this node belongs, stored beside the log, since a node that has joined a cluster has no log yet (design §4, "Founding"), and since somebody must
 * know that there was a log, should it be gone.
 *
 * @param clusterId of the cluster that it founded or joined
 * @param promise that it gave to a founder
 * @param setAside the node that it was before its data was found damaged, if it was; its directory counts as not empty for ever
 * @param discard whether log and snapshots are to be thrown away, since they are another cluster's
 * @param amongOthers whether others vote in the group: then damaged data is set aside, since they have all that was decided
 * @param logOf the node that has stored something in the log here: it has promised what stands there, and must find it again
 * @param givenUp the node that it was before it left another cluster, and that never comes back, since what it promised there is thrown away
 */
public record Belonging(
        Optional<ClusterId> clusterId,
        Optional<Promise> promise,
        Optional<NodeId> setAside,
        boolean discard,
        boolean amongOthers,
        Optional<NodeId> logOf,
        Optional<NodeId> givenUp) {

    /** Of a node that knows nobody yet. */
    public static final Belonging NOWHERE = new Belonging(
            Optional.empty(), Optional.empty(), Optional.empty(), false, false, Optional.empty(), Optional.empty());

    public Belonging in(ClusterId cluster) {
        return new Belonging(Optional.of(cluster), promise, setAside, false, amongOthers, logOf, givenUp);
    }

    public Belonging promised(Optional<Promise> newPromise) {
        return new Belonging(clusterId, newPromise, setAside, discard, amongOthers, logOf, givenUp);
    }

    /** In another cluster, without a word of what was known of the one before. */
    Belonging discardingFor(ClusterId cluster) {
        return new Belonging(Optional.of(cluster), Optional.empty(), setAside, true, true, Optional.empty(), givenUp);
    }

    /** The same, and this node id is over. */
    Belonging givingUpFor(ClusterId cluster, NodeId node) {
        return new Belonging(
                Optional.of(cluster), Optional.empty(), setAside, true, true, Optional.empty(), Optional.of(node));
    }

    Belonging discarded() {
        return new Belonging(clusterId, promise, setAside, false, amongOthers, logOf, givenUp);
    }

    /** In a group in which others vote, or do not any more. */
    public Belonging amongOthers(boolean others) {
        return new Belonging(clusterId, promise, setAside, discard, others, logOf, givenUp);
    }

    /** The data of this node is set aside. */
    Belonging setAside(NodeId node) {
        return new Belonging(
                clusterId, Optional.empty(), Optional.of(node), discard, amongOthers, Optional.empty(), givenUp);
    }

    /** The node has stored something in the log. */
    Belonging withLogOf(NodeId node) {
        return new Belonging(clusterId, promise, setAside, discard, amongOthers, Optional.of(node), givenUp);
    }

    /** Whether the log is this node's. */
    boolean hasLogOf(NodeId node) {
        return logOf.equals(Optional.of(node));
    }

    /**
     * As it is stored.
     *
     * @param revision grows by one with each that is stored, so that the newer one of two copies is known
     */
    record Stored(long revision, Belonging belonging) {

        private static final long MAGIC = 0x4d55535445524245L; // "MUSTERBE"
        private static final int FORMAT = 2;

        /** Without revision, log and node that was given up. */
        private static final int FORMAT_BEFORE = 1;

        private static final int FIXED_BYTES = 8 + 4 + 1 + 16 + 1 + 16 + 8 + 1 + 16 + 1 + 1 + 4;

        /** Of the stored form, which is always as long. */
        static final int BYTES = FIXED_BYTES + 8 + 1 + 16 + 1 + 16;

        /** Bound on what is read of one, of whatever format. */
        static final int BYTES_MAX = 4096;

        byte[] encode() {
            ByteWriter writer = new ByteWriter(BYTES).putLong(MAGIC).putInt(FORMAT);
            writer.putByte(belonging.clusterId.isPresent() ? 1 : 0)
                    .putClusterId(belonging.clusterId.orElse(new ClusterId(0, 0)));
            Promise given = belonging.promise.orElse(new Promise(new NodeId(0, 0), 0));
            writer.putByte(belonging.promise.isPresent() ? 1 : 0)
                    .putNodeId(given.founder())
                    .putLong(given.attempt());
            putNode(writer, belonging.setAside);
            writer.putByte(belonging.discard ? 1 : 0).putByte(belonging.amongOthers ? 1 : 0);
            writer.putLong(revision);
            putNode(writer, belonging.logOf);
            putNode(writer, belonging.givenUp);
            writer.putInt(crc(writer.array(), writer.size()));
            return writer.toBytes();
        }

        /**
         * All formats begin with magic and format and end with the checksum of all before it.
         *
         * @throws UnknownFormatException for a sound record of a later format
         * @throws IllegalArgumentException if the bytes are no such record
         */
        static Stored decode(byte[] bytes) {
            ByteReader reader = new ByteReader(bytes);
            int content = bytes.length - Integer.BYTES;
            if (content < Long.BYTES + Integer.BYTES || reader.getLong() != MAGIC) {
                throw reader.malformed("not a record of where a node belongs");
            }
            if (new ByteReader(bytes, content, Integer.BYTES).getInt() != crc(bytes, content)) {
                throw reader.malformed("the checksum is wrong");
            }
            int format = reader.getInt();
            if (format != FORMAT && format != FORMAT_BEFORE) {
                throw new UnknownFormatException("record of where a node belongs,", format, FORMAT);
            }
            if (bytes.length != (format == FORMAT ? BYTES : FIXED_BYTES)) {
                throw reader.malformed("a record of the wrong length");
            }
            boolean inCluster = reader.getByte() == 1;
            ClusterId clusterId = reader.getClusterId();
            boolean promised = reader.getByte() == 1;
            Promise promise = new Promise(reader.getNodeId(), reader.getLong());
            Optional<NodeId> setAside = getNode(reader);
            boolean discard = reader.getByte() == 1;
            boolean amongOthers = reader.getByte() == 1;
            boolean whole = format == FORMAT;
            return new Stored(
                    whole ? reader.getLong() : 0,
                    new Belonging(
                            inCluster ? Optional.of(clusterId) : Optional.empty(),
                            promised ? Optional.of(promise) : Optional.empty(),
                            setAside,
                            discard,
                            amongOthers,
                            whole ? getNode(reader) : Optional.empty(),
                            whole ? getNode(reader) : Optional.empty()));
        }

        private static void putNode(ByteWriter writer, Optional<NodeId> node) {
            writer.putByte(node.isPresent() ? 1 : 0).putNodeId(node.orElse(new NodeId(0, 0)));
        }

        private static Optional<NodeId> getNode(ByteReader reader) {
            boolean present = reader.getByte() == 1;
            NodeId node = reader.getNodeId();
            return present ? Optional.of(node) : Optional.empty();
        }

        private static int crc(byte[] bytes, int length) {
            CRC32C crc = new CRC32C();
            crc.update(bytes, 0, length);
            return (int) crc.getValue();
        }
    }
}
