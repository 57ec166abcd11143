package broken.naming.registry;

import io.vertx.core.buffer.Buffer;

/** A use case that speaks in the transport's types. */
public final class WebbedRegistry {

    public Buffer answer() {
        return Buffer.buffer("ok");
    }
}
