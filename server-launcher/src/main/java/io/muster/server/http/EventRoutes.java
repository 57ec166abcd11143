package io.muster.server.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.muster.naming.api.Access;
import io.muster.naming.api.Answer;
import io.muster.naming.api.ApiRequest;
import io.muster.naming.api.EventSource;
import io.muster.naming.api.EventStreams;
import io.muster.naming.api.Json;
import io.muster.naming.api.Route;
import io.muster.naming.api.Verb;
import io.muster.server.events.ClusterEvent;
import io.muster.server.events.ClusterEvents;
import java.io.IOException;
import java.util.List;

/**
 * {@code GET /v1/core/cluster/events}: what happened to the cluster as this node saw it (X26), oldest first, as a list or as a stream; {@code since} is
 * the id of the last one known.
 *
 * @param streams shared with the other events
 */
public record EventRoutes(ClusterEvents events, EventStreams streams) implements EventSource {

    public List<Route> routes() {
        return List.of(Route.immediate(
                        Verb.GET,
                        "/v1/core/cluster/events",
                        List.of(EventStreams.SINCE),
                        "Shows what happened to members, lookup and leader as this node saw it",
                        this::answer)
                .always());
    }

    private Answer answer(ApiRequest request) {
        if (streams.isWanted(request)) {
            return streams.answer(request, Access.ADMIN, this);
        }
        ClusterEvents.Page page = events.after(streams.since(request));
        return Json.object(json -> {
            json.writeStringField("run", streams.run());
            json.writeNumberField("lastId", page.lastId());
            json.writeNumberField("missed", page.missed());
            json.writeArrayFieldStart("events");
            for (ClusterEvent event : page.events()) {
                write(json, event);
            }
            json.writeEndArray();
        });
    }

    private static void write(JsonGenerator json, ClusterEvent event) throws IOException {
        json.writeStartObject();
        json.writeNumberField("id", event.id());
        json.writeNumberField("time", event.wallMillis());
        json.writeStringField("kind", event.kind());
        json.writeStringField("subject", event.subject());
        json.writeStringField("text", event.text());
        json.writeEndObject();
    }

    @Override
    public Page after(long since) {
        ClusterEvents.Page page = events.after(since);
        return new Page(
                page.events().stream()
                        .map(event -> new Item(event.id(), event.kind(), Json.bytes(json -> write(json, event))))
                        .toList(),
                page.lastId(),
                page.missed());
    }

    @Override
    public Runnable listen(Runnable wake) {
        return events.listen(event -> wake.run());
    }
}
