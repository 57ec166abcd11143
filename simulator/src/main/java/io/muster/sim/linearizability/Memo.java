package io.muster.sim.linearizability;

import java.util.BitSet;

/** Remembers where a search has been, so that it goes there once (Lowe 2017). */
interface Memo<S> {

    /**
     * Whether the search is here for the first time. Two orders of the same operations that lead to the same state have
     * the same future.
     *
     * @param placed the operations that are linearized; the caller goes on changing it
     * @param state after them
     */
    boolean firstVisit(BitSet placed, S state);
}
