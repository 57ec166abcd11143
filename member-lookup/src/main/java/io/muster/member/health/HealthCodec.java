package io.muster.member.health;

import io.muster.member.ClusterId;
import io.muster.member.MemberAddress;
import io.muster.member.NodeId;
import io.muster.member.health.core.Announcement;
import io.muster.member.health.core.HealthMessage;
import io.muster.member.health.core.MemberHealth;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * Messages of member health as bytes: format version, kind, then fixed fields, big-endian, and a CRC32C over all of it. What is longer, shorter
 * or otherwise not exactly what {@link #encode} gives is refused; newer formats are used only where every member has announced them (R32).
 */
final class HealthCodec {

    private static final byte FORMAT = 1;

    private static final byte PROBE = 1;
    private static final byte PROBE_ANSWER = 2;
    private static final byte ASK_REACH = 3;
    private static final byte REACH_ANSWER = 4;
    private static final byte LEAVING = 5;

    private static final int HEAD_BYTES = 2;
    private static final int CHECKSUM_BYTES = Integer.BYTES;
    private static final int NODE_ID_BYTES = 2 * Long.BYTES;
    private static final int ANNOUNCEMENT_BYTES = 1 + Long.BYTES + NODE_ID_BYTES + 2 * Long.BYTES;
    private static final int PROBE_BYTES = HEAD_BYTES + Long.BYTES + ANNOUNCEMENT_BYTES;
    private static final int PROBE_ANSWER_BYTES = HEAD_BYTES + 3 * Long.BYTES + ANNOUNCEMENT_BYTES;
    private static final int LIST_HEAD_BYTES = HEAD_BYTES + 2 * Long.BYTES + 2 * Integer.BYTES;
    private static final int SUSPECT_BYTES = NODE_ID_BYTES + Long.BYTES;
    private static final int REACHED_BYTES = NODE_ID_BYTES + Long.BYTES + 1 + 2 * Long.BYTES + Integer.BYTES;

    /** Length of the host, and both ports. */
    private static final int ADDRESS_HEAD_BYTES = 3 * Short.BYTES;

    /** The longest that UTF-8 makes of the host's characters. */
    private static final int HOST_BYTES_MAX = 3 * HealthMessage.HOST_CHARS_MAX;

    private static final int LEAVING_BYTES = HEAD_BYTES + Long.BYTES;

    // Flags of an announcement and what goes with it.
    private static final int LOADED = 1;
    private static final int IS_LEAVING = 2;
    private static final int LISTS_YOU = 4;
    private static final int FOUNDED = 8;
    private static final int FLAGS_ALL = LOADED | IS_LEAVING | LISTS_YOU | FOUNDED;

    private HealthCodec() {}

    static byte[] encode(HealthMessage message) {
        Writer writer = new Writer();
        message.accept(writer);
        byte[] frame = writer.bytes.array();
        writer.bytes.putInt(checksum(frame));
        return frame;
    }

    static HealthMessage decode(byte[] frame) throws MalformedMessageException {
        if (frame.length < HEAD_BYTES + CHECKSUM_BYTES) {
            throw new MalformedMessageException("a frame of " + frame.length + " bytes");
        }
        ByteBuffer bytes = ByteBuffer.wrap(frame);
        if (bytes.getInt(frame.length - CHECKSUM_BYTES) != checksum(frame)) {
            throw new MalformedMessageException("the checksum does not fit");
        }
        bytes.limit(frame.length - CHECKSUM_BYTES);
        byte format = bytes.get();
        if (format != FORMAT) {
            throw new MalformedMessageException("unknown format " + format);
        }
        byte kind = bytes.get();
        return switch (kind) {
            case PROBE -> probe(exactly(PROBE_BYTES, bytes));
            case PROBE_ANSWER -> probeAnswer(exactly(PROBE_ANSWER_BYTES, bytes));
            case ASK_REACH -> askReach(bytes);
            case REACH_ANSWER -> reachAnswer(bytes);
            case LEAVING ->
                new HealthMessage.Leaving(exactly(LEAVING_BYTES, bytes).getLong());
            default -> throw new MalformedMessageException("unknown kind " + kind);
        };
    }

    private static int checksum(byte[] frame) {
        CRC32C checksum = new CRC32C();
        checksum.update(frame, 0, frame.length - CHECKSUM_BYTES);
        return (int) checksum.getValue();
    }

    private static HealthMessage probe(ByteBuffer bytes) throws MalformedMessageException {
        long sequence = bytes.getLong();
        int flags = flags(bytes);
        return new HealthMessage.Probe(sequence, announcement(flags, bytes), (flags & LISTS_YOU) != 0);
    }

    private static HealthMessage probeAnswer(ByteBuffer bytes) throws MalformedMessageException {
        long sequence = bytes.getLong();
        long toRunId = bytes.getLong();
        long wallMillis = bytes.getLong();
        int flags = flags(bytes);
        return new HealthMessage.ProbeAnswer(
                sequence, toRunId, announcement(flags, bytes), (flags & LISTS_YOU) != 0, wallMillis);
    }

    private static HealthMessage askReach(ByteBuffer bytes) throws MalformedMessageException {
        need(2 * Long.BYTES, bytes);
        long round = bytes.getLong();
        long fromRunId = bytes.getLong();
        int count = count(bytes, MemberHealth.MEMBERS_MAX, SUSPECT_BYTES);
        List<HealthMessage.Suspect> suspects = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            suspects.add(new HealthMessage.Suspect(nodeId(bytes), bytes.getLong()));
        }
        int addressCount = count(bytes, HealthMessage.ADDRESSES_MAX, ADDRESS_HEAD_BYTES);
        List<MemberAddress> addresses = new ArrayList<>(addressCount);
        for (int i = 0; i < addressCount; i++) {
            addresses.add(address(bytes));
        }
        end(bytes);
        return new HealthMessage.AskReach(round, fromRunId, suspects, addresses);
    }

    private static HealthMessage reachAnswer(ByteBuffer bytes) throws MalformedMessageException {
        need(2 * Long.BYTES, bytes);
        long round = bytes.getLong();
        long toRunId = bytes.getLong();
        int count = count(bytes, MemberHealth.MEMBERS_MAX, REACHED_BYTES);
        List<HealthMessage.Reached> reached = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            reached.add(reached(bytes));
        }
        int foundCount = count(bytes, HealthMessage.ADDRESSES_MAX, ADDRESS_HEAD_BYTES + REACHED_BYTES);
        List<HealthMessage.FoundAt> found = new ArrayList<>(foundCount);
        for (int i = 0; i < foundCount; i++) {
            MemberAddress address = address(bytes);
            need(REACHED_BYTES, bytes);
            found.add(new HealthMessage.FoundAt(address, reached(bytes)));
        }
        end(bytes);
        return new HealthMessage.ReachAnswer(round, toRunId, reached, found);
    }

    private static HealthMessage.Reached reached(ByteBuffer bytes) throws MalformedMessageException {
        NodeId nodeId = nodeId(bytes);
        long runId = bytes.getLong();
        byte loaded = bytes.get();
        long listDigest = bytes.getLong();
        long wishDigest = bytes.getLong();
        int ageMillis = bytes.getInt();
        if (loaded < 0 || loaded > 1) {
            throw new MalformedMessageException("neither true nor false: " + loaded);
        }
        if (ageMillis < 0) {
            throw new MalformedMessageException("an age of " + ageMillis + " ms");
        }
        return new HealthMessage.Reached(nodeId, runId, loaded == 1, listDigest, wishDigest, ageMillis);
    }

    private static MemberAddress address(ByteBuffer bytes) throws MalformedMessageException {
        need(ADDRESS_HEAD_BYTES, bytes);
        int length = Short.toUnsignedInt(bytes.getShort());
        need(length + 2 * Short.BYTES, bytes);
        if (length > HOST_BYTES_MAX) {
            throw new MalformedMessageException("a host of " + length + " bytes");
        }
        ByteBuffer host = bytes.slice(bytes.position(), length);
        bytes.position(bytes.position() + length);
        int port = Short.toUnsignedInt(bytes.getShort());
        int peerPort = Short.toUnsignedInt(bytes.getShort());
        try {
            // A new decoder refuses what is no UTF-8.
            return new MemberAddress(
                    StandardCharsets.UTF_8.newDecoder().decode(host).toString(), port, peerPort);
        } catch (CharacterCodingException | IllegalArgumentException e) {
            throw new MalformedMessageException("no address: " + e.getMessage());
        }
    }

    private static int flags(ByteBuffer bytes) throws MalformedMessageException {
        int flags = bytes.get();
        if ((flags & ~FLAGS_ALL) != 0) {
            throw new MalformedMessageException("unknown flags " + flags);
        }
        return flags;
    }

    private static Announcement announcement(int flags, ByteBuffer bytes) throws MalformedMessageException {
        long runId = bytes.getLong();
        ClusterId clusterId = new ClusterId(bytes.getLong(), bytes.getLong());
        long listDigest = bytes.getLong();
        long wishDigest = bytes.getLong();
        boolean founded = (flags & FOUNDED) != 0;
        if (!founded && (clusterId.high() != 0 || clusterId.low() != 0)) {
            throw new MalformedMessageException("a cluster id where there is said to be none");
        }
        return new Announcement(
                runId,
                founded ? Optional.of(clusterId) : Optional.empty(),
                (flags & LOADED) != 0,
                (flags & IS_LEAVING) != 0,
                listDigest,
                wishDigest);
    }

    private static NodeId nodeId(ByteBuffer bytes) {
        return new NodeId(bytes.getLong(), bytes.getLong());
    }

    /** A count, and room for so many things after it. */
    private static int count(ByteBuffer bytes, int most, int leastBytesEach) throws MalformedMessageException {
        need(Integer.BYTES, bytes);
        int count = bytes.getInt();
        if (count < 0 || count > most || count * leastBytesEach > bytes.remaining()) {
            throw new MalformedMessageException("a count of " + count + " before " + bytes.remaining() + " bytes");
        }
        return count;
    }

    private static void end(ByteBuffer bytes) throws MalformedMessageException {
        if (bytes.hasRemaining()) {
            throw new MalformedMessageException(bytes.remaining() + " bytes after the end");
        }
    }

    private static ByteBuffer exactly(int length, ByteBuffer bytes) throws MalformedMessageException {
        if (bytes.limit() != length) {
            throw new MalformedMessageException("a frame of " + bytes.limit() + " bytes, not " + length);
        }
        return bytes;
    }

    private static void need(int length, ByteBuffer bytes) throws MalformedMessageException {
        if (bytes.remaining() < length) {
            throw new MalformedMessageException(bytes.remaining() + " bytes left where " + length + " are needed");
        }
    }

    private static final class Writer implements HealthMessage.Visitor {

        private ByteBuffer bytes = ByteBuffer.allocate(0);

        @Override
        public void probe(HealthMessage.Probe message) {
            begin(PROBE, PROBE_BYTES).putLong(message.sequence());
            put(message.says(), message.listsYou());
        }

        @Override
        public void probeAnswer(HealthMessage.ProbeAnswer message) {
            begin(PROBE_ANSWER, PROBE_ANSWER_BYTES)
                    .putLong(message.sequence())
                    .putLong(message.toRunId())
                    .putLong(message.wallMillis());
            put(message.says(), message.listsYou());
        }

        @Override
        public void askReach(HealthMessage.AskReach message) {
            List<byte[]> hosts = message.addresses().stream()
                    .map(address -> address.host().getBytes(StandardCharsets.UTF_8))
                    .toList();
            int bytesOfSuspects = message.suspects().size() * SUSPECT_BYTES;
            begin(ASK_REACH, LIST_HEAD_BYTES + bytesOfSuspects + bytesOf(hosts))
                    .putLong(message.round())
                    .putLong(message.fromRunId())
                    .putInt(message.suspects().size());
            message.suspects().forEach(suspect -> {
                put(suspect.nodeId());
                bytes.putLong(suspect.runId());
            });
            bytes.putInt(hosts.size());
            for (int i = 0; i < hosts.size(); i++) {
                put(message.addresses().get(i), hosts.get(i));
            }
        }

        @Override
        public void reachAnswer(HealthMessage.ReachAnswer message) {
            List<byte[]> hosts = message.found().stream()
                    .map(found -> found.address().host().getBytes(StandardCharsets.UTF_8))
                    .toList();
            int reachedCount = message.reached().size() + hosts.size();
            begin(REACH_ANSWER, LIST_HEAD_BYTES + reachedCount * REACHED_BYTES + bytesOf(hosts))
                    .putLong(message.round())
                    .putLong(message.toRunId())
                    .putInt(message.reached().size());
            message.reached().forEach(this::put);
            bytes.putInt(hosts.size());
            for (int i = 0; i < hosts.size(); i++) {
                put(message.found().get(i).address(), hosts.get(i));
                put(message.found().get(i).reached());
            }
        }

        @Override
        public void leaving(HealthMessage.Leaving message) {
            begin(LEAVING, LEAVING_BYTES).putLong(message.runId());
        }

        private ByteBuffer begin(byte kind, int length) {
            bytes = ByteBuffer.allocate(length + CHECKSUM_BYTES).put(FORMAT).put(kind);
            return bytes;
        }

        private void put(Announcement says, boolean listsYou) {
            int flags = (says.loaded() ? LOADED : 0)
                    | (says.leaving() ? IS_LEAVING : 0)
                    | (listsYou ? LISTS_YOU : 0)
                    | (says.clusterId().isPresent() ? FOUNDED : 0);
            ClusterId clusterId = says.clusterId().orElse(new ClusterId(0, 0));
            bytes.put((byte) flags)
                    .putLong(says.runId())
                    .putLong(clusterId.high())
                    .putLong(clusterId.low())
                    .putLong(says.listDigest())
                    .putLong(says.wishDigest());
        }

        /** Of so many addresses. */
        private static int bytesOf(List<byte[]> hosts) {
            return hosts.stream()
                    .mapToInt(host -> ADDRESS_HEAD_BYTES + host.length)
                    .sum();
        }

        private void put(MemberAddress address, byte[] host) {
            bytes.putShort((short) host.length)
                    .put(host)
                    .putShort((short) address.port())
                    .putShort((short) address.peerPort());
        }

        private void put(HealthMessage.Reached reached) {
            put(reached.nodeId());
            bytes.putLong(reached.runId())
                    .put((byte) (reached.loaded() ? 1 : 0))
                    .putLong(reached.listDigest())
                    .putLong(reached.wishDigest())
                    .putInt(reached.ageMillis());
        }

        private void put(NodeId nodeId) {
            bytes.putLong(nodeId.high()).putLong(nodeId.low());
        }
    }
}
