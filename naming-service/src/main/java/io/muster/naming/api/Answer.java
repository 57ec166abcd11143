package io.muster.naming.api;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import java.util.ArrayList;
import java.util.List;

/**
 * What goes back to the caller. Immutable; the constants are shared by all event loops.
 *
 * @param body must not be changed any more
 * @param headers beside those that every answer bears
 */
public record Answer(int status, CharSequence contentType, Buffer body, List<Header> headers) {

    /** One header of an answer. */
    public record Header(CharSequence name, CharSequence value) {}

    public static final CharSequence TEXT = HttpHeaders.createOptimized("text/plain;charset=UTF-8");
    public static final CharSequence JSON = HttpHeaders.createOptimized("application/json;charset=UTF-8");

    /** The plain {@code ok} of all writes; clients compare it. */
    public static final Answer OK = text(200, "ok");

    /** Plain text: errors are never HTML, whatever they repeat of the request. */
    public static Answer text(int status, String text) {
        return new Answer(status, TEXT, Buffer.buffer(text), List.of());
    }

    public static Answer json(Buffer body) {
        return new Answer(200, JSON, body, List.of());
    }

    public Answer with(String name, String value) {
        List<Header> more = new ArrayList<>(headers);
        more.add(new Header(name, value));
        return new Answer(status, contentType, body, List.copyOf(more));
    }
}
