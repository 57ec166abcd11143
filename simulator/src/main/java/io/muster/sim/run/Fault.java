package io.muster.sim.run;

import java.util.List;

/**
 * One fault of a plan, with all that was drawn for it, so that taking another one away changes nothing here.
 *
 * @param atMillis of virtual time: when it begins, or from when on its trigger counts
 * @param forMillis how long it lasts, for those that last
 * @param nodes whom it hits; what it means is said at each {@link FaultKind}
 * @param amount how bad it is, in the unit that the kind says
 * @param seed of what is drawn when it is carried out
 * @param trigger the sensitive point that fires it; empty for one fired by time
 * @param nth fires the how-many-th time, from 1 on
 * @param delayMicros fires so long after the sensitive point
 */
public record Fault(
        FaultKind kind,
        long atMillis,
        long forMillis,
        List<Integer> nodes,
        long amount,
        long seed,
        String trigger,
        int nth,
        long delayMicros) {

    public Fault {
        nodes = List.copyOf(nodes);
        if (atMillis < 0 || forMillis < 0 || delayMicros < 0 || nth < 1) {
            throw new IllegalArgumentException("times are zero or more, the count one or more");
        }
    }

    /** A fault fired by time. */
    public static Fault at(long atMillis, FaultKind kind, long forMillis, List<Integer> nodes, long amount, long seed) {
        return new Fault(kind, atMillis, forMillis, nodes, amount, seed, "", 1, 0);
    }

    /** The same fault, fired by a sensitive point instead; without nodes it hits the node that comes there. */
    public Fault triggeredBy(String point, int count, long afterMicros) {
        return new Fault(kind, atMillis, forMillis, List.of(), amount, seed, point, count, afterMicros);
    }

    public boolean isTriggered() {
        return !trigger.isEmpty();
    }

    Fault movedTo(long newAtMillis) {
        return new Fault(kind, newAtMillis, forMillis, nodes, amount, seed, trigger, nth, delayMicros);
    }

    Fault lasting(long newForMillis) {
        return new Fault(kind, atMillis, newForMillis, nodes, amount, seed, trigger, nth, delayMicros);
    }

    Fault hitting(List<Integer> newNodes) {
        return new Fault(kind, atMillis, forMillis, newNodes, amount, seed, trigger, nth, delayMicros);
    }
}
