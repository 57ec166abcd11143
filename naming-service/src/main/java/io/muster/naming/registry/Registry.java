package io.muster.naming.registry;

import io.muster.consistency.ChangeEvent;
import io.muster.consistency.ConsistencyService;
import io.muster.consistency.FormatInForce;
import io.muster.consistency.Interest;
import io.muster.consistency.Mode;
import io.muster.consistency.Subscription;
import io.muster.naming.events.EventLog;
import io.muster.naming.events.LifeCycles;
import io.muster.naming.events.ServiceEvents;
import io.muster.naming.model.Keys;
import io.muster.naming.model.RegistryRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The registry: its use cases by subject, and the index that they and all readers see. One for a process; knows no
 * protocol of clients.
 *
 * <p>{@link #start} listens to the consistency service, which first tells all that stands; {@link #close} ends that.
 */
public final class Registry implements AutoCloseable {

    private static final long TIDY_EVERY_MILLIS = 5_000;

    private final ConsistencyService<RegistryRecord> consistency;
    private final RegistryPorts ports;
    private final ServiceIndex index;
    private final Switches switches;
    private final Namespaces namespaces;
    private final Services services;
    private final Registrations registrations;
    private final InstanceEdits edits;
    private final MetadataBatch metadataBatch;
    private final PendingWords pendingWords;
    private final LeaderJobs leaderJobs;
    private final ServiceEvents events;
    private final EventLog eventLog;
    private final LifeCycles lifeCycles;
    private final List<Subscription> subscriptions = new ArrayList<>();
    private volatile boolean closed;

    /**
     * @param wallMillis the wall clock, for what people and clients are shown; no lease is measured by it
     */
    public Registry(
            ConsistencyService<RegistryRecord> consistency,
            RegistrySettings settings,
            Timer timer,
            LongSupplier wallMillis) {
        this(consistency, settings, RegistryPorts.alone(timer, wallMillis));
    }

    /** One of several nodes. */
    public Registry(ConsistencyService<RegistryRecord> consistency, RegistrySettings settings, RegistryPorts ports) {
        this.consistency = consistency;
        this.ports = ports;
        Timer timer = ports.timer();
        LongSupplier wallMillis = ports.wallMillis();
        AuditLog audit = new AuditLog();
        ConditionalWrites writes = new ConditionalWrites(consistency, timer);
        index = new ServiceIndex(settings, wallMillis);
        switches = new Switches(writes, audit);
        namespaces = new Namespaces(index, writes, audit);
        services = new Services(consistency, index, writes, audit, ports.format());
        Leases leases = new Leases(index, namespaces, settings.heartbeat());
        registrations =
                new Registrations(consistency, index, switches, leases, writes, audit, new BothKindsLog(wallMillis));
        Overlays overlays = new Overlays(writes);
        edits = new InstanceEdits(
                consistency, index, registrations, leases, writes, overlays, audit, wallMillis, ports.format());
        pendingWords = new PendingWords(index, overlays, ports.duties(), timer);
        leaderJobs = new LeaderJobs(timer, jobs(settings, audit));
        metadataBatch = new MetadataBatch(index, edits, audit);
        events = new ServiceEvents(wallMillis);
        eventLog = new EventLog(wallMillis);
        lifeCycles = new LifeCycles(
                index::datum, index::word, mode -> consistency.readiness(mode).ready(), events, eventLog);
    }

    private List<Supplier<LeaderJob>> jobs(RegistrySettings settings, AuditLog audit) {
        List<Supplier<LeaderJob>> jobs = new ArrayList<>();
        jobs.add(() -> new OverlayAgeing(
                consistency,
                index,
                audit,
                ports,
                settings.overlayMaxAgeMillis(),
                settings.heartbeat().leaseMaxMillis()));
        if (settings.emptyServiceAutoClean()) {
            jobs.add(() -> new EmptyServices(consistency, index, audit, ports));
        }
        return jobs;
    }

    /** Begins to listen. To be called once, after those listeners were added to the index that must miss nothing. */
    public void start() {
        subscriptions.add(
                consistency.listen(Interest.group(Mode.PERSISTENT, Keys.SWITCHES_GROUP), switches.changeListener()));
        subscriptions.add(consistency.listen(
                Interest.group(Mode.PERSISTENT, Keys.NAMESPACES_GROUP), namespaces.changeListener()));
        for (Mode mode : Mode.values()) {
            subscriptions.add(consistency.listen(Interest.all(mode), this::onChanges));
        }
        tidyLater();
        pendingWords.start();
        subscriptions.add(leaderJobs.start(ports.leadership()));
    }

    /** What happens to instances shows by what stands in the index until it hears of it. */
    private void onChanges(List<ChangeEvent<RegistryRecord>> changes) {
        try {
            lifeCycles.changing(changes);
        } finally {
            index.changeListener().onChanges(changes);
        }
    }

    private void tidyLater() {
        ports.timer().after(TIDY_EVERY_MILLIS, () -> {
            if (!closed) {
                index.releaseEmpty();
                eventLog.tellUntold();
                tidyLater();
            }
        });
    }

    @Override
    public void close() {
        closed = true;
        pendingWords.close();
        subscriptions.forEach(Subscription::close);
        subscriptions.clear();
    }

    public ServiceIndex index() {
        return index;
    }

    /** Register, beat, deregister. */
    public Registrations registrations() {
        return registrations;
    }

    /** PUT and PATCH of instances, and overlays. */
    public InstanceEdits edits() {
        return edits;
    }

    public MetadataBatch metadataBatch() {
        return metadataBatch;
    }

    public Services services() {
        return services;
    }

    public Namespaces namespaces() {
        return namespaces;
    }

    public Switches switches() {
        return switches;
    }

    /** What happened to instances, as this node learned of it. */
    public ServiceEvents events() {
        return events;
    }

    /** Which records all members read. */
    public FormatInForce format() {
        return ports.format();
    }

    /** See {@link ConsistencyService#readBarrier}: reads of persistent data here are linearizable after it. */
    public CompletionStage<Void> readBarrier() {
        return consistency.readBarrier();
    }
}
