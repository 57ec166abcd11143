package io.muster.bench.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;

/**
 * An answer of the real server, to be given word for word by the bare handler.
 *
 * @param headers without the length, which the bare handler's server sets itself
 */
record Answer(String method, String path, Map<String, String> headers, Buffer body) {

    static Answer of(String method, String path, HttpResponse<byte[]> response) {
        Map<String, String> headers = new TreeMap<>();
        response.headers().map().forEach((name, values) -> headers.put(name, values.get(0)));
        headers.remove("content-length");
        return new Answer(method, path, headers, Buffer.buffer(response.body()));
    }

    JsonObject toJson() {
        return new JsonObject()
                .put("method", method)
                .put("path", path)
                .put("headers", new JsonObject(new TreeMap<>(headers)))
                .put("body", Base64.getEncoder().encodeToString(body.getBytes()));
    }

    static Answer fromJson(JsonObject json) {
        Map<String, String> headers = new TreeMap<>();
        json.getJsonObject("headers").forEach(entry -> headers.put(entry.getKey(), (String) entry.getValue()));
        return new Answer(
                json.getString("method"),
                json.getString("path"),
                headers,
                Buffer.buffer(Base64.getDecoder().decode(json.getString("body"))));
    }
}
