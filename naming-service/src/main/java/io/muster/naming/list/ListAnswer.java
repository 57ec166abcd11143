package io.muster.naming.list;

import io.vertx.core.buffer.Buffer;

/** The answer to a list request. */
public sealed interface ListAnswer {

    /**
     * @param json the body, shared with other requests: to be written, never to be changed
     */
    record Body(Buffer json) implements ListAnswer {}

    /** Instances may be missing here after a cold start: the client must keep what it has (X13). */
    record WarmingUp() implements ListAnswer {}
}
