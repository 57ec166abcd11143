package io.muster.sim.linearizability;

/**
 * A point of a history. Two that are equal are taken as simultaneous: what they bound overlaps.
 *
 * @param nanos as read from the one clock of the history, virtual or monotonic
 * @param order tells apart what the clock cannot: virtual time stands still while much happens
 */
public record Moment(long nanos, long order) implements Comparable<Moment> {

    /** Later than all others: where operations end that may yet take effect. */
    public static final Moment NEVER = new Moment(Long.MAX_VALUE, Long.MAX_VALUE);

    public static Moment at(long nanos) {
        return new Moment(nanos, 0);
    }

    @Override
    public int compareTo(Moment other) {
        int byClock = Long.compare(nanos, other.nanos);
        return byClock != 0 ? byClock : Long.compare(order, other.order);
    }

    @Override
    public String toString() {
        return equals(NEVER) ? "∞" : Long.toString(nanos);
    }
}
