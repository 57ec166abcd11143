package io.muster.naming.api.v1;

import io.muster.naming.api.ApiRequest;
import io.muster.naming.api.Param;
import io.muster.naming.model.Instance;
import io.muster.naming.model.InstanceKey;
import io.muster.naming.model.InstancePatch;
import io.muster.naming.model.Limits;
import java.util.List;

/**
 * How requests describe one instance (nacos-v1-http.md §3): one reading for registration, update, patch and removal.
 */
final class InstanceParams {

    /** Where it may be absent. */
    static final Param<String> ANY_IP =
            Param.text("ip", Limits.HOST_CHARS_MAX, "10.0.0.1", Param.verbatim(InstanceParams::host));

    /** Where it may be absent. */
    static final Param<Integer> ANY_PORT = Param.integer("port", 0, Limits.PORT_MAX, "8080");

    static final Param<String> IP = ANY_IP.required();
    static final Param<Integer> PORT = ANY_PORT.required();

    static final Param<Double> WEIGHT = Param.number("weight", "1.5", InstanceParams::weight);

    /** {@code enabled} wins: Java clients register with {@code enable} and update with {@code enabled}. */
    static final Param<Boolean> ENABLED = Param.word("enabled").alias("enable");

    static final Param<Boolean> HEALTHY = Param.word("healthy");
    static final Param<Boolean> EPHEMERAL = Param.word("ephemeral");
    static final Param<String> APP = Param.text("app", Limits.APP_CHARS_MAX, Instance.DEFAULT_APP);

    /** What tells one instance from the others. */
    static final List<Param<?>> IDENTITY = List.of(IP, PORT, Names.CLUSTER);

    /** What an instance is like. */
    static final List<Param<?>> FIELDS = List.of(WEIGHT, ENABLED, HEALTHY, Texts.METADATA, APP);

    private InstanceParams() {}

    private static String host(String text) {
        return new InstanceKey(text, 0, InstanceKey.DEFAULT_CLUSTER).ip();
    }

    private static Double weight(Double value) {
        if (!(value >= 0 && value <= Limits.WEIGHT_MAX)) {
            throw new IllegalArgumentException(
                    "instance format invalid: The weights range from 0.0 to " + Limits.WEIGHT_MAX);
        }
        return value;
    }

    static InstanceKey key(ApiRequest request) {
        return new InstanceKey(
                request.get(IP), request.get(PORT), request.get(Names.CLUSTER, InstanceKey.DEFAULT_CLUSTER));
    }

    static InstancePatch patch(ApiRequest request) {
        return new InstancePatch(
                request.find(WEIGHT),
                request.find(ENABLED),
                request.find(HEALTHY),
                request.find(Texts.METADATA),
                request.find(APP));
    }
}
