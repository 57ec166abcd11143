package io.muster.naming.api.v1;

import com.fasterxml.jackson.core.JsonGenerator;
import io.muster.naming.model.Health;
import io.muster.naming.registry.InstanceView;
import java.io.IOException;
import java.util.Optional;

/** How detail views show the verdict of health checks, so that nobody wonders why an instance is not as registered (R72). */
final class HealthTexts {

    private HealthTexts() {}

    /** Writes nothing of an instance on which no verdict stands. */
    static void write(JsonGenerator json, InstanceView instance) throws IOException {
        Optional<Health> verdict = instance.health();
        if (verdict.isPresent()) {
            json.writeObjectFieldStart("health");
            json.writeBooleanField("healthy", verdict.get().healthy());
            json.writeStringField("reason", verdict.get().reason());
            json.writeNumberField("since", verdict.get().sinceWallMillis());
            json.writeEndObject();
        }
    }
}
