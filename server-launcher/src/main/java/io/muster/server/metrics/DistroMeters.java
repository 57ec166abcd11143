package io.muster.server.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.muster.distro.DistroMetrics;
import io.muster.distro.DistroStatus;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** The figures of the Distro engine as meters named {@code muster_distro_…}. */
public final class DistroMeters implements DistroMetrics {

    private static final double MILLIS_A_SECOND = 1_000;

    private final MeterRegistry registry;
    private final Counter changesApplied;
    private final Counter conflicts;
    private final Counter overloads;
    private final Counter listenerFailures;
    private final Counter markerFailures;
    private final Counter bytesSent;
    private final Counter bytesReceived;
    private final Counter malformed;
    private final Timer standStills;

    public DistroMeters(MeterRegistry registry) {
        this.registry = registry;
        changesApplied =
                counter("muster.distro.changes.applied", "Changes of ephemeral data that were carried out here.");
        conflicts = counter("muster.distro.conflicts", "Calls whose condition did not hold.");
        overloads = counter("muster.distro.overloads", "Calls that were turned away because the queue was full.");
        listenerFailures = counter("muster.distro.listener.failures", "Exceptions that listeners threw.");
        markerFailures = counter(
                "muster.distro.marker.failures", "Times that the marker of a cold start could not be read or written.");
        bytesSent = counter("muster.distro.sent.bytes", "Bytes of messages to other members, before compression.");
        bytesReceived = counter("muster.distro.received.bytes", "The same, from other members.");
        malformed = counter("muster.distro.frames.malformed", "What came from other members and was no message.");
        standStills = Timer.builder("muster.distro.stand.still")
                .description("How long the process stood still; leases were extended by that.")
                .register(registry);
    }

    private Counter counter(String name, String description) {
        return Counter.builder(name).description(description).register(registry);
    }

    /** Adds the gauges and counters that are read from the engine's status. */
    public void bind(Supplier<DistroStatus> status) {
        gauge(status, "muster.distro.ready", "1 while the engine serves, else 0.", s -> s.ready() ? 1 : 0);
        gauge(
                status,
                "muster.distro.warming.up",
                "1 while lists are held back after a cold start, else 0.",
                s -> s.warmingUp() ? 1 : 0);
        gauge(
                status,
                "muster.distro.load.progress",
                "0 to 1: how much of the others' data has been loaded since the start.",
                DistroStatus::loadProgress);
        gauge(
                status,
                "muster.distro.ring.disputed",
                "1 while members disagree about who is responsible for what, else 0.",
                s -> s.ringDisputed() ? 1 : 0);
        gauge(status, "muster.distro.records", "Ephemeral records that readers see.", DistroStatus::records);
        gauge(status, "muster.distro.groups", "Groups with such a record.", DistroStatus::groups);
        gauge(
                status,
                "muster.distro.responsible.groups",
                "Groups for which this member is responsible.",
                DistroStatus::responsibleGroups);
        gauge(status, "muster.distro.unhealthy", "Records marked UNHEALTHY.", DistroStatus::unhealthy);
        gauge(
                status,
                "muster.distro.expired",
                "Expired records that are kept for a late renewal.",
                DistroStatus::expired);
        gauge(
                status,
                "muster.distro.tombstones",
                "Tombstones of what was removed or expired.",
                DistroStatus::tombstones);
        gauge(
                status,
                "muster.distro.removals.held",
                "1 while the expiry guard holds removals back, else 0.",
                s -> s.removalsHeld() ? 1 : 0);
        gauge(status, "muster.distro.queued.changes", "Changes that wait for the engine.", DistroStatus::queuedChanges);
        total(status, "muster.distro.marked.unhealthy", "Records marked UNHEALTHY.", DistroStatus::unhealthyTotal);
        total(status, "muster.distro.marked.expired", "Records marked EXPIRED.", DistroStatus::expiredTotal);
        total(
                status,
                "muster.distro.revived",
                "Records made HEALTHY again by a late renewal.",
                DistroStatus::revivedTotal);
        total(
                status,
                "muster.distro.stale.refused",
                "Records of other members that were older than what stood here.",
                DistroStatus::staleRefusedTotal);
        total(
                status,
                "muster.distro.marks.refuted",
                "Marks of other members that beats heard here contradicted.",
                s -> s.totals().refuted());
        total(
                status,
                "muster.distro.writes.taken.over",
                "Changes that were carried out here in place of the responsible member.",
                s -> s.totals().takenOver());
        total(
                status,
                "muster.distro.groups.gained",
                "Groups that this member became responsible for.",
                s -> s.totals().groupsGained());
        total(
                status,
                "muster.distro.renewals.restamped",
                "Renewals that could not be passed on and became data.",
                s -> s.totals().restamped());
        total(
                status,
                "muster.distro.sessions.asked",
                "Sessions about which other members were asked.",
                s -> s.totals().asked());
        total(
                status,
                "muster.distro.load.retries",
                "Times that another source of the snapshot had to be asked.",
                s -> s.totals().loadRetries());
        total(
                status,
                "muster.distro.sync.collapsed",
                "Times that a member had too many pending keys and was left to digest repair.",
                s -> s.totals().collapsed());
        total(
                status,
                "muster.distro.strangers",
                "Messages of nodes with which no data is exchanged.",
                s -> s.totals().strangers());
        gauge(
                status,
                "muster.distro.clock.ahead.seconds",
                "By how much another member's clock was ahead at most; more than a second deserves a look.",
                s -> s.totals().clockAheadMillisMax() / MILLIS_A_SECOND);
    }

    /** The gauge holds what it reads; the registry alone would let it be collected. */
    private void gauge(
            Supplier<DistroStatus> status, String name, String description, ToDoubleFunction<DistroStatus> figure) {
        Gauge.builder(name, () -> figure.applyAsDouble(status.get()))
                .description(description)
                .register(registry);
    }

    /** A counter holds its object weakly, so that is this one, which the server holds; its function holds the status. */
    private void total(
            Supplier<DistroStatus> status, String name, String description, ToDoubleFunction<DistroStatus> figure) {
        FunctionCounter.builder(name, this, self -> figure.applyAsDouble(status.get()))
                .description(description)
                .register(registry);
    }

    @Override
    public void applied(int changes) {
        changesApplied.increment(changes);
    }

    @Override
    public void frameSent(int bytes) {
        bytesSent.increment(bytes);
    }

    @Override
    public void frameReceived(int bytes) {
        bytesReceived.increment(bytes);
    }

    @Override
    public void frameMalformed() {
        malformed.increment();
    }

    @Override
    public void refused() {
        conflicts.increment();
    }

    @Override
    public void overloaded() {
        overloads.increment();
    }

    @Override
    public void listenerFailed() {
        listenerFailures.increment();
    }

    @Override
    public void markerFailed() {
        markerFailures.increment();
    }

    @Override
    public void stoodStill(long gapMillis) {
        standStills.record(gapMillis, TimeUnit.MILLISECONDS);
    }
}
