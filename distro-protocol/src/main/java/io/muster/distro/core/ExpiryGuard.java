package io.muster.distro.core;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * Holds removals back for a while when so many sessions end at once that it may be our own fault (design §5). Counts what was removed within
 * the window, and takes every UNHEALTHY datum for one that is about to be: exact for leases whose removal follows within the window, as by
 * default, and cautious for longer ones. Time is lease time.
 */
final class ExpiryGuard {

    private static final int SLICES = 16;

    private final GuardLimits limits;
    private final long sliceNanos;
    private final long windowNanos;
    private final long maxNanos;

    /** Removals in the latest slices of time, as a ring; their sum counts. */
    private final int[] removed = new int[SLICES];

    private long latestSlice;
    private int removedInWindow;

    private boolean massSeen;

    /** When the first removal of the mass was wanted. */
    private long massSinceNanos;

    private long latestWantedNanos;
    private boolean holding;

    ExpiryGuard(GuardLimits limits, long nowNanos) {
        this.limits = limits;
        this.windowNanos = TimeUnit.MILLISECONDS.toNanos(limits.windowMillis());
        this.sliceNanos = Math.max(1, windowNanos / (SLICES - 1));
        this.maxNanos = TimeUnit.MILLISECONDS.toNanos(limits.maxMillis());
        this.latestSlice = Math.floorDiv(nowNanos, sliceNanos);
        this.latestWantedNanos = nowNanos;
    }

    /**
     * Whether a session that ended may be removed now; it counts as removed then.
     *
     * @param leases for how many this node is responsible: that one node went deaf must show however many others there are
     * @param unhealthy how many of them are UNHEALTHY
     * @param doubt whether the silence may be ours: we stood still or started lately, or there are others who may have heard beats
     */
    boolean lets(long nowNanos, long leases, long unhealthy, boolean doubt) {
        if (nowNanos - latestWantedNanos > windowNanos) {
            // Many long leases may have been UNHEALTHY for an hour: that says nothing of those that end now.
            massSeen = false;
        }
        latestWantedNanos = nowNanos;
        reassess(nowNanos, leases, unhealthy, doubt);
        if (holding) {
            return false;
        }
        removed[sliceIndex(latestSlice)]++;
        removedInWindow++;
        return true;
    }

    /** Looks again without a removal at hand, so that holding ends when those who were missed are back. */
    void reassess(long nowNanos, long leases, long unhealthy, boolean doubt) {
        passTime(nowNanos);
        long pressing = removedInWindow + unhealthy;
        boolean mass = pressing > limits.minInstances() && pressing > limits.share() * (leases + removedInWindow);
        if (mass && !massSeen) {
            massSinceNanos = nowNanos;
        }
        massSeen = mass;
        holding = mass && doubt && nowNanos - massSinceNanos < maxNanos;
    }

    /** Whether removals are held back. */
    boolean holding() {
        return holding;
    }

    private void passTime(long nowNanos) {
        long slice = Math.floorDiv(nowNanos, sliceNanos);
        if (slice - latestSlice >= SLICES) {
            Arrays.fill(removed, 0);
            removedInWindow = 0;
            latestSlice = slice;
        }
        while (latestSlice < slice) {
            latestSlice++;
            removedInWindow -= removed[sliceIndex(latestSlice)];
            removed[sliceIndex(latestSlice)] = 0;
        }
    }

    private static int sliceIndex(long slice) {
        return (int) Math.floorMod(slice, (long) SLICES);
    }
}
