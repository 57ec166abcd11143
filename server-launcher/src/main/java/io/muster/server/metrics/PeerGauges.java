package io.muster.server.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.muster.member.NodeId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One gauge with a series for each member of which there is something to tell. A series stays registered while its value changes: one that is taken
 * away and put back may be seen twice by a scrape on another thread, which then fails as a whole.
 */
final class PeerGauges {

    private final MultiGauge gauges;
    private final Map<NodeId, Double> values = new ConcurrentHashMap<>();

    PeerGauges(MeterRegistry registry, String name, String description) {
        this.gauges = MultiGauge.builder(name).description(description).register(registry);
    }

    /** These are the values now, and of these members only. Called by one thread. */
    void show(Map<NodeId, Double> newValues) {
        values.putAll(newValues);
        List<Row<?>> rows = new ArrayList<>();
        newValues
                .keySet()
                .forEach(node -> rows.add(
                        Row.of(Tags.of("node", node.toString()), () -> values.getOrDefault(node, Double.NaN))));
        gauges.register(rows);
        values.keySet().retainAll(newValues.keySet());
    }
}
