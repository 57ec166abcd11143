package io.muster.sim;

import io.muster.member.NodeId;
import io.muster.member.port.Net;
import io.muster.member.port.Time;
import org.jspecify.annotations.Nullable;

/** The network of a node without peers: what it sends is dropped and counted; a test may hand it frames as if a peer had sent them. */
public final class LoopbackNet implements Net {

    private final Time time;
    private @Nullable FrameHandler handler;
    private long framesDropped;

    public LoopbackNet(Time time) {
        this.time = time;
    }

    @Override
    public void send(NodeId to, byte[] frame) {
        framesDropped++;
    }

    @Override
    public void onFrame(FrameHandler handler) {
        if (this.handler != null) {
            throw new IllegalStateException("the frame handler is set once");
        }
        this.handler = handler;
    }

    /** Delivers a frame to the node, on its thread, soon. */
    public void deliver(NodeId from, byte[] frame) {
        time.execute(() -> {
            if (handler == null) {
                framesDropped++;
            } else {
                handler.onFrame(from, frame);
            }
        });
    }

    /** How many frames were sent to nobody, or arrived where nobody listened. */
    public long framesDropped() {
        return framesDropped;
    }
}
