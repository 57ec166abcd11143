package io.muster.raft.simulation;

import io.muster.raft.core.membership.Configuration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** All entries that any node of one cluster ever stored, and those that are committed. */
final class Ledger {

    /**
     * What is committed at an index.
     *
     * @param chain hash over the entry and all before it
     * @param committedIn the term in which it was first known to be committed
     */
    record Committed(long term, long chain, long committedIn) {}

    private record Place(long index, long term) {}

    private final Map<Place, Long> chains = new HashMap<>();
    private final TreeMap<Long, Map<Long, Configuration>> configurations = new TreeMap<>();
    private final Map<Place, Long> contents = new HashMap<>();
    private final TreeMap<Long, Committed> committed = new TreeMap<>();
    private final Set<Long> commands = new HashSet<>();

    /** @return the hash that another node has stored at this place, if it is another one */
    Optional<Long> stored(long index, long term, long chain, long content) {
        contents.put(new Place(index, term), content);
        Long before = chains.putIfAbsent(new Place(index, term), chain);
        return before == null || before == chain ? Optional.empty() : Optional.of(before);
    }

    void configured(long index, long term, Configuration configuration) {
        configurations.computeIfAbsent(index, first -> new HashMap<>()).put(term, configuration);
    }

    /** The configurations that entries name, by index and term. */
    NavigableMap<Long, Map<Long, Configuration>> configurations() {
        return configurations;
    }

    Optional<Committed> at(long index) {
        return Optional.ofNullable(committed.get(index));
    }

    long chainAt(long index) {
        Committed entry = committed.get(index);
        return entry == null ? 0 : entry.chain;
    }

    /** @return whether the same command was committed before, under another index */
    boolean commit(long index, Committed entry) {
        committed.put(index, entry);
        long content = contents.getOrDefault(new Place(index, entry.term), 0L);
        return content != 0 && !commands.add(content);
    }

    long lastIndex() {
        return committed.isEmpty() ? 0 : committed.lastKey();
    }

    /** The last entry that was committed in an older term than this. */
    long lastCommittedBefore(long term) {
        for (Map.Entry<Long, Committed> entry : committed.descendingMap().entrySet()) {
            if (entry.getValue().committedIn < term) {
                return entry.getKey();
            }
        }
        return 0;
    }
}
