package io.muster.testkit.net;

import java.util.concurrent.atomic.LongAdder;

/**
 * The way of bytes from one node to another, whichever of the two dialled the connection. A change is in force when the
 * method returns, for connections that live and for later ones. Any thread may use it.
 */
public final class Link {

    private final String from;
    private final String to;
    private final ProxyLoop loop;
    private final LongAdder bytesPassed = new LongAdder();
    private final LongAdder bytesDropped = new LongAdder();

    private volatile LinkCondition condition = LinkCondition.PASS;

    /**
     * When the last byte that was given to this link is through, by {@link System#nanoTime}; of the loop's thread. A
     * throttle moves it on.
     */
    private long throughAtNanos = System.nanoTime();

    Link(String from, String to, ProxyLoop loop) {
        this.from = from;
        this.to = to;
        this.loop = loop;
    }

    public String from() {
        return from;
    }

    public String to() {
        return to;
    }

    public LinkCondition condition() {
        return condition;
    }

    public void set(LinkCondition newCondition) {
        loop.call(() -> condition = newCondition);
    }

    /** Breaks all connections between the two nodes, whoever dialled them; both sides see a reset. */
    public void resetConnections() {
        loop.call(() -> loop.connectionsBetween(from, to).forEach(ProxiedConnection::reset));
    }

    /**
     * Leaves all connections between the two half-open: the side of {@code to} sees its end, the side of {@code from}
     * hears nothing ever again, and what it writes is swallowed. Connections set up later are not touched.
     */
    public void halfOpen() {
        loop.call(() -> loop.connectionsBetween(from, to).forEach(connection -> connection.silence(from)));
    }

    /** Connections between the two nodes that live, whoever dialled them. */
    public int connectionCount() {
        int[] count = new int[1];
        loop.call(() -> count[0] = loop.connectionsBetween(from, to).size());
        return count[0];
    }

    public long bytesPassed() {
        return bytesPassed.sum();
    }

    public long bytesDropped() {
        return bytesDropped.sum();
    }

    void passed(int bytes) {
        bytesPassed.add(bytes);
    }

    void dropped(int bytes) {
        bytesDropped.add(bytes);
    }

    /** When a chunk that came now is through the throttle. */
    long throughAt(long nowNanos, int bytes) {
        long bytesPerSecond = condition.bytesPerSecond();
        if (bytesPerSecond == 0) {
            return nowNanos;
        }
        long start = Math.max(nowNanos, throughAtNanos);
        throughAtNanos = start + bytes * 1_000_000_000L / bytesPerSecond;
        return throughAtNanos;
    }

    @Override
    public String toString() {
        return from + "->" + to + " " + condition;
    }
}
