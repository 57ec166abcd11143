package io.muster.member.health.core;

import io.muster.member.NodeId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Who else got an answer from one peer, and when at the latest. At most one for each member. */
final class Sightings {

    private final TreeMap<NodeId, Sighting> byReporter = new TreeMap<>();

    /**
     * @param atNanos awake time; the peer was alive then or later
     * @param loaded what it said of itself
     */
    record Sighting(long atNanos, boolean loaded) {}

    void add(NodeId reporter, Sighting sighting) {
        Sighting known = byReporter.get(reporter);
        if (known == null || known.atNanos() <= sighting.atNanos()) {
            byReporter.put(reporter, sighting);
        }
    }

    /** Those who saw it after the moment, sorted. */
    List<NodeId> reportersSince(long nanos) {
        return byReporter.entrySet().stream()
                .filter(entry -> entry.getValue().atNanos() > nanos)
                .map(Map.Entry::getKey)
                .toList();
    }

    Optional<Sighting> latest() {
        return byReporter.values().stream().reduce((one, other) -> other.atNanos() >= one.atNanos() ? other : one);
    }

    void clear() {
        byReporter.clear();
    }
}
