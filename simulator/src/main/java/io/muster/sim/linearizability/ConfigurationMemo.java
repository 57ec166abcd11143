package io.muster.sim.linearizability;

import java.util.BitSet;
import java.util.HashSet;
import java.util.Set;

/** Remembers every pair of operations placed and state reached. Grows by one at each step of the search at most. */
final class ConfigurationMemo<S> implements Memo<S> {

    private record Configuration<S>(BitSet placed, S state) {}

    private final Set<Configuration<S>> visited = new HashSet<>();

    @Override
    public boolean firstVisit(BitSet placed, S state) {
        return visited.add(new Configuration<>((BitSet) placed.clone(), state));
    }
}
