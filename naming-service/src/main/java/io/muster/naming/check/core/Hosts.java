package io.muster.naming.check.core;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Bounds the checks under way at one machine: a hundred instances behind one address must not get a hundred connections in one moment, and a
 * machine that swallows packets must not hold all the checks there are. Who finds no place waits in line, until it is called to a free one.
 */
final class Hosts {

    private static final int IN_FLIGHT_MAX = CheckCore.HOST_IN_FLIGHT_MAX;

    private final Map<String, Host> hosts = new LinkedHashMap<>();

    /** Where there may be both a free place and somebody who waits for one. */
    private final Set<String> toCall = new LinkedHashSet<>();

    private static final class Host {
        private int inFlight;

        /** Places kept for those who were called and have not come yet. */
        private int called;

        private final ArrayDeque<Target> waiting = new ArrayDeque<>();

        private boolean hasRoom() {
            return inFlight + called < IN_FLIGHT_MAX;
        }
    }

    /** Takes a place for a check of the target, or lets it wait in line for one. */
    boolean take(Target target) {
        Host host = hosts.computeIfAbsent(target.host(), ignored -> new Host());
        if (target.called) {
            target.called = false;
            host.called--;
        } else if (!host.hasRoom()) {
            host.waiting.add(target);
            return false;
        }
        host.inFlight++;
        return true;
    }

    /** Gives a place back. */
    void release(String name) {
        Host host = hosts.get(name);
        if (host == null || host.inFlight == 0) {
            throw new IllegalStateException("no check is under way at " + name);
        }
        host.inFlight--;
        toCall.add(name);
    }

    /** The target will not come any more, should it have been called. */
    void forget(Target target) {
        if (target.called) {
            target.called = false;
            Host host = hosts.get(target.host());
            if (host == null || host.called == 0) {
                throw new IllegalStateException("nobody was called to " + target.host());
            }
            host.called--;
            toCall.add(target.host());
        }
    }

    /** Who may ask again, those who waited longest first: for each there is a place. */
    List<Target> call() {
        List<Target> called = new ArrayList<>();
        for (String name : toCall) {
            Host host = hosts.get(name);
            if (host == null) {
                continue;
            }
            while (host.hasRoom() && !host.waiting.isEmpty()) {
                Target next = host.waiting.remove();
                if (!next.dropped) {
                    next.called = true;
                    host.called++;
                    called.add(next);
                }
            }
            if (host.inFlight + host.called == 0) {
                hosts.remove(name);
            }
        }
        toCall.clear();
        return called;
    }
}
