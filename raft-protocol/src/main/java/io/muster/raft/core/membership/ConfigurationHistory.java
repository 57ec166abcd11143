package io.muster.raft.core.membership;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The configurations that the log names, by the index of their entry. A configuration is in force from its entry on, committed or not, and
 * goes with the entry when that is truncated (dissertation §4.1).
 */
public final class ConfigurationHistory {

    /** Index → configuration. The lowest one may be older than the log: it is the snapshot's. */
    private final TreeMap<Long, Configuration> byIndex = new TreeMap<>();

    public void put(long index, Configuration configuration) {
        byIndex.put(index, configuration);
    }

    /** The one in force; empty before the group is founded. */
    public Optional<Configuration> current() {
        return Optional.ofNullable(byIndex.lastEntry()).map(Map.Entry::getValue);
    }

    /** The one that the entries up to the index name. */
    public Optional<Configuration> at(long index) {
        return Optional.ofNullable(byIndex.floorEntry(index)).map(Map.Entry::getValue);
    }

    public void truncateFrom(long index) {
        byIndex.tailMap(index, true).clear();
    }

    /** Forgets those that only entries before the index need. */
    public void compactTo(long index) {
        Long floor = byIndex.floorKey(index);
        if (floor != null) {
            byIndex.headMap(floor, false).clear();
        }
    }
}
