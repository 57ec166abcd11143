package io.muster.distro.core;

import io.muster.consistency.ChangeEvent;
import io.muster.consistency.ConsistencyException;
import io.muster.consistency.Datum;
import io.muster.member.NodeId;
import java.util.List;
import java.util.Optional;

/**
 * What a step asks of the driver, in the order in which it is to be carried out. Readers see the changes already.
 *
 * @param marker what to do with the marker file; nobody waits for it
 * @param events for the listeners, per key in version order
 * @param sends messages to other members
 * @param clock this node's hybrid clock, for the frames of these messages
 * @param outcomes of writes that are done; a write may be done in a later step than the one that took it
 * @param notices for the log
 * @param wakeAtNanos monotonic time at which {@link Input.Wake} is to be fed, {@link Long#MAX_VALUE} if never; replaces what an earlier step
 *     asked for
 * @param more work was left for lack of budget: feed another {@link Input.Tick} soon
 */
public record Effects<V>(
        Optional<MarkerChange> marker,
        List<ChangeEvent<V>> events,
        List<Send<V>> sends,
        long clock,
        List<Outcome<V>> outcomes,
        List<Notice> notices,
        long wakeAtNanos,
        boolean more) {

    /** What is to become of the file which says that this node holds ephemeral data (design §5, "Cold start"). */
    public enum MarkerChange {
        /** The first datum came. */
        WRITE,
        /** The last one went. */
        CLEAR
    }

    /** A message for a member. */
    public record Send<V>(NodeId to, Message<V> message) {}

    /**
     * A write is done.
     *
     * @param call of the {@link Input.Write}
     * @param results what stands under each of its keys now, in order
     * @param refusal the first change that was refused, and why; the others were carried out
     */
    public record Outcome<V>(long call, List<Optional<Datum<V>>> results, Optional<ConsistencyException> refusal) {}
}
