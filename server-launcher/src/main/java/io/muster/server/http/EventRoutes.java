package io.muster.server.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.muster.naming.api.Answer;
import io.muster.naming.api.ApiRequest;
import io.muster.naming.api.Json;
import io.muster.naming.api.Param;
import io.muster.naming.api.Route;
import io.muster.naming.api.Verb;
import io.muster.server.events.ClusterEvent;
import io.muster.server.events.ClusterEvents;
import java.io.IOException;
import java.util.List;

/** {@code GET /v1/core/cluster/events}: what happened to the cluster as this node saw it (X26), oldest first; {@code since} is the id of the last one known. */
public record EventRoutes(ClusterEvents events) {

    private static final int ID_CHARS_MAX = 19;

    private static final Param<Long> SINCE = Param.text("since", ID_CHARS_MAX, "17", EventRoutes::id);

    public List<Route> routes() {
        return List.of(Route.immediate(
                        Verb.GET,
                        "/v1/core/cluster/events",
                        List.of(SINCE),
                        "what happened to members, lookup and leader",
                        this::answer)
                .always());
    }

    private static long id(String text) {
        long id;
        try {
            id = Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("since must be the id of an event", e);
        }
        if (id < 0) {
            throw new IllegalArgumentException("since must be the id of an event");
        }
        return id;
    }

    private Answer answer(ApiRequest request) {
        ClusterEvents.Page page = events.after(request.get(SINCE, 0L));
        return Json.object(json -> {
            json.writeNumberField("lastId", page.lastId());
            json.writeNumberField("missed", page.missed());
            json.writeArrayFieldStart("events");
            for (ClusterEvent event : page.events()) {
                write(json, event);
            }
            json.writeEndArray();
        });
    }

    static void write(JsonGenerator json, ClusterEvent event) throws IOException {
        json.writeStartObject();
        json.writeNumberField("id", event.id());
        json.writeNumberField("time", event.wallMillis());
        json.writeStringField("kind", event.kind());
        json.writeStringField("subject", event.subject());
        json.writeStringField("text", event.text());
        json.writeEndObject();
    }
}
