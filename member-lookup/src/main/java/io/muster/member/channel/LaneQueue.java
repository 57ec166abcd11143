package io.muster.member.channel;

import io.muster.member.channel.ChannelLimits.LaneLimits;
import io.muster.member.channel.PeerMetrics.DropReason;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one lane that wait for one peer, bounded in bytes and in age. Any thread offers; the channel's thread does all else. The
 * message at the head may be partly sent: it has its room until its last fragment is out.
 */
final class LaneQueue {

    /** What a waiting message costs beside its own bytes, roughly; so that empty ones are bounded, too. */
    private static final long ENTRY_BYTES = 64;

    private final LaneLimits limits;
    private final Consumer<DropReason> dropped;
    private final Queue<Outgoing> waiting = new ConcurrentLinkedQueue<>();

    /** Of everything in {@code waiting} and the head; raised before an entry goes in. */
    private final AtomicLong bytes = new AtomicLong();

    private @Nullable Outgoing head;

    /** @param dropped hears of each message that is not sent; on the thread that finds out */
    LaneQueue(LaneLimits limits, Consumer<DropReason> dropped) {
        this.limits = limits;
        this.dropped = dropped;
    }

    /** Queues the message, or drops it if there is no room; any thread. */
    boolean offer(byte[] message, long nowNanos) {
        long cost = cost(message);
        if (bytes.addAndGet(cost) > limits.queueBytesMax()) {
            bytes.addAndGet(-cost);
            dropped.accept(DropReason.QUEUE_FULL);
            return false;
        }
        waiting.add(new Outgoing(message, nowNanos));
        return true;
    }

    /** What is to be sent next, after dropping what is too old; null if there is nothing. A message that has begun goes to its end. */
    @Nullable
    Outgoing head(long nowNanos) {
        while (head == null || (head.sentBytes == 0 && isExpired(head, nowNanos))) {
            if (head != null) {
                release(head);
                dropped.accept(DropReason.EXPIRED);
            }
            head = waiting.poll();
            if (head == null) {
                return null;
            }
        }
        return head;
    }

    /** The head is out. */
    void headSent() {
        if (head != null) {
            release(head);
            head = null;
        }
    }

    /** The connection has changed: what has begun begins anew. */
    void restart() {
        if (head != null) {
            head.sentBytes = 0;
        }
    }

    /** Drops everything. */
    void clear(DropReason why) {
        while (head != null || (head = waiting.poll()) != null) {
            release(head);
            head = null;
            dropped.accept(why);
        }
    }

    /** Bytes that wait, with a little for each message; any thread. */
    long bytes() {
        return bytes.get();
    }

    /** What a message counts in a bounded queue. */
    static long cost(byte[] message) {
        return message.length + ENTRY_BYTES;
    }

    private boolean isExpired(Outgoing message, long nowNanos) {
        return nowNanos - message.queuedNanos > limits.ageMax().toNanos();
    }

    private void release(Outgoing message) {
        bytes.addAndGet(-cost(message.bytes));
    }

    /** A message on its way out; after it was queued, the channel's thread alone touches it. */
    static final class Outgoing {

        final byte[] bytes;
        private final long queuedNanos;

        /** How much of it went out in fragments. */
        int sentBytes;

        /** False once a fragment proved not to be. */
        boolean compressible = true;

        Outgoing(byte[] bytes, long queuedNanos) {
            this.bytes = bytes;
            this.queuedNanos = queuedNanos;
        }
    }
}
