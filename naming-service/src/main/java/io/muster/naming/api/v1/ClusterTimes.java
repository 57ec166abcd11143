package io.muster.naming.api.v1;

import com.fasterxml.jackson.core.JsonGenerator;
import io.muster.naming.check.core.AnswerTimes;
import java.io.IOException;

/**
 * How long the health checks of a cluster's instances take, as people and other members read it (nacos-v1-http.md §4.4).
 *
 * @param cluster its name
 */
public record ClusterTimes(String cluster, AnswerTimes times) {

    /** What Nacos tells, and what it takes to merge the answers of members: the mean of means would be none. */
    void write(JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", cluster);
        json.writeNumberField("checkRTBest", times.bestMillis());
        json.writeNumberField("checkRTWorst", times.worstMillis());
        json.writeNumberField("checkRTNormalized", times.meanMillis());
        json.writeNumberField("checkRTTotal", times.totalMillis());
        json.writeNumberField("checkedInstances", times.targets());
        json.writeEndObject();
    }
}
