package io.muster.server;

import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How long the parts of a server are waited for when it stops: one deadline for all. What fails or is late is told and left. */
final class Patience {

    private static final Logger LOG = LoggerFactory.getLogger(Patience.class);

    private final long deadlineNanos;

    Patience(Duration whole) {
        this.deadlineNanos = System.nanoTime() + whole.toNanos();
    }

    /** What is left, at least a millisecond. */
    Duration left() {
        return Duration.ofNanos(Math.max(TimeUnit.MILLISECONDS.toNanos(1), deadlineNanos - System.nanoTime()));
    }

    /** Waits until the stage ends, but not beyond the deadline. */
    void await(String what, CompletionStage<?> stage) {
        try {
            stage.toCompletableFuture()
                    .copy()
                    .orTimeout(left().toNanos(), TimeUnit.NANOSECONDS)
                    .join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof TimeoutException) {
                LOG.warn("{} did not stop in time", what);
            } else {
                LOG.warn("{} did not stop in order", what, e.getCause());
            }
        }
    }

    /** Tells of a part that could not be ended in order. */
    void tell(Exception failure) {
        LOG.warn("stopping", failure);
    }
}
