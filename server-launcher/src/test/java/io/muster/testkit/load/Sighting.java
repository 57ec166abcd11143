package io.muster.testkit.load;

import java.net.URI;
import java.time.Duration;
import java.util.NavigableSet;

/**
 * One list that a watcher was given.
 *
 * @param at since the watchers started, when the answer came
 * @param node that answered
 * @param service listed
 * @param size instances in the list
 * @param missing of those that had to be in it, both when it was asked for and when it came; at most ten are named
 * @param missingCount how many were missing
 * @param unhealthy of those that had to be in it, and were, but not as healthy; at most ten are named
 * @param unhealthyCount how many
 */
public record Sighting(
        Duration at,
        URI node,
        String service,
        int size,
        NavigableSet<String> missing,
        int missingCount,
        NavigableSet<String> unhealthy,
        int unhealthyCount) {

    public boolean isFalselyEmpty() {
        return size == 0 && missingCount > 0;
    }

    public boolean lacksSomebody() {
        return missingCount > 0;
    }

    public boolean shunsSomebody() {
        return unhealthyCount > 0;
    }
}
