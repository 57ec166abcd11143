package io.muster.naming.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.muster.naming.model.Metadata;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Writes JSON answers, token by token: the wire forms stand where the answers are made, not in annotated classes. */
public final class Json {

    private static final JsonFactory FACTORY = new ObjectMapper().getFactory();

    private Json() {}

    /** Writes one JSON value. */
    @FunctionalInterface
    public interface Writer {
        void write(JsonGenerator json) throws IOException;
    }

    public static Buffer bytes(Writer writer) {
        try (ByteArrayBuilder bytes = new ByteArrayBuilder();
                JsonGenerator json = FACTORY.createGenerator(bytes)) {
            writer.write(json);
            json.flush();
            return Buffer.buffer(bytes.toByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
    }

    /** An object whose fields the writer writes. */
    public static Answer object(Writer fields) {
        return Answer.json(bytes(json -> {
            json.writeStartObject();
            fields.write(json);
            json.writeEndObject();
        }));
    }

    /**
     * {@code {"code":200,"message":null,"data":…}}, the frame that core and console answers of Nacos stand in
     * (RestResult).
     */
    public static Answer restResult(Writer data) {
        return object(json -> {
            json.writeNumberField("code", 200);
            json.writeNullField("message");
            json.writeFieldName("data");
            data.write(json);
        });
    }

    public static void writeMetadata(JsonGenerator json, String field, Metadata metadata) throws IOException {
        json.writeObjectFieldStart(field);
        for (var pair : metadata.toMap().entrySet()) {
            json.writeStringField(pair.getKey(), pair.getValue());
        }
        json.writeEndObject();
    }
}
