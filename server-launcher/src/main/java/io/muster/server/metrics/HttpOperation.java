package io.muster.server.metrics;

import io.vertx.core.http.HttpMethod;
import java.util.Locale;

/** What a request is about, for metrics: the hot ones by name, all others together, so that no path from outside becomes a series. */
enum HttpOperation {
    /** An instance list is read. */
    LIST(0),
    BEAT(1),
    REGISTER(2),
    DEREGISTER(3),
    OTHER(4);

    /** Where its numbers stand among those of all operations, from 0 without a gap. */
    private final int place;

    HttpOperation(int place) {
        this.place = place;
    }

    int place() {
        return place;
    }

    private static final String INSTANCE = "/v1/ns/instance";
    private static final String LIST_PATH = INSTANCE + "/list";
    private static final String BEAT_PATH = INSTANCE + "/beat";

    /** As it stands in the label {@code operation}. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    static HttpOperation of(HttpMethod method, String path) {
        if (path.endsWith(LIST_PATH)) {
            return LIST;
        }
        if (path.endsWith(BEAT_PATH)) {
            return BEAT;
        }
        if (path.endsWith(INSTANCE)) {
            return HttpMethod.POST.equals(method) ? REGISTER : HttpMethod.DELETE.equals(method) ? DEREGISTER : OTHER;
        }
        return OTHER;
    }
}
