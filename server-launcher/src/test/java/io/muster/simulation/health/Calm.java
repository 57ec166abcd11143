package io.muster.simulation.health;

import io.muster.sim.cluster.SimCluster;
import io.muster.sim.cluster.SimMachine;
import java.util.ArrayList;
import java.util.List;

/** Since when nothing has changed: the same machines live, a majority, and see each other; none lacks time or files. Looked at every few milliseconds. */
final class Calm {

    private final SimCluster cluster;
    private List<Boolean> seen = List.of();
    private long sinceNanos;

    Calm(SimCluster cluster) {
        this.cluster = cluster;
    }

    /** @param isShort by machine, whether it lacks something now */
    void look(List<Boolean> isShort) {
        List<Boolean> now = new ArrayList<>(isShort);
        for (SimMachine one : cluster.machines()) {
            now.add(one.awake());
            cluster.machines().stream()
                    .filter(other -> other.index() > one.index())
                    .forEach(other -> now.add(cluster.network().connected(one.index(), other.index())));
        }
        boolean sound = isShort.stream().noneMatch(some -> some)
                && living().size() * 2 > cluster.size()
                && living().stream().allMatch(this::seesAllThatLive);
        if (!sound || !now.equals(seen)) {
            sinceNanos = cluster.clock().monoNanos();
            seen = now;
        }
    }

    /** Somebody has been started anew, whether or not anybody saw him dead. */
    void disturbed() {
        sinceNanos = cluster.clock().monoNanos();
    }

    List<Integer> living() {
        return cluster.machines().stream()
                .filter(SimMachine::awake)
                .map(SimMachine::index)
                .toList();
    }

    private boolean seesAllThatLive(int machine) {
        return living().stream()
                .allMatch(other -> other == machine || cluster.network().connected(machine, other));
    }

    long sinceNanos() {
        return sinceNanos;
    }
}
