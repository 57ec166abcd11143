package io.muster.naming.api;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * The body of a request, whole and within a bound. Forms and JSON objects hold parameters; Nacos clients name the form
 * type even where they send no body.
 *
 * @param contentType of the request, lower case; empty if it names none
 */
record RequestBody(String contentType, String text) {

    private static final RequestBody NONE = new RequestBody("", "");

    /**
     * How much of a body that is refused is read and dropped, so that its sender gets to see the answer rather than a
     * reset connection.
     */
    private static final long DISCARDED_BYTES_MAX = 64L * 1024 * 1024;

    /**
     * Calls {@code then} with the body: at once if there is none, else when it has arrived. A body above the bound
     * calls {@code tooLarge} instead, once.
     */
    static void receive(HttpServerRequest request, int bytesMax, Handler<RequestBody> then, Runnable tooLarge) {
        if (isEmpty(request)) {
            then.handle(NONE);
            return;
        }
        Receiver receiver = new Receiver(request, bytesMax, then, tooLarge);
        request.handler(receiver::chunk);
        request.endHandler(end -> receiver.end());
        request.exceptionHandler(gone -> {
            // The connection broke before the request was whole: there is nobody to answer.
        });
    }

    private static boolean isEmpty(HttpServerRequest request) {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        if (length != null) {
            return length.equals("0");
        }
        return request.version() != HttpVersion.HTTP_2 && !request.headers().contains(HttpHeaders.TRANSFER_ENCODING);
    }

    /** Collects the chunks. Lives on the request's event loop. */
    private static final class Receiver {
        private final HttpServerRequest request;
        private final int bytesMax;
        private final Handler<RequestBody> then;
        private final Runnable tooLarge;
        private final Buffer collected = Buffer.buffer();
        private long bytes;

        private Receiver(HttpServerRequest request, int bytesMax, Handler<RequestBody> then, Runnable tooLarge) {
            this.request = request;
            this.bytesMax = bytesMax;
            this.then = then;
            this.tooLarge = tooLarge;
        }

        private void chunk(Buffer chunk) {
            boolean fitted = bytes <= bytesMax;
            bytes += chunk.length();
            if (bytes <= bytesMax) {
                collected.appendBuffer(chunk);
            } else if (fitted) {
                tooLarge.run();
            } else if (bytes > DISCARDED_BYTES_MAX) {
                request.connection().close();
            }
        }

        private void end() {
            if (bytes <= bytesMax) {
                String type = request.getHeader(HttpHeaders.CONTENT_TYPE);
                then.handle(new RequestBody(
                        type == null ? "" : type.trim().toLowerCase(Locale.ROOT),
                        collected.toString(StandardCharsets.UTF_8)));
            }
        }
    }

    /**
     * The parameters that the body holds.
     *
     * @throws Refusal if it can't be read
     */
    ParameterSource parameters() {
        if (text.isEmpty()) {
            return Parameters.NONE;
        }
        if (contentType.startsWith("application/json")) {
            return new JsonParameters(text);
        }
        if (contentType.isEmpty() || contentType.startsWith("application/x-www-form-urlencoded")) {
            return new Parameters(text);
        }
        throw Refusal.of(
                415,
                "the request body is of type '" + Param.shown(contentType)
                        + "': send application/x-www-form-urlencoded or application/json");
    }
}
