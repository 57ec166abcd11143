package io.muster.distro.core;

import io.muster.consistency.ChangeEvent;
import io.muster.consistency.ConsistencyException;
import io.muster.consistency.Datum;
import java.util.List;
import java.util.Optional;

/**
 * What a step asks of the driver, in the order in which it is to be carried out. Readers see the changes already.
 *
 * @param marker what to do with the marker file; nobody waits for it
 * @param events for the listeners, per key in version order
 * @param results of a {@link Input.Write}: what stands under each of its keys now, in order; else empty
 * @param refusal the first change of the write that was refused, and why; the others were carried out
 * @param notices for the log
 * @param more work was left for lack of budget: feed another {@link Input.Tick} soon
 */
public record Effects<V>(
        Optional<MarkerChange> marker,
        List<ChangeEvent<V>> events,
        List<Optional<Datum<V>>> results,
        Optional<ConsistencyException> refusal,
        List<Notice> notices,
        boolean more) {

    /** What is to become of the file which says that this node holds ephemeral data (design §5, "Cold start"). */
    public enum MarkerChange {
        /** The first datum came. */
        WRITE,
        /** The last one went. */
        CLEAR
    }
}
