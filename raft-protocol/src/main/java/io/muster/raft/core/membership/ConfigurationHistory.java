package io.muster.raft.core.membership;

import io.muster.consistency.FormatInForce;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

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

    /** The index of the one in force; 0 before the group is founded. */
    public long currentIndex() {
        return byIndex.isEmpty() ? 0 : byIndex.lastKey();
    }

    /** The one that the entries up to the index name. */
    public Optional<Configuration> at(long index) {
        return Optional.ofNullable(byIndex.floorEntry(index)).map(Map.Entry::getValue);
    }

    /** The index of the first one behind the index; {@code Long.MAX_VALUE} if there is none. */
    public long nextAfter(long index) {
        Long next = byIndex.higherKey(index);
        return next == null ? Long.MAX_VALUE : next;
    }

    /** Whether it is true of all that are known. */
    public boolean all(Predicate<Configuration> condition) {
        return byIndex.values().stream().allMatch(condition);
    }

    /** The newest format that is in force in any of them; the first if there is none. */
    public int newestFormat() {
        return byIndex.values().stream().mapToInt(Configuration::format).max().orElse(FormatInForce.FIRST);
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

    /** A snapshot of the index takes the place of all entries up to it. */
    public void replaceTo(long index, Configuration configuration) {
        byIndex.headMap(index, true).clear();
        byIndex.put(index, configuration);
    }
}
