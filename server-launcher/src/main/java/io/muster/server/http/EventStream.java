package io.muster.server.http;

import io.muster.naming.api.Json;
import io.muster.naming.api.RouteTable;
import io.muster.server.events.ClusterEvent;
import io.muster.server.events.ClusterEvents;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * {@code GET /v1/core/cluster/events} with {@code Accept: text/event-stream}: the same events as they happen, as server-sent events (X26). A reader
 * that does not keep up is cut off; it comes back with the header {@code Last-Event-ID} and misses nothing that is kept. An id names the run of the
 * server, too: after a restart all counts anew.
 */
public final class EventStream {

    /** Operators and dashboards; everybody else asks now and then. */
    public static final int STREAMS_MAX = 100;

    private static final String TYPE = "text/event-stream";
    private static final int TOO_MANY = 429;

    private final ClusterEvents events;
    private final String run;
    private final AtomicInteger open = new AtomicInteger();

    /** @param runId of this process */
    public EventStream(ClusterEvents events, long runId) {
        this.events = events;
        this.run = HexFormat.of().toHexDigits(runId) + "-";
    }

    /** Mounts it, with the context path and without; before the routes that answer with a list. */
    public void mount(Router router) {
        for (String prefix : new String[] {RouteTable.CONTEXT, ""}) {
            router.get(prefix + "/v1/core/cluster/events").handler(this::handle);
        }
    }

    private void handle(RoutingContext routing) {
        String accept = routing.request().getHeader(HttpHeaders.ACCEPT);
        if (accept == null || !accept.contains(TYPE)) {
            routing.next();
            return;
        }
        if (open.incrementAndGet() > STREAMS_MAX) {
            open.decrementAndGet();
            routing.response().setStatusCode(TOO_MANY).end("at most " + STREAMS_MAX + " streams of events at a time");
            return;
        }
        stream(routing.response(), lastKnown(routing));
    }

    private long lastKnown(RoutingContext routing) {
        String id = routing.request().getHeader("Last-Event-ID");
        try {
            return id != null && id.startsWith(run) ? Long.parseLong(id.substring(run.length())) : 0;
        } catch (NumberFormatException notOurs) {
            return 0;
        }
    }

    private void stream(HttpServerResponse response, long since) {
        Context context = Vertx.currentContext();
        response.putHeader(HttpHeaders.CONTENT_TYPE, TYPE)
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                .setChunked(true);
        Reader reader = new Reader(response, since);
        Runnable ending = events.listen(event -> context.runOnContext(turn -> reader.catchUp()));
        response.closeHandler(closed -> {
            ending.run();
            open.decrementAndGet();
        });
        reader.catchUp();
    }

    /** One stream; on its connection's event loop. */
    private final class Reader {

        private final HttpServerResponse response;
        private long last;

        Reader(HttpServerResponse response, long last) {
            this.response = response;
            this.last = last;
        }

        void catchUp() {
            if (response.ended() || response.closed()) {
                return;
            }
            if (response.writeQueueFull()) {
                response.reset();
                return;
            }
            ClusterEvents.Page page = events.after(last);
            page.events().forEach(this::write);
            last = page.lastId();
        }

        private void write(ClusterEvent event) {
            response.write("id: " + run + event.id() + "\nevent: " + event.kind() + "\ndata: "
                    + Json.bytes(json -> EventRoutes.write(json, event)) + "\n\n");
        }
    }
}
