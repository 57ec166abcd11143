package io.muster.server.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.muster.member.lookup.LookupHealth;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** All meters of one server, in a registry of its own. */
public final class ServerMetrics implements AutoCloseable {

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final HttpMetrics http = new HttpMetrics();
    private final RaftMeters raft = new RaftMeters(registry);
    private final DistroMeters distro = new DistroMeters(registry);
    private final EnginePeerMeters peers = new EnginePeerMeters(registry);
    private final JvmGcMetrics garbageCollection = new JvmGcMetrics();

    public ServerMetrics() {
        registry.getPrometheusRegistry().register(http);
    }

    /** Where other modules add meters of their own. */
    public PrometheusMeterRegistry registry() {
        return registry;
    }

    public HttpMetrics http() {
        return http;
    }

    /** Adds how the lookup does, whichever is in force; the suppliers are kept. */
    public void bindLookup(
            Supplier<LookupHealth> health, BooleanSupplier holdsBack, LongSupplier taken, LongSupplier switches) {
        Gauge.builder("muster.lookup.healthy", () -> health.get().healthy() ? 1 : 0)
                .description(
                        "1 while the source of the member list does well, else 0: it has failed for long, or its list is held back.")
                .register(registry);
        Gauge.builder("muster.lookup.failures.in.a.row", () -> health.get().failuresInARow())
                .description("Vain attempts to get a good member list since the last one.")
                .register(registry);
        Gauge.builder("muster.lookup.list.held.back", () -> holdsBack.getAsBoolean() ? 1 : 0)
                .description(
                        "1 while a member list is held back, since it lacks too many of the members in force, else 0.")
                .register(registry);
        FunctionCounter.builder("muster.lookup.lists.taken", this, self -> taken.getAsLong())
                .description("Member lists that were taken since the start, the first one among them.")
                .register(registry);
        FunctionCounter.builder("muster.lookup.switches", this, self -> switches.getAsLong())
                .description("Times that the lookup was switched to another one while running.")
                .register(registry);
    }

    public RaftMeters raft() {
        return raft;
    }

    public DistroMeters distro() {
        return distro;
    }

    /** How both engines stand with each of the others. */
    public EnginePeerMeters peers() {
        return peers;
    }

    /** Adds the meters of members and the channel to them, which a node alone has not; once. */
    public MemberMeters members() {
        return new MemberMeters(registry);
    }

    /** Adds who and what this server is. */
    public void bindServer(String version, BooleanSupplier ready) {
        Gauge.builder("muster.server.info", () -> 1)
                .description("1, with the version as a label.")
                .tag("version", version)
                .register(registry);
        Gauge.builder("muster.server.ready", () -> ready.getAsBoolean() ? 1 : 0)
                .description("1 while clients may be sent here, else 0.")
                .register(registry);
    }

    /** Adds memory, collections, threads, processors of the JVM. Loads a good deal of the JDK, so call it when the server is ready. */
    public void bindJvm() {
        List.of(
                        new JvmMemoryMetrics(),
                        garbageCollection,
                        new JvmThreadMetrics(),
                        new ClassLoaderMetrics(),
                        new ProcessorMetrics(),
                        new UptimeMetrics(),
                        new FileDescriptorMetrics())
                .forEach(binder -> binder.bindTo(registry));
    }

    /** All series in Prometheus' text format. Takes some milliseconds: not for an event loop. */
    public String scrape() {
        return registry.scrape();
    }

    @Override
    public void close() {
        garbageCollection.close();
        registry.close();
    }
}
