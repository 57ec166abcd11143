package io.muster.member.channel;

import io.muster.member.NodeId;
import io.muster.member.channel.PeerMetrics.DropReason;
import io.muster.member.port.Lane;
import io.muster.member.port.Net;
import io.muster.member.port.Time;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One lane as its driver sees it: sends from any thread, hands inbound messages to the driver's. What does not fit into the {@link Inbox} is
 * dropped, since to stop reading would hold up the heartbeats of the same connection.
 */
final class LaneNet implements Net {

    /** Messages that are handled in one turn of the driver. */
    private static final int MESSAGES_A_TURN = 256;

    /** For so many turns at most a peer's end is told later than the messages that came before it; others go on to send. */
    private static final int GONE_TURNS_MAX = 64;

    private final Lane lane;
    private final PeerTable peers;
    private final PeerMetrics metrics;
    private final Inbox inbox;
    private final AtomicBoolean turnDue = new AtomicBoolean();

    /** Null until the lane is taken; never changes after. */
    private volatile @Nullable Time driver;

    /** Null until it is set; never changes after. */
    private volatile @Nullable FrameHandler handler;

    /** Null until it is set; never changes after. */
    private volatile @Nullable Consumer<NodeId> goneListener;

    private volatile boolean stopped;

    LaneNet(Lane lane, PeerTable peers, ChannelLimits limits, PeerMetrics metrics) {
        this.lane = lane;
        this.peers = peers;
        this.metrics = metrics;
        this.inbox = new Inbox(lane, limits.inboxBytesMax(), limits.lane(lane).ageMax(), metrics);
        metrics.inbox(lane, inbox::bytes);
    }

    /** Binds the lane to its driver. */
    Net on(Time time) {
        if (driver != null) {
            throw new IllegalStateException("the net of lane " + lane + " is taken once");
        }
        driver = time;
        return this;
    }

    @Override
    public void send(NodeId to, byte[] frame) {
        peers.send(lane, to, frame);
    }

    @Override
    public void onFrame(FrameHandler receiver) {
        if (handler != null) {
            throw new IllegalStateException("the frame handler of lane " + lane + " is set once");
        }
        handler = receiver;
    }

    @Override
    public void onPeerGone(Consumer<NodeId> listener) {
        goneListener = listener;
    }

    /** Tells the driver, after what came before; the channel's thread. */
    void gone(NodeId peer) {
        Time time = driver;
        Consumer<NodeId> listener = goneListener;
        if (time != null && listener != null) {
            time.execute(() -> tellGone(peer, time, listener, GONE_TURNS_MAX));
        }
    }

    /** What a leader sent last would make it a leader that is heard. */
    private void tellGone(NodeId peer, Time time, Consumer<NodeId> listener, int turnsLeft) {
        if (!inbox.isEmpty() && turnsLeft > 0) {
            time.execute(() -> tellGone(peer, time, listener, turnsLeft - 1));
        } else if (!stopped) {
            listener.accept(peer);
        }
    }

    /** Hands a message to the driver, or drops and counts it; the channel's thread. */
    void deliver(NodeId from, byte[] message) {
        Time time = driver;
        if (time == null || handler == null) {
            metrics.frameDropped(lane, from, DropReason.INBOX_FULL);
            return;
        }
        if (!inbox.offer(from, message, time.monoNanos())) {
            return;
        }
        metrics.frameReceived(lane, message.length);
        if (turnDue.compareAndSet(false, true)) {
            time.execute(() -> turn(time));
        }
    }

    /** Nothing is handed to the driver any more. */
    void stop() {
        stopped = true;
    }

    /** On the driver's thread. A handler that throws breaks its own turn, and what is left comes in another. */
    private void turn(Time time) {
        turnDue.set(false);
        try {
            for (int count = 0; count < MESSAGES_A_TURN; count++) {
                Inbox.Inbound next = inbox.take(time.monoNanos());
                FrameHandler receiver = handler;
                if (next == null || receiver == null) {
                    return;
                }
                if (!stopped) {
                    receiver.onFrame(next.from(), next.message());
                }
            }
        } finally {
            if (!inbox.isEmpty() && turnDue.compareAndSet(false, true)) {
                time.execute(() -> turn(time));
            }
        }
    }
}
