package io.muster.naming.check.core;

import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Bounds the checks under way at one machine: a hundred instances behind one address must not get a hundred connections in one moment, and a
 * machine that swallows packets must not hold all the checks there are.
 */
final class Hosts {

    static final int IN_FLIGHT_MAX = 32;

    private final Map<String, Host> hosts = new LinkedHashMap<>();

    private static final class Host {
        private int inFlight;
        private final ArrayDeque<Target> waiting = new ArrayDeque<>();
    }

    /** Takes a place for a check of the target, or lets it wait in line for one. */
    boolean take(Target target) {
        Host host = hosts.computeIfAbsent(target.host(), ignored -> new Host());
        if (host.inFlight < IN_FLIGHT_MAX) {
            host.inFlight++;
            return true;
        }
        host.waiting.add(target);
        return false;
    }

    /**
     * Gives a place back.
     *
     * @return who waited longest for it and may ask again
     */
    Optional<Target> release(String name) {
        Host host = hosts.get(name);
        if (host == null || host.inFlight == 0) {
            throw new IllegalStateException("no check is under way at " + name);
        }
        host.inFlight--;
        Target next = host.waiting.poll();
        while (next != null && next.dropped) {
            next = host.waiting.poll();
        }
        if (host.inFlight == 0 && next == null) {
            hosts.remove(name);
        }
        return Optional.ofNullable(next);
    }
}
