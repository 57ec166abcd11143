package io.muster.naming.api.v1;

import com.fasterxml.jackson.core.JsonGenerator;
import io.muster.naming.api.Json;
import io.muster.naming.model.MetadataEdit;
import io.muster.naming.model.Overlay;
import io.muster.naming.registry.InstanceView;
import java.io.IOException;
import java.util.Optional;

/**
 * How detail views show an operator's overlay, so that nobody wonders why an instance is not as its client registered
 * it (X12).
 */
final class Overlays {

    private Overlays() {}

    /** Writes nothing if there is none. */
    static void write(JsonGenerator json, InstanceView instance) throws IOException {
        Optional<Overlay> laid = instance.overlay();
        if (laid.isEmpty()) {
            return;
        }
        Overlay overlay = laid.get();
        json.writeObjectFieldStart("overlay");
        if (overlay.weight().isPresent()) {
            json.writeNumberField("weight", overlay.weight().get());
        }
        if (overlay.enabled().isPresent()) {
            json.writeBooleanField("enabled", overlay.enabled().get());
        }
        if (overlay.metadata().isPresent()) {
            MetadataEdit edit = overlay.metadata().get();
            json.writeBooleanField("metadataReplaced", edit.replaces());
            Json.writeMetadata(json, "metadata", edit.put());
            json.writeArrayFieldStart("metadataRemoved");
            for (String key : edit.removed()) {
                json.writeString(key);
            }
            json.writeEndArray();
        }
        json.writeEndObject();
    }
}
