package io.muster.naming.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.muster.naming.list.InstanceLists;
import io.muster.naming.push.PushStats;
import io.muster.naming.push.Subscribers;
import io.muster.naming.registry.ServiceIndex;
import java.util.function.ToDoubleFunction;

/**
 * Binds the figures of index, lists and push to a meter registry, which holds them weakly: whoever owns them must live
 * on.
 */
public final class NamingMeters {

    private NamingMeters() {}

    public static void bind(
            MeterRegistry meters, ServiceIndex index, InstanceLists lists, Subscribers subscribers, PushStats push) {
        gauge(meters, "muster.naming.services", "services that exist", index, ServiceIndex::serviceCount);
        instances(meters, index, "ephemeral", ServiceIndex::ephemeralInstanceCount);
        instances(meters, index, "persistent", ServiceIndex::persistentInstanceCount);
        gauge(
                meters,
                "muster.naming.overlays.pending",
                "operators' words that are not stored yet",
                index,
                ServiceIndex::pendingWordCount);
        gauge(meters, "muster.naming.subscribers", "clients pushed to", subscribers, Subscribers::count);
        gauge(meters, "muster.naming.push.cost.max.millis", "slowest answer to a push", push, PushStats::maxCostMillis);
        counter(meters, "muster.naming.lists.encoded", "lists encoded", lists, InstanceLists::encodedCount);
        counter(meters, "muster.naming.push.sent", "lists pushed", push, PushStats::pushed);
        counter(meters, "muster.naming.push.resent", "packets repeated", push, PushStats::resent);
        counter(meters, "muster.naming.push.acknowledged", "pushes answered", push, PushStats::acknowledged);
        counter(meters, "muster.naming.push.unanswered", "pushes given up", push, PushStats::unanswered);
        counter(meters, "muster.naming.push.toobig", "lists that no datagram holds", push, PushStats::tooBig);
        nacos(meters, "serviceCount", index, ServiceIndex::serviceCount);
        nacos(meters, "ipCount", index, i -> i.ephemeralInstanceCount() + i.persistentInstanceCount());
        nacos(meters, "totalPush", push, PushStats::pushed);
        nacos(meters, "failedPush", push, PushStats::unanswered);
        nacos(meters, "maxPushCost", push, PushStats::maxCostMillis);
        nacos(meters, "avgPushCost", push, PushStats::averageCostMillis);
    }

    private static <T> void gauge(
            MeterRegistry meters, String name, String description, T source, ToDoubleFunction<T> figure) {
        Gauge.builder(name, source, figure).description(description).register(meters);
    }

    private static void instances(
            MeterRegistry meters, ServiceIndex index, String mode, ToDoubleFunction<ServiceIndex> figure) {
        Gauge.builder("muster.naming.instances", index, figure)
                .description("instances registered")
                .tag("mode", mode)
                .register(meters);
    }

    private static <T> void counter(
            MeterRegistry meters, String name, String description, T source, ToDoubleFunction<T> figure) {
        FunctionCounter.builder(name, source, figure).description(description).register(meters);
    }

    private static <T> void nacos(MeterRegistry meters, String name, T source, ToDoubleFunction<T> figure) {
        Gauge.builder("nacos_monitor", source, figure)
                .tags(Tags.of("module", "naming", "name", name))
                .register(meters);
    }
}
