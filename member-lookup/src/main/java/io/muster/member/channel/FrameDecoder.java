package io.muster.member.channel;

import io.muster.member.ClusterId;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Reads the sealed frames of one direction of one connection from bytes that come in any split; pure. It believes a length only within {@link
 * WireFrame#PAYLOAD_BYTES_MAX}, allocates nothing before, and holds one unfinished frame at most. What it refuses ends the connection: it
 * reads nothing more.
 *
 * <p>A few bytes can decompress to very many, so it works in turns: after so many decompressed bytes it stops, and goes on after {@link #newTurn}.
 */
final class FrameDecoder {

    private static final int REST_BYTES_MAX =
            WireFrame.OVERHEAD_BYTES_MAX - WireFrame.LENGTH_BYTES + WireFrame.PAYLOAD_BYTES_MAX;

    /** After so many decompressed bytes whoever else has a share in the event loop gets it; about a millisecond. */
    private static final int INFLATED_BYTES_A_TURN = 4 * WireFrame.PAYLOAD_BYTES_MAX;

    private static final byte[] NOTHING = {};

    private final Seal seal;
    private final Compression compression;

    /** The beginning of a frame whose end has not come; as long as the whole frame once its length is known. */
    private byte[] pending = NOTHING;

    private int pendingBytes;
    private boolean over;

    /** In this turn. */
    private int inflatedBytes;

    /** Up to where the bytes that were fed last are read. */
    private int readTo;

    FrameDecoder(Seal seal, Compression compression) {
        this.seal = seal;
        this.compression = compression;
    }

    /**
     * Takes {@code bytes[from, to)} in, to their end or to that of the turn.
     *
     * @param frames gets each frame that is complete; false from it ends the reading for good
     */
    Optional<Refusal> feed(byte[] bytes, int from, int to, Predicate<WireFrame> frames) {
        int at = from;
        readTo = to;
        while (!over && at < to) {
            if (turnSpent()) {
                readTo = at;
                return Optional.empty();
            }
            if (pendingBytes == 0 && to - at >= WireFrame.LENGTH_BYTES) {
                int restBytes = restBytes(bytes, at);
                if (lengthHolds(restBytes) && to - at - WireFrame.LENGTH_BYTES >= restBytes) {
                    Optional<Refusal> refusal = read(bytes, at, restBytes, frames);
                    if (refusal.isPresent()) {
                        return refusal;
                    }
                    at += WireFrame.LENGTH_BYTES + restBytes;
                    continue;
                }
            }
            at = keep(bytes, at, to);
            Optional<Refusal> refusal = readPending(frames);
            if (refusal.isPresent()) {
                return refusal;
            }
        }
        return Optional.empty();
    }

    /** Whether nothing more is read before {@link #newTurn}. */
    boolean turnSpent() {
        return inflatedBytes >= INFLATED_BYTES_A_TURN;
    }

    /** Up to where the bytes that were fed last are read; what is behind is to be fed again in the next turn. */
    int readTo() {
        return readTo;
    }

    void newTurn() {
        inflatedBytes = 0;
    }

    /** Moves what the pending frame lacks, or its length does, into it. */
    private int keep(byte[] bytes, int at, int to) {
        if (pending.length == 0) {
            pending = new byte[WireFrame.LENGTH_BYTES];
        }
        int kept = Math.min(to - at, pending.length - pendingBytes);
        System.arraycopy(bytes, at, pending, pendingBytes, kept);
        pendingBytes += kept;
        return at + kept;
    }

    private Optional<Refusal> readPending(Predicate<WireFrame> frames) {
        if (pendingBytes < pending.length) {
            return Optional.empty();
        }
        int restBytes = restBytes(pending, 0);
        if (!lengthHolds(restBytes)) {
            return refuse(
                    RefusalKind.LENGTH,
                    "a frame of " + Integer.toUnsignedString(restBytes) + " bytes, allowed are "
                            + WireFrame.REST_BYTES_MIN + " to " + REST_BYTES_MAX);
        }
        if (pending.length == WireFrame.LENGTH_BYTES) {
            pending = Arrays.copyOf(pending, WireFrame.LENGTH_BYTES + restBytes);
            return Optional.empty();
        }
        byte[] frame = pending;
        pending = NOTHING;
        pendingBytes = 0;
        return read(frame, 0, restBytes, frames);
    }

    private Optional<Refusal> read(byte[] bytes, int at, int restBytes, Predicate<WireFrame> frames) {
        int head = at + WireFrame.LENGTH_BYTES;
        int end = head + restBytes - Seal.BYTES;
        if (!seal.holds(bytes, at, end)) {
            return refuse(RefusalKind.SEAL, "a frame that is damaged, forged, repeated or out of place");
        }
        if (bytes[head] != WireFrame.FORMAT) {
            return refuse(RefusalKind.VERSION, "a frame of format " + (bytes[head] & 0xff));
        }
        Optional<WireFrame.Kind> kind = WireFrame.Kind.ofCode(bytes[head + 1]);
        int flags = bytes[head + 2] & 0xff;
        if (kind.isEmpty() || (flags & ~WireFrame.FLAGS_KNOWN) != 0) {
            return refuse(
                    RefusalKind.MALFORMED, "a frame of kind " + (bytes[head + 1] & 0xff) + " with flags " + flags);
        }
        return readBody(
                kind.get(),
                flags,
                ByteBuffer.wrap(bytes, head + WireFrame.HEAD_BYTES, end - head - WireFrame.HEAD_BYTES),
                frames);
    }

    private Optional<Refusal> readBody(WireFrame.Kind kind, int flags, ByteBuffer body, Predicate<WireFrame> frames) {
        boolean compressed = (flags & WireFrame.FLAG_COMPRESSED) != 0;
        boolean clustered = (flags & WireFrame.FLAG_CLUSTER) != 0;
        int fieldBytes = (clustered ? WireFrame.CLUSTER_BYTES : 0) + (compressed ? Integer.BYTES : 0);
        if (body.remaining() < fieldBytes || body.remaining() - fieldBytes > WireFrame.PAYLOAD_BYTES_MAX) {
            return refuse(RefusalKind.MALFORMED, "a frame whose fields and length do not fit together");
        }
        Optional<ClusterId> clusterId =
                clustered ? Optional.of(new ClusterId(body.getLong(), body.getLong())) : Optional.empty();
        byte[] payload;
        if (compressed) {
            int plainBytes = body.getInt();
            if (plainBytes < 0 || plainBytes > WireFrame.PAYLOAD_BYTES_MAX) {
                return refuse(
                        RefusalKind.COMPRESSION,
                        "a compressed frame of " + Integer.toUnsignedString(plainBytes) + " bytes");
            }
            inflatedBytes += plainBytes;
            payload = new byte[plainBytes];
            if (!compression.inflate(body, payload)) {
                return refuse(RefusalKind.COMPRESSION, "a compressed frame that does not give what it says");
            }
        } else {
            payload = new byte[body.remaining()];
            body.get(payload);
        }
        boolean more = (flags & WireFrame.FLAG_MORE) != 0;
        boolean continued = (flags & WireFrame.FLAG_CONTINUED) != 0;
        over = !frames.test(new WireFrame(kind, more, continued, clusterId, payload));
        return Optional.empty();
    }

    private Optional<Refusal> refuse(RefusalKind kind, String detail) {
        over = true;
        pending = NOTHING;
        pendingBytes = 0;
        return Optional.of(new Refusal(kind, detail));
    }

    private static boolean lengthHolds(int restBytes) {
        return restBytes >= WireFrame.REST_BYTES_MIN && restBytes <= REST_BYTES_MAX;
    }

    private static int restBytes(byte[] bytes, int at) {
        return ByteBuffer.wrap(bytes, at, WireFrame.LENGTH_BYTES).getInt();
    }
}
