package io.muster.distro;

import io.muster.distro.driver.DriverMetrics;

/** Where the engine counts what happens; what it is at a moment is in {@link DistroStatus}. */
public interface DistroMetrics extends DriverMetrics {

    /** Counts nothing. */
    DistroMetrics NONE = new DistroMetrics() {
        @Override
        public void applied(int changes) {}

        @Override
        public void refused() {}

        @Override
        public void overloaded() {}

        @Override
        public void listenerFailed() {}

        @Override
        public void markerFailed() {}

        @Override
        public void stoodStill(long gapMillis) {}
    };
}
