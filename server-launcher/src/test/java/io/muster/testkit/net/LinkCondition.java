package io.muster.testkit.net;

import java.time.Duration;

/**
 * How bytes fare on their way from one node to another. Immutable; {@link #PASS}, {@link #DROP} and the others are
 * starting points, and the methods give changed copies.
 *
 * @param flow what happens to them in principle
 * @param delay after which each byte arrives, order kept
 * @param jitter at most added to the delay, drawn for each chunk
 * @param bytesPerSecond for all connections together; 0 for no limit
 * @param flipRate share of bytes that arrive with one bit flipped, 0 to 1
 */
public record LinkCondition(Flow flow, Duration delay, Duration jitter, long bytesPerSecond, double flipRate) {

    /** What happens to bytes in principle. */
    public enum Flow {
        /** They arrive. */
        PASS,
        /**
         * They are swallowed, ends of connections too, and connections are not set up: a cut cable. A connection that
         * lost bytes breaks when both ways are mended, since what would follow makes no sense.
         */
        DROP,
        /**
         * They are not even read, so that back-pressure builds up at the sender; they arrive later. New connections are
         * set up.
         */
        STALL,
        /** No port is open for connections that the sender dials, and those that it dialled are reset. */
        REFUSE,
        /** Connections that the sender dials or dialled are accepted and reset. */
        RESET
    }

    public static final LinkCondition PASS = flowing(Flow.PASS);
    public static final LinkCondition DROP = flowing(Flow.DROP);
    public static final LinkCondition STALL = flowing(Flow.STALL);
    public static final LinkCondition REFUSE = flowing(Flow.REFUSE);
    public static final LinkCondition RESET = flowing(Flow.RESET);

    public LinkCondition {
        if (delay.isNegative() || jitter.isNegative()) {
            throw new IllegalArgumentException("delay " + delay + " or jitter " + jitter + " is negative");
        }
        if (bytesPerSecond < 0) {
            throw new IllegalArgumentException("bytesPerSecond " + bytesPerSecond + " is negative");
        }
        if (!(flipRate >= 0 && flipRate <= 1)) {
            throw new IllegalArgumentException("flipRate " + flipRate + " is not within 0 to 1");
        }
    }

    private static LinkCondition flowing(Flow flow) {
        return new LinkCondition(flow, Duration.ZERO, Duration.ZERO, 0, 0);
    }

    public LinkCondition delayed(Duration newDelay, Duration newJitter) {
        return new LinkCondition(flow, newDelay, newJitter, bytesPerSecond, flipRate);
    }

    public LinkCondition throttled(long newBytesPerSecond) {
        return new LinkCondition(flow, delay, jitter, newBytesPerSecond, flipRate);
    }

    public LinkCondition corrupting(double newFlipRate) {
        return new LinkCondition(flow, delay, jitter, bytesPerSecond, newFlipRate);
    }

    boolean isCut() {
        return flow == Flow.DROP;
    }

    /** Bytes of connections that are set up go on; a refusal concerns only connections that the sender dials. */
    boolean carriesBytes() {
        return flow != Flow.DROP && flow != Flow.STALL;
    }

    boolean refusesConnections() {
        return flow == Flow.REFUSE || flow == Flow.RESET;
    }
}
