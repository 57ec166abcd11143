package io.muster.distro.sim.cluster;

import io.muster.consistency.ChangeEvent;
import io.muster.consistency.ChangeEvent.Marked;
import io.muster.consistency.ChangeEvent.Removed;
import io.muster.consistency.ChangeEvent.Stored;
import io.muster.consistency.Datum;
import io.muster.consistency.Key;
import io.muster.consistency.Mark;
import io.muster.consistency.Removal;
import io.muster.consistency.Version;
import io.muster.sim.run.InvariantViolation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Watches the cluster from outside: what was acknowledged to clients, and what listeners of each node hear; says which invariant breaks. */
final class ApObserver {

    static final long NEVER = Long.MIN_VALUE / 2;

    /** Ranks of what ends an instance, after HEALTHY and UNHEALTHY. */
    private static final int EXPIRED = 2;

    private static final int REMOVED = 3;

    /** What one process has shown of one key. */
    private record Shown(Version version, int rank) {}

    private final ApRun run;
    private final Map<Key, ApClient> clients = new TreeMap<>();

    /** Per node: what its current process has shown, and when it accepted beats. */
    private final List<Map<Key, Shown>> shown = new ArrayList<>();

    private final List<Map<Key, Datum<String>>> mirrors = new ArrayList<>();
    private final List<Map<Key, Long>> accepted = new ArrayList<>();
    private final Map<Key, Version> removed = new TreeMap<>();
    private @Nullable InvariantViolation violation;

    ApObserver(ApRun run, int nodes) {
        this.run = run;
        for (int node = 0; node < nodes; node++) {
            shown.add(new TreeMap<>());
            mirrors.add(new TreeMap<>());
            accepted.add(new TreeMap<>());
        }
    }

    void watch(ApClient client) {
        clients.put(client.key, client);
    }

    void started(int node) {
        shown.get(node).clear();
        mirrors.get(node).clear();
        accepted.get(node).clear();
    }

    /** The client did something that a server may take for a sign of life. */
    void acted(ApClient client) {
        client.gone = false;
        removed.remove(client.key);
    }

    void accepted(ApClient client, int node) {
        accepted.get(node).put(client.key, run.nowNanos());
        client.accepted(run.nowNanos());
    }

    /** The client asks to be removed: whatever it did before counts for nothing. */
    void leaves(ApClient client) {
        accepted.forEach(ofNode -> ofNode.remove(client.key));
    }

    /** @param version of the removal */
    void deregistered(ApClient client, Optional<Version> version) {
        version.ifPresent(removal -> removed.put(client.key, removal));
    }

    long acceptedNanos(ApClient client, int node) {
        return accepted.get(node).getOrDefault(client.key, NEVER);
    }

    Map<Key, Datum<String>> mirror(int node) {
        return mirrors.get(node);
    }

    /** Thrown where listeners are called it would count as the listener's fault. */
    void rethrow() {
        if (violation != null) {
            throw violation;
        }
    }

    void events(int node, List<ChangeEvent<String>> events) {
        try {
            events.forEach(event -> event(node, event));
        } catch (InvariantViolation found) {
            broken(found);
        }
    }

    /** Found where an exception would not reach the simulation. */
    void broken(InvariantViolation found) {
        violation = violation == null && run.counts(found.invariant()) ? found : violation;
    }

    private void event(int node, ChangeEvent<String> event) {
        Key key = event.key();
        if (event instanceof Removed<String> gone) {
            mirrors.get(node).remove(key);
            run.delisted(node, key);
            if (gone.cause() == Removal.EXPIRED) {
                expired(node, gone);
            } else {
                // What it heard was of the life that ended, and went with its session.
                accepted.get(node).remove(key);
            }
            shown.get(node).put(key, new Shown(event.version(), gone.cause() == Removal.EXPIRED ? EXPIRED : REMOVED));
            return;
        }
        Datum<String> datum =
                event instanceof Stored<String> stored ? stored.datum() : ((Marked<String>) event).datum();
        int rank = datum.mark() == Mark.HEALTHY ? 0 : 1;
        Shown before = shown.get(node).get(key);
        if (before != null) {
            int order = datum.version().compareTo(before.version());
            require(
                    !(event instanceof Marked<String>) || rank == 0 || order == 0,
                    "ID6",
                    node,
                    () -> "VersionMonotone: a mark says something of the version that it stands on, " + before
                            + ", and no more: " + datum);
            require(
                    order > 0 || (order == 0 && rank >= before.rank()),
                    before.rank() == REMOVED ? "ID4" : "ID6",
                    node,
                    () -> (before.rank() == REMOVED ? "NoResurrection" : "VersionMonotone") + ": went back from "
                            + before + " to " + datum);
        }
        ApClient client = clients.get(key);
        require(
                client == null || rank == 0 || !run.livesThroughBurst(client),
                "IX5",
                node,
                () -> "Shed: " + datum
                        + " is marked after a burst, though its client beats at nodes that see each other");
        Version removal = removed.get(key);
        require(
                client == null
                        || !client.gone
                        || removal == null
                        || !run.clocksAgree()
                        || datum.version().compareTo(removal) <= 0,
                "ID4",
                node,
                () -> "NoResurrection: deregistered under " + removal + ", and shown again: " + datum);
        shown.get(node).put(key, new Shown(datum.version(), rank));
        mirrors.get(node).put(key, datum);
    }

    private void expired(int node, Removed<String> gone) {
        ApClient client = clients.get(gone.key());
        if (client == null) {
            return;
        }
        long removeAfterNanos = TimeUnit.MILLISECONDS.toNanos(client.lease.removeAfterMillis());
        long silentNanos = run.nowNanos() - acceptedNanos(client, node);
        require(
                silentNanos >= removeAfterNanos,
                "ID2",
                node,
                () -> "LiveVisible: " + gone + " left the list of the node that accepted its beat "
                        + TimeUnit.NANOSECONDS.toMillis(silentNanos) + " ms ago");
        require(
                !run.livesInCalm(client),
                "ID9",
                node,
                () -> "NoMassExpiry: " + gone.last()
                        + " expired, though its client beats at nodes that see each other");
        run.mark("expired");
    }

    private void require(boolean holds, String invariant, int node, Supplier<String> values) {
        if (!holds && run.counts(invariant)) {
            throw new InvariantViolation(invariant, node, values.get());
        }
    }
}
