package io.muster.member.port;

import io.muster.member.NodeId;
import java.util.concurrent.atomic.LongAdder;

/** The network of a node without peers (R60): opens nothing, hears of nobody, drops and counts what is sent. Safe from any thread. */
public final class NoPeers implements Net {

    private final LongAdder framesDropped = new LongAdder();

    @Override
    public void send(NodeId to, byte[] frame) {
        framesDropped.increment();
    }

    @Override
    public void onFrame(FrameHandler handler) {
        // No frame will come.
    }

    /** How many frames were handed over in vain. */
    public long framesDropped() {
        return framesDropped.sum();
    }
}
