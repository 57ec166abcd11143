package io.muster.raft.core;

import java.util.List;

/** A deterministic machine: an input and the time go in, effects come out. */
@FunctionalInterface
public interface Machine {

    /**
     * @param nowNanos monotonic; never less than before
     * @return to be carried out in order
     */
    List<Effect> on(Input input, long nowNanos);
}
