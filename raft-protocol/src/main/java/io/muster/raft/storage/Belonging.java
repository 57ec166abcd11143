package io.muster.raft.storage;

import io.muster.member.ClusterId;
import io.muster.member.NodeId;
import io.muster.raft.core.founding.Promise;
import io.muster.raft.wire.ByteReader;
import io.muster.raft.wire.ByteWriter;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * Where this node belongs, stored beside the log, since a node that has joined a cluster has no log yet (design §4, "Founding").
 *
 * @param clusterId of the cluster that it founded or joined
 * @param promise that it gave to a founder
 * @param setAside the node that it was before its data was found damaged, if it was; its directory counts as not empty for ever
 * @param discard whether log and snapshots are to be thrown away, since they are another cluster's
 * @param amongOthers whether others vote in the group: then damaged data is set aside, since they have all that was decided
 */
public record Belonging(
        Optional<ClusterId> clusterId,
        Optional<Promise> promise,
        Optional<NodeId> setAside,
        boolean discard,
        boolean amongOthers) {

    /** Of a node that knows nobody yet. */
    public static final Belonging NOWHERE =
            new Belonging(Optional.empty(), Optional.empty(), Optional.empty(), false, false);

    private static final long MAGIC = 0x4d55535445524245L; // "MUSTERBE"
    private static final int FORMAT = 1;

    /** Of the stored form, which is always as long. */
    static final int BYTES = 8 + 4 + 1 + 16 + 1 + 16 + 8 + 1 + 16 + 1 + 1 + 4;

    public Belonging in(ClusterId cluster) {
        return new Belonging(Optional.of(cluster), promise, setAside, false, amongOthers);
    }

    public Belonging promised(Optional<Promise> newPromise) {
        return new Belonging(clusterId, newPromise, setAside, discard, amongOthers);
    }

    /** In another cluster, without a word of what was known of the one before. */
    public Belonging discardingFor(ClusterId cluster) {
        return new Belonging(Optional.of(cluster), Optional.empty(), setAside, true, true);
    }

    Belonging discarded() {
        return new Belonging(clusterId, promise, setAside, false, amongOthers);
    }

    /** In a group in which others vote, or do not any more. */
    public Belonging amongOthers(boolean others) {
        return new Belonging(clusterId, promise, setAside, discard, others);
    }

    /** The data of this node is set aside. */
    Belonging setAside(NodeId node) {
        return new Belonging(clusterId, Optional.empty(), Optional.of(node), discard, amongOthers);
    }

    byte[] encode() {
        ByteWriter writer = new ByteWriter(BYTES).putLong(MAGIC).putInt(FORMAT);
        writer.putByte(clusterId.isPresent() ? 1 : 0).putClusterId(clusterId.orElse(new ClusterId(0, 0)));
        Promise given = promise.orElse(new Promise(new NodeId(0, 0), 0));
        writer.putByte(promise.isPresent() ? 1 : 0).putNodeId(given.founder()).putLong(given.attempt());
        writer.putByte(setAside.isPresent() ? 1 : 0).putNodeId(setAside.orElse(new NodeId(0, 0)));
        writer.putByte(discard ? 1 : 0).putByte(amongOthers ? 1 : 0);
        writer.putInt(crc(writer.array(), writer.size()));
        return writer.toBytes();
    }

    /** @throws IllegalArgumentException if the bytes are no such record */
    static Belonging decode(byte[] bytes) {
        ByteReader reader = new ByteReader(bytes);
        if (bytes.length != BYTES || reader.getLong() != MAGIC) {
            throw reader.malformed("not a record of where a node belongs");
        }
        if (new ByteReader(bytes, BYTES - Integer.BYTES, Integer.BYTES).getInt() != crc(bytes, BYTES - Integer.BYTES)) {
            throw reader.malformed("the checksum is wrong");
        }
        int format = reader.getInt();
        if (format != FORMAT) {
            throw reader.malformed("format " + format + " where " + FORMAT + " is known");
        }
        boolean inCluster = reader.getByte() == 1;
        ClusterId clusterId = reader.getClusterId();
        boolean promised = reader.getByte() == 1;
        Promise promise = new Promise(reader.getNodeId(), reader.getLong());
        boolean hasSetAside = reader.getByte() == 1;
        NodeId former = reader.getNodeId();
        return new Belonging(
                inCluster ? Optional.of(clusterId) : Optional.empty(),
                promised ? Optional.of(promise) : Optional.empty(),
                hasSetAside ? Optional.of(former) : Optional.empty(),
                reader.getByte() == 1,
                reader.getByte() == 1);
    }

    private static int crc(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }
}
