package io.muster.sim.example;

/** What one register holds. */
record Stored(Stamp stamp, long value) {

    static final Stored NOTHING = new Stored(Stamp.NONE, 0);
}
