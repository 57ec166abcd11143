package io.muster.naming.registry;

import io.muster.consistency.Change;
import io.muster.consistency.Condition;
import io.muster.consistency.ConsistencyService;
import io.muster.consistency.Datum;
import io.muster.consistency.FormatInForce;
import io.muster.consistency.Key;
import io.muster.consistency.Removal;
import io.muster.naming.model.Overlay;
import io.muster.naming.model.RegistryRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Removes the overlays of instances that have been gone for long: clients that come back with ever new addresses must
 * not fill the log with what operators once said of the old ones (X17). The leader's job.
 *
 * <p>An instance counts as gone when this leader itself has missed it for {@link #GRACE}: then the time is noted in the
 * overlay, so that the age limit counts on from leader to leader. An instance that is back clears the note.
 *
 * <p>Empty overlays only hold words off that were taken back. They go when no record has been seen to bear such a word for
 * as long as one that has expired may come back with it: the longest lease, and {@link #GRACE} at least.
 */
final class OverlayAgeing implements LeaderJob {

    /** What a cold start, or a member that loads, may hide longest. */
    static final Duration GRACE = Duration.ofMinutes(10);

    private static final Duration EVERY = Duration.ofMinutes(1);

    /** Overlays looked at in one go: the timer's thread has other work. */
    private static final int LOOKS_MAX = 2_000;

    /** Writes of one round; the next one does the rest. */
    private static final int WRITES_MAX = 1_000;

    private static final int IN_FLIGHT_MAX = 64;

    private record Write(ServiceEntry entry, Overlay overlay, Change<RegistryRecord> change) {}

    private final ConsistencyService<RegistryRecord> consistency;
    private final ServiceIndex index;
    private final AuditLog audit;
    private final RegistryPorts ports;

    /** 0 for none. */
    private final long maxAgeMillis;

    /** What is empty stays so long. */
    private final long emptyNanos;

    /** Since when, monotonic time, this leader finds these overlays without what they are for. Only ever used by one round. */
    private Map<Key, Long> missedSinceNanos = new HashMap<>();

    OverlayAgeing(
            ConsistencyService<RegistryRecord> consistency,
            ServiceIndex index,
            AuditLog audit,
            RegistryPorts ports,
            long maxAgeMillis,
            long leaseMaxMillis) {
        this.consistency = consistency;
        this.index = index;
        this.audit = audit;
        this.ports = ports;
        this.maxAgeMillis = maxAgeMillis;
        this.emptyNanos = Math.max(GRACE.toNanos(), TimeUnit.MILLISECONDS.toNanos(leaseMaxMillis));
    }

    @Override
    public Duration firstAfter() {
        return EVERY;
    }

    @Override
    public Duration every() {
        return EVERY;
    }

    @Override
    public CompletionStage<Void> round(BooleanSupplier leads) {
        if (!ports.format().allows(FormatInForce.SECOND)) {
            // Notes of absence, and what removes them, are for members that know of them (R32).
            missedSinceNanos = new HashMap<>();
            return CompletableFuture.completedFuture(null);
        }
        return ServiceWalk.over(index, consistency, ports, leads, LOOKS_MAX, new Round(leads));
    }

    @Override
    public String toString() {
        return "overlay ageing";
    }

    /** One walk over all overlays, and the writes that come of it. */
    private final class Round implements ServiceWalk.Visitor {
        private final BooleanSupplier leads;
        private final Map<Key, Long> missed = new HashMap<>();
        private final List<Write> writes = new ArrayList<>();

        Round(BooleanSupplier leads) {
            this.leads = leads;
        }

        @Override
        public void blind() {
            missedSinceNanos = new HashMap<>();
        }

        @Override
        public int visit(ServiceEntry entry) {
            if (!entry.isOverlaid()) {
                return 1;
            }
            List<ServiceEntry.Laying> overlays = entry.overlays();
            overlays.forEach(laying -> consider(entry, laying));
            return 1 + overlays.size();
        }

        @Override
        public CompletionStage<Void> end() {
            missedSinceNanos = missed;
            return ServiceWalk.write(writes, IN_FLIGHT_MAX, leads, this::carryOut);
        }

        private void consider(ServiceEntry entry, ServiceEntry.Laying laying) {
            Datum<RegistryRecord> datum = laying.overlay();
            Overlay overlay = (Overlay) datum.value();
            if (overlay.isEmpty() ? laying.bearsWord() : laying.registered()) {
                if (overlay.absentSinceWallMillis() != 0) {
                    plan(entry, datum, put(datum, overlay.absentSince(0)));
                }
                return;
            }
            long now = ports.monoNanos().getAsLong();
            long since = missedSinceNanos.getOrDefault(datum.key(), now);
            missed.put(datum.key(), since);
            if (now - since < (overlay.isEmpty() ? emptyNanos : GRACE.toNanos())) {
                return;
            }
            long wallNow = Math.max(1, ports.wallMillis().getAsLong());
            if (overlay.isEmpty()) {
                plan(entry, datum, remove(datum));
            } else if (overlay.absentSinceWallMillis() == 0) {
                plan(entry, datum, put(datum, overlay.absentSince(wallNow)));
            } else if (maxAgeMillis > 0 && wallNow - overlay.absentSinceWallMillis() > maxAgeMillis) {
                plan(entry, datum, remove(datum));
            }
        }

        private void plan(ServiceEntry entry, Datum<RegistryRecord> datum, Change<RegistryRecord> change) {
            if (writes.size() < WRITES_MAX) {
                writes.add(new Write(entry, (Overlay) datum.value(), change));
            }
        }

        private Change<RegistryRecord> put(Datum<RegistryRecord> datum, Overlay noted) {
            return Change.put(datum.key(), noted, Condition.versionIs(datum.version()));
        }

        private Change<RegistryRecord> remove(Datum<RegistryRecord> datum) {
            return Change.remove(datum.key(), Removal.HOUSEKEEPING, Condition.versionIs(datum.version()));
        }

        private CompletionStage<Void> carryOut(Write write) {
            Key key = write.change().key();
            boolean ages = write.change() instanceof Change.Remove<RegistryRecord>
                    && !write.overlay().isEmpty();
            return ages
                    ? audit.audited(
                            Caller.SERVER,
                            "age-overlay",
                            write.entry().name(),
                            key.id(),
                            () -> consistency
                                    .get(key)
                                    .map(Datum::value)
                                    .map(Object::toString)
                                    .orElse("nothing"),
                            () -> applied(write.change()))
                    : applied(write.change());
        }

        private CompletionStage<Void> applied(Change<RegistryRecord> change) {
            return consistency.apply(List.of(change)).thenAccept(results -> {});
        }
    }
}
