package io.muster.distro;

import java.util.concurrent.atomic.AtomicLong;

/** Counts, for tests to look at. */
final class CountingMetrics implements DistroMetrics {

    final AtomicLong applied = new AtomicLong();
    final AtomicLong refused = new AtomicLong();
    final AtomicLong overloaded = new AtomicLong();
    final AtomicLong listenerFailed = new AtomicLong();
    final AtomicLong markerFailed = new AtomicLong();
    final AtomicLong stoodStillMillis = new AtomicLong();

    @Override
    public void applied(int changes) {
        applied.addAndGet(changes);
    }

    @Override
    public void refused() {
        refused.incrementAndGet();
    }

    @Override
    public void overloaded() {
        overloaded.incrementAndGet();
    }

    @Override
    public void listenerFailed() {
        listenerFailed.incrementAndGet();
    }

    @Override
    public void markerFailed() {
        markerFailed.incrementAndGet();
    }

    @Override
    public void stoodStill(long gapMillis) {
        stoodStillMillis.addAndGet(gapMillis);
    }
}
