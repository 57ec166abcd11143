package io.muster.testkit.net;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.random.RandomGenerator;

/**
 * One direction of a proxied connection: bytes read from the source's socket and written to the sink's, as the link
 * says. Of the loop's thread.
 */
final class ProxiedStream {

    static final int CHUNK_BYTES = 16 * 1024;

    /** Held back at most on a link without delay: little, so that a throttle is felt by the sender. */
    private static final int HELD_BYTES_MAX = 4 * CHUNK_BYTES;

    /** On their way at most on a link with delay, which must not throttle by itself: 100 ms at 40 MB/s. */
    private static final int DELAYED_BYTES_MAX = 4 * 1024 * 1024;

    private record Chunk(ByteBuffer bytes, long dueNanos) {}

    private final Link link;
    private final RandomGenerator rng;
    private final Deque<Chunk> chunks = new ArrayDeque<>();

    private int heldBytes;

    /** Due times never go back, so that jitter keeps the order. */
    private long lastDueNanos = Long.MIN_VALUE;

    /** Bytes were lost: what would follow makes no sense to the sink. */
    private boolean holed;

    private boolean sourceEnded;
    private boolean sourceBroken;
    private boolean sinkGone;
    private boolean endDelivered;
    private boolean sinkIsFull;

    ProxiedStream(Link link, RandomGenerator rng) {
        this.link = link;
        this.rng = rng;
    }

    Link link() {
        return link;
    }

    boolean isHoled() {
        return holed;
    }

    boolean endDelivered() {
        return endDelivered;
    }

    /** The source broke, and the sink may know: the connection is to be reset. */
    boolean breaks() {
        return sourceBroken && chunks.isEmpty() && carries();
    }

    /** The other direction found its sink, our source, broken. */
    void sourceBroke() {
        sourceEnded = true;
        sourceBroken = true;
    }

    /** From now on all that comes is swallowed. */
    void sinkIsGone() {
        sinkGone = true;
        discard();
    }

    private boolean carries() {
        return link.condition().carriesBytes();
    }

    private boolean swallows() {
        return sinkGone || link.condition().isCut();
    }

    boolean wantsRead(boolean sinkConnected) {
        if (sourceEnded) {
            return false;
        }
        if (swallows()) {
            return true;
        }
        int bytesMax = link.condition().delay().isZero() ? HELD_BYTES_MAX : DELAYED_BYTES_MAX;
        return sinkConnected && carries() && heldBytes < bytesMax;
    }

    boolean wantsWrite() {
        return sinkIsFull && carries();
    }

    /**
     * When there is something to write, by {@link System#nanoTime}; {@link Long#MAX_VALUE} when nothing waits for its
     * time.
     */
    long dueNanos() {
        Chunk first = chunks.peek();
        return first == null || sinkIsFull || !carries() ? Long.MAX_VALUE : first.dueNanos();
    }

    /** Takes what the source has, one chunk at most. */
    void read(SocketChannel source, ByteBuffer buffer, long nowNanos) {
        buffer.clear();
        int length;
        try {
            length = source.read(buffer);
        } catch (IOException e) {
            sourceBroke();
            return;
        }
        if (length < 0) {
            sourceEnded = true;
        } else if (length > 0 && swallows()) {
            holed = true;
            link.dropped(length);
        } else if (length > 0) {
            ByteBuffer bytes = ByteBuffer.allocate(length).put(buffer.flip()).flip();
            corrupt(bytes);
            heldBytes += length;
            lastDueNanos = Math.max(lastDueNanos, link.throughAt(nowNanos, length) + delayNanos());
            chunks.add(new Chunk(bytes, lastDueNanos));
        }
    }

    private long delayNanos() {
        LinkCondition condition = link.condition();
        long jitterNanos = condition.jitter().toNanos();
        return condition.delay().toNanos() + (jitterNanos == 0 ? 0 : rng.nextLong(jitterNanos + 1));
    }

    private void corrupt(ByteBuffer bytes) {
        double flipRate = link.condition().flipRate();
        for (int i = 0; flipRate > 0 && i < bytes.limit(); i++) {
            if (rng.nextDouble() < flipRate) {
                bytes.put(i, (byte) (bytes.get(i) ^ (1 << rng.nextInt(Byte.SIZE))));
            }
        }
    }

    /**
     * Writes what is due, and the end when all is written.
     *
     * @return false when the sink broke
     */
    boolean write(SocketChannel sink, long nowNanos) {
        if (swallows()) {
            discard();
            return true;
        }
        if (!carries()) {
            return true;
        }
        sinkIsFull = false;
        try {
            for (Chunk first = chunks.peek();
                    first != null && first.dueNanos() - nowNanos <= 0;
                    first = chunks.peek()) {
                int length = sink.write(first.bytes());
                heldBytes -= length;
                link.passed(length);
                if (first.bytes().hasRemaining()) {
                    sinkIsFull = true;
                    return true;
                }
                chunks.remove();
            }
            if (chunks.isEmpty() && sourceEnded && !sourceBroken && !endDelivered) {
                sink.shutdownOutput();
                endDelivered = true;
            }
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private void discard() {
        if (heldBytes > 0) {
            holed = true;
            link.dropped(heldBytes);
            chunks.clear();
            heldBytes = 0;
        }
    }
}
