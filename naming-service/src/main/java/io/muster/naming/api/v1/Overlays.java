package io.muster.naming.api.v1;

import com.fasterxml.jackson.core.JsonGenerator;
import io.muster.naming.api.Json;
import io.muster.naming.model.MetadataEdit;
import io.muster.naming.model.Overlay;
import io.muster.naming.model.WordStamp;
import io.muster.naming.registry.InstanceView;
import java.io.IOException;
import java.util.Optional;

/**
 * How detail views show what operators said, so that nobody wonders why an instance is not as its client registered it
 * (X12): {@code overlay} is stored and outlives everything, {@code pendingOverlay} is laid over it and not stored yet.
 */
final class Overlays {

    private Overlays() {}

    /** Writes nothing of an instance of which nobody said anything. */
    static void write(JsonGenerator json, InstanceView instance) throws IOException {
        write(json, instance.overlay(), instance.pendingOverlay());
    }

    static void write(JsonGenerator json, Optional<Overlay> stored, Optional<Overlay> pending) throws IOException {
        if (stored.isPresent()) {
            write(json, "overlay", stored.get());
        }
        if (pending.isPresent()) {
            write(json, "pendingOverlay", pending.get());
        }
    }

    private static void write(JsonGenerator json, String field, Overlay overlay) throws IOException {
        json.writeObjectFieldStart(field);
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
        if (!overlay.said().equals(WordStamp.NONE)) {
            json.writeNumberField("seq", overlay.said().number());
            json.writeNumberField("saidAt", overlay.said().wallMillis());
            json.writeStringField("saidBy", overlay.said().by());
        }
        if (overlay.absentSinceWallMillis() != 0) {
            json.writeNumberField("absentSince", overlay.absentSinceWallMillis());
        }
        json.writeEndObject();
    }
}
