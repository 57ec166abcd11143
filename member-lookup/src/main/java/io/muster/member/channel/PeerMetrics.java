package io.muster.member.channel;

import io.muster.member.NodeId;
import io.muster.member.port.Lane;
import java.util.function.LongSupplier;

/**
 * Where the channel tells its figures. Implementations must be quick, must not throw, and are called on several threads. What is in the queues
 * towards peers now is read from {@link PeerChannel#peers} instead.
 */
public interface PeerMetrics {

    /** For whoever does not measure. */
    PeerMetrics NONE = new PeerMetrics() {};

    /** A frame went out whole; its bytes are counted before compression. */
    default void frameSent(Lane lane, int bytes) {}

    /** A frame came in whole and was handed to the lane's driver; its bytes are counted after decompression. */
    default void frameReceived(Lane lane, int bytes) {}

    /** A frame was not sent, or not handed over. */
    default void frameDropped(Lane lane, NodeId peer, DropReason why) {}

    /** Where the bytes that wait for the lane's driver can be read, at any time and from any thread; told when a channel is built. */
    default void inbox(Lane lane, LongSupplier bytes) {}

    /** So many bytes were written to sockets, all overhead included. */
    default void bytesWritten(int bytes) {}

    /** So many bytes were read from sockets, all overhead included. */
    default void bytesRead(int bytes) {}

    /** Both ends of a connection have proven themselves. */
    default void connectionOpened(boolean dialed) {}

    /** A connection that was open is not any more. */
    default void connectionClosed(boolean dialed) {}

    /** An attempt to reach a listed address failed, for whatever reason. */
    default void dialFailed() {}

    /** Something was refused, and its connection closed. */
    default void refused(RefusalKind kind) {}

    /** Why a frame was dropped. */
    enum DropReason {
        /** No connection to that node. */
        UNREACHABLE("unreachable"),
        /** Larger than frames may be; a fault of the caller. */
        TOO_LARGE("too-large"),
        /** The queue of its lane towards that peer was full. */
        QUEUE_FULL("queue-full"),
        /** It had waited too long. */
        EXPIRED("expired"),
        /** The connection ended before it went out whole. */
        CONNECTION_LOST("connection-lost"),
        /** It came in, but the lane's driver is too far behind with that peer's or all frames, or there is none. */
        INBOX_FULL("inbox-full"),
        /** It came in, but the lane's driver had not taken it when it was too old. */
        INBOX_EXPIRED("inbox-expired"),
        /** It came in in part, and then no more of it. */
        UNFINISHED("unfinished");

        private final String label;

        DropReason(String label) {
            this.label = label;
        }

        /** As metrics name it. */
        public String label() {
            return label;
        }
    }
}
