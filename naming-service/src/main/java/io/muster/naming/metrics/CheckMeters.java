package io.muster.naming.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.muster.naming.check.HealthChecks;
import io.muster.naming.check.core.CheckCounts;
import io.muster.naming.model.HealthChecker;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/** Binds the figures of health checks to a meter registry, which holds them weakly. */
public final class CheckMeters {

    /** What Nacos' monitor calls them. */
    private static final Map<HealthChecker.Type, String> NACOS_NAMES = Map.of(
            HealthChecker.Type.TCP, "tcpHealthCheck",
            HealthChecker.Type.HTTP, "httpHealthCheck",
            HealthChecker.Type.MYSQL, "mysqlhealthCheck");

    private CheckMeters() {}

    public static void bind(MeterRegistry meters, HealthChecks checks) {
        NACOS_NAMES.forEach((type, name) -> {
            FunctionCounter.builder("muster.naming.checks.started", checks, c -> c.startedCount(type))
                    .description("health checks begun")
                    .tag("type", type.name().toLowerCase(Locale.ROOT))
                    .register(meters);
            Gauge.builder("nacos_monitor", checks, c -> c.startedCount(type))
                    .tags(Tags.of("module", "naming", "name", name))
                    .register(meters);
        });
        results(meters, checks, "passed", CheckCounts::passed);
        results(meters, checks, "failed", CheckCounts::failed);
        results(meters, checks, "void", CheckCounts::voided);
        FunctionCounter.builder(
                        "muster.naming.checks.flips", checks, c -> c.counts().flips())
                .description("verdicts that this node came to")
                .register(meters);
        FunctionCounter.builder("muster.naming.checks.unwritten", checks, HealthChecks::refusedWriteCount)
                .description("verdicts that could not be written")
                .register(meters);
        gauge(meters, checks, "targets", "instances that this node checks", CheckCounts::targets);
        gauge(meters, checks, "unchecked", "instances beyond the bound", CheckCounts::unchecked);
        gauge(meters, checks, "inflight", "health checks under way", CheckCounts::inFlight);
        gauge(meters, checks, "rate.max", "health checks that may start in a second", CheckCounts::perSecond);
        Gauge.builder(
                        "muster.naming.checks.lag.seconds",
                        checks,
                        c -> c.counts().lateNanos() / (double) TimeUnit.SECONDS.toNanos(1))
                .description("by how much the check that waits longest is late")
                .register(meters);
        Gauge.builder("muster.naming.checks.verdicts", checks, HealthChecks::verdictCount)
                .description("verdicts that differ from what was registered")
                .register(meters);
    }

    private static void results(
            MeterRegistry meters, HealthChecks checks, String outcome, ToDoubleFunction<CheckCounts> figure) {
        FunctionCounter.builder("muster.naming.checks.results", checks, c -> figure.applyAsDouble(c.counts()))
                .description("results of health checks")
                .tag("outcome", outcome)
                .register(meters);
    }

    private static void gauge(
            MeterRegistry meters,
            HealthChecks checks,
            String name,
            String description,
            ToDoubleFunction<CheckCounts> figure) {
        Gauge.builder("muster.naming.checks." + name, checks, c -> figure.applyAsDouble(c.counts()))
                .description(description)
                .register(meters);
    }
}
