package io.muster.member.port;

import io.muster.member.NodeId;
import java.util.function.Consumer;

/** Frames between members. Delivery is not promised: a frame may be lost, late, doubled or out of order. */
public interface Net {

    /**
     * Hands a frame over for sending; never blocks and never fails. A frame for an unknown or hung peer is dropped and counted, which is safe
     * because every protocol above repeats what matters.
     *
     * @param frame not to be changed afterwards
     */
    void send(NodeId to, byte[] frame);

    /** Sets who receives inbound frames, on the driver's thread; to be called once, before anything is sent. */
    void onFrame(FrameHandler handler);

    /**
     * Sets who hears, on the driver's thread, that a peer has closed its last connection with this node, as a process does that ends, and a kernel for
     * one that was killed. It is a hint: the process may live, and who is cut off says nothing. To be called once at most.
     */
    default void onPeerGone(Consumer<NodeId> listener) {}

    /** Receives inbound frames. */
    @FunctionalInterface
    interface FrameHandler {

        /**
         * @param from proven to be this node by the channel
         * @param frame may be malformed; the handler counts and drops such frames
         */
        void onFrame(NodeId from, byte[] frame);
    }
}
