package io.muster.distro.sim;

import io.muster.consistency.ChangeEvent;
import io.muster.consistency.ChangeEvent.Marked;
import io.muster.consistency.ChangeEvent.Removed;
import io.muster.consistency.ChangeEvent.Stored;
import io.muster.consistency.Datum;
import io.muster.consistency.Key;
import io.muster.consistency.Lease;
import io.muster.consistency.Mark;
import io.muster.consistency.Removal;
import io.muster.consistency.Version;
import io.muster.distro.core.DumbDigest;
import io.muster.sim.VirtualTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Watches from outside: what was acknowledged to clients, what listeners hear, what readers see; and says which invariant breaks. One
 * life of the server begins with {@link #serverStarted}.
 */
final class Observer {

    /** What is known of one instance in the server's current life. */
    private static final class Sight {
        long acceptedNanos = NEVER;
        long stalledBeforeNanos;
        int pausesBefore;

        @Nullable
        Lease lease;

        /** Acknowledged, and not registered again since. */
        boolean deregistered;

        /** Whether its client has done anything since it was last told to be gone. */
        boolean actedSinceRemoval = true;

        @Nullable
        Version shownVersion;

        @Nullable
        Mark shownMark;
    }

    private static final long NEVER = Long.MIN_VALUE;
    private static final long LATE_MILLIS_MAX = 1_500;
    private static final long GUARD_MILLIS_MAX = 60_000;

    /** R45: removal may come later by a pause. The engine counts a pause from its last step, and a beat taken in right after it a little late. */
    private static final long PAUSE_SLACK_MILLIS = 1_100;

    private static final int GUARDED_INSTANCES_MIN = 11;

    private final VirtualTime clock;
    private final boolean guardCanHold;
    private final Map<Key, Sight> sights = new TreeMap<>();
    private final Map<Key, Datum<String>> mirror = new TreeMap<>();
    private long stalledNanos;
    private int pauses;
    private @Nullable Violation violation;
    private long eventCount;

    Observer(VirtualTime clock, int instances) {
        this.clock = clock;
        this.guardCanHold = instances >= GUARDED_INSTANCES_MIN;
    }

    /** A new process has nothing in memory. */
    void serverStarted() {
        sights.clear();
        mirror.clear();
    }

    /** @param millis more than what the engine tolerates unnoticed */
    void serverStoodStill(long millis) {
        stalledNanos += TimeUnit.MILLISECONDS.toNanos(millis);
        pauses++;
    }

    /** A beat or registration was taken in. */
    void accepted(Key key, Lease lease) {
        Sight sight = sight(key);
        sight.acceptedNanos = clock.monoNanos();
        sight.stalledBeforeNanos = stalledNanos;
        sight.pausesBefore = Math.max(0, pauses - 1);
        sight.lease = lease;
        sight.actedSinceRemoval = true;
        sight.deregistered = false;
    }

    void deregistrationAcknowledged(Key key) {
        Sight sight = sight(key);
        sight.deregistered = true;
        sight.actedSinceRemoval = false;
    }

    boolean acceptedInThisLife(Key key) {
        return sights.containsKey(key) && sight(key).acceptedNanos != NEVER;
    }

    void events(List<ChangeEvent<String>> events) {
        try {
            events.forEach(this::event);
        } catch (Violation found) {
            // Thrown where listeners are called it would count as the listener's fault.
            violation = violation == null ? found : violation;
        }
    }

    void rethrow() {
        if (violation != null) {
            throw violation;
        }
    }

    long eventCount() {
        return eventCount;
    }

    private void event(ChangeEvent<String> event) {
        eventCount++;
        Sight sight = sight(event.key());
        if (event instanceof Removed<String> removed) {
            removed(removed, sight);
            mirror.remove(event.key());
            return;
        }
        Datum<String> datum =
                event instanceof Stored<String> stored ? stored.datum() : ((Marked<String>) event).datum();
        require(sight.actedSinceRemoval, "ID4", "shown again, though its client did nothing", datum);
        if (sight.shownVersion != null) {
            int byVersion = datum.version().compareTo(sight.shownVersion);
            boolean forward = byVersion > 0 || (byVersion == 0 && datum.mark().compareTo(sight.shownMark) > 0);
            require(forward, "ID6", "went back from " + sight.shownVersion + " " + sight.shownMark, datum);
        }
        if (datum.mark() == Mark.UNHEALTHY && sight.shownVersion != null) {
            require(datum.version().equals(sight.shownVersion), "ID6", "a mark came with a version of its own", datum);
            requireSilent(sight, Math.min(sight.lease.unhealthyAfterMillis(), sight.lease.removeAfterMillis()), datum);
        }
        sight.shownVersion = datum.version();
        sight.shownMark = datum.mark();
        mirror.put(datum.key(), datum);
    }

    private void removed(Removed<String> removed, Sight sight) {
        if (removed.cause() == Removal.EXPIRED) {
            requireSilent(sight, sight.lease.removeAfterMillis(), removed.last());
            require(
                    removed.version().equals(removed.last().version()),
                    "ID6",
                    "expiry came with a version of its own",
                    removed.last());
        }
        sight.shownVersion = removed.version();
        sight.shownMark = Mark.EXPIRED;
        sight.actedSinceRemoval = false;
    }

    private void requireSilent(Sight sight, long millis, Datum<String> datum) {
        require(
                silentNanos(sight) >= TimeUnit.MILLISECONDS.toNanos(millis),
                "ID9",
                "ended " + TimeUnit.NANOSECONDS.toMillis(silentNanos(sight)) + " ms after its last accepted beat",
                datum);
    }

    /** Since the last accepted beat, without the time that the server stood still for. */
    private long silentNanos(Sight sight) {
        return clock.monoNanos() - sight.acceptedNanos - (stalledNanos - sight.stalledBeforeNanos);
    }

    /** Looks at the server between events. */
    void probe(ServerProcess server) {
        rethrow();
        List<Datum<String>> listed = server.list();
        listed.sort(Comparator.comparing(Datum::key));
        require(listed.equals(List.copyOf(mirror.values())), "ID11", "listeners believe " + mirror.values(), listed);
        require(server.digest() == DumbDigest.of(listed, ServerProcess::hash), "ID7", "digest differs", listed);
        sights.forEach((key, sight) -> probe(key, sight, server));
    }

    private void probe(Key key, Sight sight, ServerProcess server) {
        Datum<String> datum = server.get(key).orElse(null);
        if (sight.deregistered || sight.lease == null) {
            require(datum == null, "ID4", "deregistered, and listed", key);
            return;
        }
        if (!sight.actedSinceRemoval) {
            return;
        }
        long sinceMillis = TimeUnit.NANOSECONDS.toMillis(clock.monoNanos() - sight.acceptedNanos);
        long silentMillis = TimeUnit.NANOSECONDS.toMillis(silentNanos(sight));
        long shortestMillis = Math.min(sight.lease.unhealthyAfterMillis(), sight.lease.removeAfterMillis());
        if (sinceMillis >= 1 && sinceMillis < shortestMillis) {
            require(
                    datum != null && datum.mark() == Mark.HEALTHY,
                    "ID2",
                    "beat " + sinceMillis + " ms ago: " + datum,
                    key);
        }
        long bound = sight.lease.removeAfterMillis()
                + LATE_MILLIS_MAX
                + PAUSE_SLACK_MILLIS * (pauses - sight.pausesBefore)
                + (guardCanHold ? GUARD_MILLIS_MAX : 0);
        require(datum == null || silentMillis <= bound, "ID3", "silent for " + silentMillis + " ms: " + datum, key);
    }

    /** X13: who is alive, and was listed before the server died, is missing from no list that clients get to see. */
    void requireListed(List<Key> living, ServerProcess server) {
        List<Key> missing = new ArrayList<>();
        for (Key key : living) {
            if (server.get(key).isEmpty()) {
                missing.add(key);
            }
        }
        require(missing.isEmpty(), "X13", "a list is short of the living", missing);
    }

    private Sight sight(Key key) {
        return sights.computeIfAbsent(key, unknown -> new Sight());
    }

    private static void require(boolean holds, String invariant, String what, Object subject) {
        if (!holds) {
            throw new Violation(invariant, what + ": " + subject);
        }
    }
}
