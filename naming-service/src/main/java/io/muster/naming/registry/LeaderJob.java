package io.muster.naming.registry;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;

/**
 * Something that one member does for all (R30). An object for each time that this node leads: what it remembers, it has
 * seen itself. Each effect is a write under the condition that what it was decided on still stands: so it happens once,
 * even where two nodes hold themselves for the leader, or a write is carried out after its leader was deposed.
 */
interface LeaderJob {

    /** From the begin of leadership to the first round. */
    Duration firstAfter();

    /** From the end of a round to the next. */
    Duration every();

    /**
     * One round, on a timer's thread.
     *
     * @param leads whether this node still leads; to be asked before each write
     * @return when the round is over; a failure is told in the log, and the next round goes on
     */
    CompletionStage<Void> round(BooleanSupplier leads);
}
