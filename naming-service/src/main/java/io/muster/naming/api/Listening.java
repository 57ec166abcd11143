package io.muster.naming.api;

import io.vertx.core.http.HttpServerOptions;

/** How an HTTP server must be set up to serve Nacos clients: the defaults of Vert.x refuse what they send. */
public final class Listening {

    /**
     * Clients of 1.x send whole beats, metadata included, in the query: 16 KiB of metadata may take three times that,
     * percent-encoded. Vert.x stops at 4 KiB with 414.
     */
    public static final int REQUEST_LINE_BYTES_MAX = 64 * 1024;

    /** All headers of a request together; tokens and proxies' additions fit easily. */
    public static final int HEADER_BYTES_MAX = 16 * 1024;

    /** The largest request: a batch metadata edit that names some thousand instances. */
    public static final int BODY_BYTES_MAX = 1024 * 1024;

    /**
     * Above the 5 s beats and 10 s polls of clients, so that their connections last; below the wait of dead ones for
     * ever.
     */
    private static final int IDLE_SECONDS_MAX = 120;

    /** Connections that wait to be accepted, when a rack of clients reconnects at once. */
    private static final int ACCEPT_BACKLOG = 4096;

    private Listening() {}

    public static HttpServerOptions options(String host, int port) {
        return new HttpServerOptions()
                .setHost(host)
                .setPort(port)
                .setMaxInitialLineLength(REQUEST_LINE_BYTES_MAX)
                .setMaxHeaderSize(HEADER_BYTES_MAX)
                .setMaxFormAttributeSize(BODY_BYTES_MAX)
                .setHandle100ContinueAutomatically(true)
                .setIdleTimeout(IDLE_SECONDS_MAX)
                .setAcceptBacklog(ACCEPT_BACKLOG);
    }
}
