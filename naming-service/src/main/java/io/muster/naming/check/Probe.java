package io.muster.naming.check;

import io.muster.naming.check.core.Obstacle;
import io.muster.naming.check.core.Plan;
import io.muster.naming.check.core.Verdict;

/** One way to look at a target. Runs on the context that it is called on. */
@FunctionalInterface
interface Probe {

    /**
     * Begins a check; the caller ends it when its time is over.
     *
     * @param address of the plan's host, by number
     * @param timeoutMillis after which nobody waits any more
     * @param ending is told once, soon or later; after {@link Running#cancel} never
     */
    Running begin(Plan plan, String address, long timeoutMillis, Ending ending);

    /** A check under way. */
    @FunctionalInterface
    interface Running {

        /** Lets go of everything; idempotent, and without effect on one that has ended. */
        void cancel();
    }

    /** How a check ends. */
    interface Ending {

        /** The target was seen. */
        void seen(Verdict verdict);

        /** The check was not made. */
        void notMade(Obstacle obstacle, String reason);

        /** As the failure says. */
        default void failed(Throwable failure) {
            SocketFailures.verdict(failure)
                    .ifPresentOrElse(
                            this::seen,
                            () -> notMade(SocketFailures.obstacle(failure), String.valueOf(failure.getMessage())));
        }
    }
}
