package io.muster.member.channel;

import io.muster.member.ClusterId;
import io.muster.member.NodeId;
import io.muster.member.channel.LaneQueue.Outgoing;
import io.muster.member.channel.PeerMetrics.DropReason;
import io.muster.member.port.Lane;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Everything that waits for one peer, and the order in which it goes: fragment by fragment, health before all else, Raft before Distro, but
 * neither of these two can starve the other. Any thread offers; the channel's thread does all else.
 */
final class Outbox {

    /** So many fragments of Raft go before one of Distro that waits. */
    private static final int RAFT_FRAGMENTS_IN_A_ROW = 4;

    /** After so many fragments that were tried to compress, some milliseconds, other peers get their turn. */
    private static final int COMPRESSED_FRAGMENTS_A_TURN = 2;

    private static final Lane[] LANES = Lane.values();

    private final ChannelLimits limits;
    private final PeerMetrics metrics;
    private final Map<Lane, LaneQueue> queues = new EnumMap<>(Lane.class);
    private final Map<Lane, LongAdder> drops = new EnumMap<>(Lane.class);
    private int raftInARow;

    /** What was given to compression in this turn, whether it got smaller or not. */
    private long compressedBytes;

    Outbox(NodeId peer, ChannelLimits limits, PeerMetrics metrics) {
        this.limits = limits;
        this.metrics = metrics;
        for (Lane lane : LANES) {
            LongAdder count = new LongAdder();
            drops.put(lane, count);
            queues.put(lane, new LaneQueue(limits.lane(lane), why -> {
                count.increment();
                metrics.frameDropped(lane, peer, why);
            }));
        }
    }

    /** Queues a message, or drops and counts it; any thread. */
    boolean offer(Lane lane, byte[] message, long nowNanos) {
        return queue(lane).offer(message, nowNanos);
    }

    /**
     * Writes fragments in their order, as many as the batch has room for and the turn time.
     *
     * @param batch empty at first, with room for the largest fragment at least
     */
    void fill(ByteBuffer batch, FrameEncoder encoder, Optional<ClusterId> clusterId, long nowNanos) {
        while (!turnSpent()) {
            Lane lane = next(nowNanos);
            Outgoing message = lane == null ? null : queue(lane).head(nowNanos);
            if (lane == null || message == null) {
                return;
            }
            int from = message.sentBytes;
            int to = Math.min(message.bytes.length, from + limits.frames().fragmentBytesMax());
            if (batch.remaining() < to - from + WireFrame.OVERHEAD_BYTES_MAX) {
                return;
            }
            if (message.compressible && to - from >= limits.frames().compressBytesMin()) {
                compressedBytes += to - from;
            }
            boolean compressed = encoder.encodeFragment(
                    WireFrame.Kind.of(lane), clusterId, message.bytes, from, to, message.compressible, batch);
            message.compressible = compressed;
            message.sentBytes = to;
            if (lane != Lane.HEALTH) {
                raftInARow = lane == Lane.RAFT ? raftInARow + 1 : 0;
            }
            if (to == message.bytes.length) {
                queue(lane).headSent();
                metrics.frameSent(lane, to);
            }
        }
    }

    void newTurn() {
        compressedBytes = 0;
    }

    /** Whether nothing more is written before {@link #newTurn}. */
    boolean turnSpent() {
        return compressedBytes
                >= (long) COMPRESSED_FRAGMENTS_A_TURN * limits.frames().fragmentBytesMax();
    }

    /** Drops what is too old, so that what a hung peer costs does not last. */
    void expire(long nowNanos) {
        queues.values().forEach(queue -> queue.head(nowNanos));
    }

    /** Another connection will be used: half-sent messages go again from their beginning. */
    void restart() {
        queues.values().forEach(LaneQueue::restart);
    }

    /** Drops everything. */
    void clear(DropReason why) {
        queues.values().forEach(queue -> queue.clear(why));
    }

    boolean isEmpty() {
        return queues.values().stream().allMatch(queue -> queue.bytes() == 0);
    }

    /** Any thread may ask. */
    Map<Lane, Long> queuedBytes() {
        Map<Lane, Long> bytes = new EnumMap<>(Lane.class);
        queues.forEach((lane, queue) -> bytes.put(lane, queue.bytes()));
        return bytes;
    }

    /** Any thread may ask. */
    Map<Lane, Long> framesDropped() {
        Map<Lane, Long> counts = new EnumMap<>(Lane.class);
        drops.forEach((lane, count) -> counts.put(lane, count.sum()));
        return counts;
    }

    private @Nullable Lane next(long nowNanos) {
        if (queue(Lane.HEALTH).head(nowNanos) != null) {
            return Lane.HEALTH;
        }
        boolean raft = queue(Lane.RAFT).head(nowNanos) != null;
        boolean distro = queue(Lane.DISTRO).head(nowNanos) != null;
        if (raft && (!distro || raftInARow < RAFT_FRAGMENTS_IN_A_ROW)) {
            return Lane.RAFT;
        }
        return distro ? Lane.DISTRO : null;
    }

    private LaneQueue queue(Lane lane) {
        LaneQueue queue = queues.get(lane);
        if (queue == null) {
            throw new IllegalStateException("every lane has a queue: " + lane);
        }
        return queue;
    }
}
