package io.muster.server;

import io.muster.member.NodeId;
import io.muster.member.channel.PeerChannel;
import io.muster.member.port.Lane;
import io.muster.member.port.Net;
import io.muster.member.port.NoPeers;
import io.muster.member.port.Time;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The network of one lane for a driver that outlives the peer channel: nobody is there until a channel is, and again after it. Any thread. */
final class LateNet implements Net {

    private final Lane lane;
    private final Time driver;
    private final Net nobody = new NoPeers();
    private volatile Net current = nobody;

    /** Null until the driver sets it; never changes after. */
    private @Nullable FrameHandler handler;

    /** Null until the driver sets it; never changes after. */
    private @Nullable Consumer<NodeId> goneListener;

    LateNet(Lane lane, Time driver) {
        this.lane = lane;
        this.driver = driver;
    }

    @Override
    public void send(NodeId to, byte[] frame) {
        current.send(to, frame);
    }

    @Override
    public synchronized void onFrame(FrameHandler receiver) {
        handler = receiver;
        current.onFrame(receiver);
    }

    @Override
    public synchronized void onPeerGone(Consumer<NodeId> listener) {
        goneListener = listener;
        current.onPeerGone(listener);
    }

    /** From now on frames go over this channel, which has not started. */
    synchronized void attach(PeerChannel channel) {
        Net net = channel.net(lane, driver);
        if (handler != null) {
            net.onFrame(handler);
        }
        if (goneListener != null) {
            net.onPeerGone(goneListener);
        }
        current = net;
    }

    /** From now on nobody is there. */
    synchronized void detach() {
        current = nobody;
    }
}
