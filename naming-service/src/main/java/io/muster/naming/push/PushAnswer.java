package io.muster.naming.push;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.OptionalLong;

/**
 * What a client sends back for a push: {@code {"type":"push-ack","lastRefTime":"123","data":""}}, the number as text or
 * as a number.
 */
final class PushAnswer {

    /** An acknowledgement is short; whatever is longer is something else, and not worth parsing. */
    private static final int BYTES_MAX = 1_024;

    private PushAnswer() {}

    /** The token acknowledged; empty for anything else that may arrive at a UDP port. */
    static OptionalLong token(Buffer datagram) {
        if (datagram.length() > BYTES_MAX) {
            return OptionalLong.empty();
        }
        try {
            JsonObject json = new JsonObject(datagram);
            Object token = json.getValue("lastRefTime");
            if (!"push-ack".equals(json.getValue("type")) || token == null) {
                return OptionalLong.empty();
            }
            return OptionalLong.of(
                    token instanceof Number number ? number.longValue() : Long.parseLong(token.toString()));
        } catch (DecodeException | ClassCastException | NumberFormatException e) {
            return OptionalLong.empty();
        }
    }
}
