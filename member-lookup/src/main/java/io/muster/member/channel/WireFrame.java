package io.muster.member.channel;

import io.muster.member.ClusterId;
import io.muster.member.port.Lane;
import java.util.Optional;

/**
 * One sealed frame as it crosses the wire after the handshake, big-endian:
 *
 * <pre>
 *   4 bytes   length of all that follows
 *   1         format, 1
 *   1         kind
 *   1         flags: 1 compressed, 2 more fragments follow, 4 continues a fragment, 8 the sender knows its cluster id
 *   16        cluster id, if the flag says so
 *   4         length of the payload before compression, if it is compressed
 *   …         payload
 *   16        seal over all of the above and the frame's number
 * </pre>
 *
 * @param more whether further fragments of the same message follow on this lane
 * @param continued whether fragments of the same message came before it
 * @param clusterId the sender's
 * @param payload decompressed; the receiver's own
 */
@SuppressWarnings("ArrayRecordComponent") // Frames are never compared, and each is read once.
record WireFrame(Kind kind, boolean more, boolean continued, Optional<ClusterId> clusterId, byte[] payload) {

    static final byte FORMAT = 1;

    /** The largest payload of one frame, before compression as well as after. */
    static final int PAYLOAD_BYTES_MAX = 64 * 1024;

    static final int LENGTH_BYTES = Integer.BYTES;
    static final int CLUSTER_BYTES = 2 * Long.BYTES;

    /** Format, kind, flags. */
    static final int HEAD_BYTES = 3;

    /** What the smallest frame has behind its length. */
    static final int REST_BYTES_MIN = HEAD_BYTES + Seal.BYTES;

    /** What a frame without payload has at most, its length included. */
    static final int OVERHEAD_BYTES_MAX = LENGTH_BYTES + REST_BYTES_MIN + CLUSTER_BYTES + Integer.BYTES;

    static final int FLAG_COMPRESSED = 1;
    static final int FLAG_MORE = 2;
    static final int FLAG_CONTINUED = 4;
    static final int FLAG_CLUSTER = 8;
    static final int FLAGS_KNOWN = FLAG_COMPRESSED | FLAG_MORE | FLAG_CONTINUED | FLAG_CLUSTER;

    /** What a frame is for. */
    enum Kind {
        HEALTH(0, Optional.of(Lane.HEALTH)),
        RAFT(1, Optional.of(Lane.RAFT)),
        DISTRO(2, Optional.of(Lane.DISTRO)),
        /** Who the sender is: the first frame of each direction, and only that. */
        IDENTITY(3, Optional.empty()),
        /** Says that the sender lives. */
        PING(4, Optional.empty());

        private static final Kind[] ALL = values();

        private final byte code;
        private final Optional<Lane> lane;

        Kind(int code, Optional<Lane> lane) {
            this.code = (byte) code;
            this.lane = lane;
        }

        static Kind of(Lane lane) {
            return switch (lane) {
                case HEALTH -> HEALTH;
                case RAFT -> RAFT;
                case DISTRO -> DISTRO;
            };
        }

        static Optional<Kind> ofCode(byte code) {
            for (Kind kind : ALL) {
                if (kind.code == code) {
                    return Optional.of(kind);
                }
            }
            return Optional.empty();
        }

        /** As it stands on the wire. */
        byte code() {
            return code;
        }

        /** Empty for what concerns the channel alone. */
        Optional<Lane> lane() {
            return lane;
        }
    }
}
