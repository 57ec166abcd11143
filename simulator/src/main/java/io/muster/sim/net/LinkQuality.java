package io.muster.sim.net;

import java.time.Duration;

/**
 * How one direction of a link treats frames. Rates are probabilities from 0 to 1 for each frame by itself.
 *
 * @param dropRate a frame is lost
 * @param duplicateRate a frame arrives twice
 * @param reorderRate a frame does not wait for those sent before it
 * @param replayRate a copy of a frame arrives once more, 1 to 10 s later
 * @param truncateRate a frame loses its end
 * @param flipRate one bit of a frame is flipped
 * @param delayMinNanos what every frame takes
 * @param delayMeanNanos mean of what it takes beyond that, distributed exponentially
 * @param slowFactor multiplies both
 * @param queueFramesMax more frames on the way than this are dropped at the tail
 * @param queueBytesMax more bytes on the way than this are dropped at the tail
 */
public record LinkQuality(
        double dropRate,
        double duplicateRate,
        double reorderRate,
        double replayRate,
        double truncateRate,
        double flipRate,
        long delayMinNanos,
        long delayMeanNanos,
        int slowFactor,
        int queueFramesMax,
        long queueBytesMax) {

    /** A good network in one data centre: nothing is lost, a frame takes about 0.3 ms. */
    public static final LinkQuality GOOD = new LinkQuality(0, 0, 0, 0, 0, 0, 200_000, 100_000, 1, 10_000, 64L << 20);

    public LinkQuality {
        requireRate(dropRate);
        requireRate(duplicateRate);
        requireRate(reorderRate);
        requireRate(replayRate);
        requireRate(truncateRate);
        requireRate(flipRate);
        if (delayMinNanos < 0 || delayMeanNanos < 0 || slowFactor < 1 || queueFramesMax < 0 || queueBytesMax < 0) {
            throw new IllegalArgumentException("delays and bounds are zero or more, the factor one or more");
        }
    }

    public LinkQuality withDrop(double rate) {
        return new LinkQuality(
                rate,
                duplicateRate,
                reorderRate,
                replayRate,
                truncateRate,
                flipRate,
                delayMinNanos,
                delayMeanNanos,
                slowFactor,
                queueFramesMax,
                queueBytesMax);
    }

    public LinkQuality withDuplicate(double rate) {
        return new LinkQuality(
                dropRate,
                rate,
                reorderRate,
                replayRate,
                truncateRate,
                flipRate,
                delayMinNanos,
                delayMeanNanos,
                slowFactor,
                queueFramesMax,
                queueBytesMax);
    }

    public LinkQuality withReorder(double rate) {
        return new LinkQuality(
                dropRate,
                duplicateRate,
                rate,
                replayRate,
                truncateRate,
                flipRate,
                delayMinNanos,
                delayMeanNanos,
                slowFactor,
                queueFramesMax,
                queueBytesMax);
    }

    public LinkQuality withReplay(double rate) {
        return new LinkQuality(
                dropRate,
                duplicateRate,
                reorderRate,
                rate,
                truncateRate,
                flipRate,
                delayMinNanos,
                delayMeanNanos,
                slowFactor,
                queueFramesMax,
                queueBytesMax);
    }

    public LinkQuality withDamage(double truncate, double flip) {
        return new LinkQuality(
                dropRate,
                duplicateRate,
                reorderRate,
                replayRate,
                truncate,
                flip,
                delayMinNanos,
                delayMeanNanos,
                slowFactor,
                queueFramesMax,
                queueBytesMax);
    }

    public LinkQuality withDelay(Duration min, Duration mean) {
        return new LinkQuality(
                dropRate,
                duplicateRate,
                reorderRate,
                replayRate,
                truncateRate,
                flipRate,
                min.toNanos(),
                mean.toNanos(),
                slowFactor,
                queueFramesMax,
                queueBytesMax);
    }

    public LinkQuality withSlow(int factor) {
        return new LinkQuality(
                dropRate,
                duplicateRate,
                reorderRate,
                replayRate,
                truncateRate,
                flipRate,
                delayMinNanos,
                delayMeanNanos,
                factor,
                queueFramesMax,
                queueBytesMax);
    }

    public LinkQuality withQueue(int framesMax, long bytesMax) {
        return new LinkQuality(
                dropRate,
                duplicateRate,
                reorderRate,
                replayRate,
                truncateRate,
                flipRate,
                delayMinNanos,
                delayMeanNanos,
                slowFactor,
                framesMax,
                bytesMax);
    }

    /** The worse of both in each respect: what is left when two faults lie on one link. */
    public LinkQuality worse(LinkQuality other) {
        return new LinkQuality(
                Math.max(dropRate, other.dropRate),
                Math.max(duplicateRate, other.duplicateRate),
                Math.max(reorderRate, other.reorderRate),
                Math.max(replayRate, other.replayRate),
                Math.max(truncateRate, other.truncateRate),
                Math.max(flipRate, other.flipRate),
                Math.max(delayMinNanos, other.delayMinNanos),
                Math.max(delayMeanNanos, other.delayMeanNanos),
                Math.max(slowFactor, other.slowFactor),
                Math.min(queueFramesMax, other.queueFramesMax),
                Math.min(queueBytesMax, other.queueBytesMax));
    }

    private static void requireRate(double rate) {
        if (!(rate >= 0 && rate <= 1)) {
            throw new IllegalArgumentException("a rate is between 0 and 1: " + rate);
        }
    }
}
