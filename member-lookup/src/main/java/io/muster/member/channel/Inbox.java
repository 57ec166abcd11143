package io.muster.member.channel;

import io.muster.member.NodeId;
import io.muster.member.channel.PeerMetrics.DropReason;
import io.muster.member.port.Lane;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one lane that the driver has not handled yet, bounded in bytes and in age. A peer may hold no more than is left free, so that one
 * that floods gets half of the room, two get a third each, and the others always find some (dynamic queue thresholds, Choudhury and Hahne 1998).
 * The channel's thread offers, the driver's takes.
 */
final class Inbox {

    private final Lane lane;
    private final long bytesMax;
    private final long ageMaxNanos;
    private final PeerMetrics metrics;
    private final Queue<Inbound> waiting = new ConcurrentLinkedQueue<>();

    /** Of everything in {@code waiting}; only the channel's thread raises it, before an entry goes in. */
    private final AtomicLong bytes = new AtomicLong();

    /** The same for each peer of which anything waits. */
    private final Map<NodeId, Long> bytesByPeer = new ConcurrentHashMap<>();

    Inbox(Lane lane, long bytesMax, Duration ageMax, PeerMetrics metrics) {
        this.lane = lane;
        this.bytesMax = bytesMax;
        this.ageMaxNanos = ageMax.toNanos();
        this.metrics = metrics;
    }

    /** Queues the message, or drops and counts it if there is no room; the channel's thread. */
    boolean offer(NodeId from, byte[] message, long nowNanos) {
        long cost = LaneQueue.cost(message);
        if (bytesByPeer.getOrDefault(from, 0L) + cost > bytesMax - bytes.get()) {
            metrics.frameDropped(lane, from, DropReason.INBOX_FULL);
            return false;
        }
        bytes.addAndGet(cost);
        bytesByPeer.merge(from, cost, Long::sum);
        waiting.add(new Inbound(from, message, nowNanos));
        return true;
    }

    /** The next message that is not too old, after dropping and counting what is; null if there is none. The driver's thread. */
    @Nullable
    Inbound take(long nowNanos) {
        for (Inbound next = waiting.poll(); next != null; next = waiting.poll()) {
            long cost = LaneQueue.cost(next.message);
            bytes.addAndGet(-cost);
            bytesByPeer.computeIfPresent(next.from, (peer, held) -> held == cost ? null : Long.valueOf(held - cost));
            if (nowNanos - next.receivedNanos <= ageMaxNanos) {
                return next;
            }
            metrics.frameDropped(lane, next.from, DropReason.INBOX_EXPIRED);
        }
        return null;
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** What waits, with a little for each message; any thread. */
    long bytes() {
        return bytes.get();
    }

    /** A message that waits for the driver. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    record Inbound(NodeId from, byte[] message, long receivedNanos) {}
}
