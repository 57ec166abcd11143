package io.muster.sim.example;

/** Which write a value comes from. The origin is the run id of the coordinator, so that no stamp is issued twice, not even after a restart. */
record Stamp(long counter, long origin) implements Comparable<Stamp> {

    /** Of a register that was never written. */
    static final Stamp NONE = new Stamp(0, 0);

    @Override
    public int compareTo(Stamp other) {
        int byCounter = Long.compare(counter, other.counter);
        return byCounter != 0 ? byCounter : Long.compare(origin, other.origin);
    }
}
