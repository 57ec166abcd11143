package io.muster.naming.api;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What goes back to the caller. Immutable; the constants are shared by all event loops.
 *
 * @param body must not be changed any more
 * @param headers beside those that every answer bears
 * @param stream writes the answer instead of {@code body}, on the request's event loop: what has no end. It must end the
 *     response, or have it ended with the connection
 */
public record Answer(
        int status,
        CharSequence contentType,
        Buffer body,
        List<Header> headers,
        Optional<Consumer<HttpServerResponse>> stream) {

    /** One header of an answer. */
    public record Header(CharSequence name, CharSequence value) {}

    public static final CharSequence TEXT = HttpHeaders.createOptimized("text/plain;charset=UTF-8");
    public static final CharSequence JSON = HttpHeaders.createOptimized("application/json;charset=UTF-8");

    /** The plain {@code ok} of all writes; clients compare it. */
    public static final Answer OK = text(200, "ok");

    /** Plain text: errors are never HTML, whatever they repeat of the request. */
    public static Answer text(int status, String text) {
        return new Answer(status, TEXT, Buffer.buffer(text), List.of(), Optional.empty());
    }

    public static Answer json(Buffer body) {
        return new Answer(200, JSON, body, List.of(), Optional.empty());
    }

    /** An answer that is written as it comes. */
    public static Answer stream(CharSequence contentType, Consumer<HttpServerResponse> stream) {
        return new Answer(200, contentType, Buffer.buffer(), List.of(), Optional.of(stream));
    }

    public Answer with(String name, String value) {
        List<Header> more = new ArrayList<>(headers);
        more.add(new Header(name, value));
        return new Answer(status, contentType, body, List.copyOf(more), stream);
    }
}
