package io.muster.sim.run;

import io.muster.sim.net.LinkQuality;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** The text form of a {@link Plan}. Seeds are hex strings, since not every reader of JSON keeps 64 bits. */
public final class PlanJson {

    private PlanJson() {}

    public static String write(Plan plan) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("subject", plan.subject());
        fields.put("seed", Long.toHexString(plan.seed()));
        fields.put("nodes", plan.nodes());
        fields.put("knobs", plan.knobs());
        fields.put("shape", shapeFields(plan.shape()));
        fields.put("noise", qualityFields(plan.noise()));
        fields.put("coreOrder", plan.coreOrder());
        fields.put("coreFate", plan.coreFate());
        fields.put("faults", plan.faults().stream().map(PlanJson::faultFields).toList());
        fields.put(
                "operations",
                plan.operations().stream().map(PlanJson::operationFields).toList());
        return JsonTree.write(fields);
    }

    /** @throws IllegalArgumentException if the text is no plan */
    public static Plan read(String json) {
        Fields fields = Fields.of(JsonTree.read(json));
        Map<String, Long> knobs = new TreeMap<>();
        fields.inner("knobs").all().forEach((name, value) -> knobs.put(name, (Long) value));
        return new Plan(
                fields.text("subject"),
                fields.hex("seed"),
                (int) fields.number("nodes"),
                new TreeMap<>(knobs),
                shape(fields.inner("shape")),
                quality(fields.inner("noise")),
                fields.nodes("coreOrder"),
                CoreFate.valueOf(fields.text("coreFate")),
                fields.list("faults", PlanJson::fault),
                fields.list("operations", PlanJson::operation));
    }

    private static Map<String, Object> shapeFields(PlanShape shape) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("chaosMillis", shape.chaosMillis());
        fields.put("coreMillis", shape.coreMillis());
        fields.put("healMillis", shape.healMillis());
        return fields;
    }

    private static PlanShape shape(Fields fields) {
        return new PlanShape(fields.number("chaosMillis"), fields.number("coreMillis"), fields.number("healMillis"));
    }

    private static Map<String, Object> qualityFields(LinkQuality quality) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("dropRate", quality.dropRate());
        fields.put("duplicateRate", quality.duplicateRate());
        fields.put("reorderRate", quality.reorderRate());
        fields.put("replayRate", quality.replayRate());
        fields.put("truncateRate", quality.truncateRate());
        fields.put("flipRate", quality.flipRate());
        fields.put("delayMinNanos", quality.delayMinNanos());
        fields.put("delayMeanNanos", quality.delayMeanNanos());
        fields.put("slowFactor", quality.slowFactor());
        fields.put("queueFramesMax", quality.queueFramesMax());
        fields.put("queueBytesMax", quality.queueBytesMax());
        return fields;
    }

    private static LinkQuality quality(Fields fields) {
        return new LinkQuality(
                fields.fraction("dropRate"),
                fields.fraction("duplicateRate"),
                fields.fraction("reorderRate"),
                fields.fraction("replayRate"),
                fields.fraction("truncateRate"),
                fields.fraction("flipRate"),
                fields.number("delayMinNanos"),
                fields.number("delayMeanNanos"),
                (int) fields.number("slowFactor"),
                (int) fields.number("queueFramesMax"),
                fields.number("queueBytesMax"));
    }

    private static Map<String, Object> faultFields(Fault fault) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("kind", fault.kind());
        fields.put("atMillis", fault.atMillis());
        fields.put("forMillis", fault.forMillis());
        fields.put("nodes", fault.nodes());
        fields.put("amount", fault.amount());
        fields.put("seed", Long.toHexString(fault.seed()));
        if (fault.isTriggered()) {
            fields.put("trigger", fault.trigger());
            fields.put("nth", fault.nth());
            fields.put("delayMicros", fault.delayMicros());
        }
        return fields;
    }

    private static Fault fault(Fields fields) {
        Fault timed = Fault.at(
                fields.number("atMillis"),
                FaultKind.valueOf(fields.text("kind")),
                fields.number("forMillis"),
                fields.nodes("nodes"),
                fields.number("amount"),
                fields.hex("seed"));
        if (!fields.all().containsKey("trigger")) {
            return timed;
        }
        return timed.triggeredBy(fields.text("trigger"), (int) fields.number("nth"), fields.number("delayMicros"))
                .hitting(timed.nodes());
    }

    private static Map<String, Object> operationFields(Operation operation) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("atMillis", operation.atMillis());
        fields.put("client", operation.client());
        fields.put("kind", operation.kind());
        fields.put("key", operation.key());
        fields.put("argument", operation.argument());
        return fields;
    }

    private static Operation operation(Fields fields) {
        return new Operation(
                fields.number("atMillis"),
                (int) fields.number("client"),
                fields.text("kind"),
                fields.text("key"),
                fields.number("argument"));
    }

    /** The fields of one JSON object, with the name of what is missing or wrong. */
    private record Fields(Map<?, ?> raw) {

        static Fields of(Object tree) {
            if (tree instanceof Map<?, ?> map) {
                return new Fields(map);
            }
            throw new IllegalArgumentException("a JSON object was expected, not " + tree);
        }

        Map<String, Object> all() {
            Map<String, Object> result = new LinkedHashMap<>();
            raw.forEach((name, value) -> result.put((String) name, value));
            return result;
        }

        String text(String name) {
            return get(name, String.class);
        }

        long hex(String name) {
            return Long.parseUnsignedLong(text(name), 16);
        }

        long number(String name) {
            return get(name, Long.class);
        }

        double fraction(String name) {
            return get(name, Number.class).doubleValue();
        }

        Fields inner(String name) {
            return Fields.of(get(name, Map.class));
        }

        List<Integer> nodes(String name) {
            List<?> nodes = get(name, List.class);
            return nodes.stream().map(node -> Math.toIntExact((Long) node)).toList();
        }

        <T> List<T> list(String name, Function<Fields, T> element) {
            List<?> elements = get(name, List.class);
            return elements.stream().map(tree -> element.apply(Fields.of(tree))).toList();
        }

        private <T> T get(String name, Class<T> type) {
            Object value = raw.get(name);
            if (!type.isInstance(value)) {
                throw new IllegalArgumentException(
                        "'" + name + "' should be a " + type.getSimpleName() + ", not " + value);
            }
            return type.cast(value);
        }
    }
}
