package io.muster.naming.api.v1;

import static io.muster.naming.api.Route.params;

import com.fasterxml.jackson.core.JsonGenerator;
import io.muster.naming.api.Access;
import io.muster.naming.api.Answer;
import io.muster.naming.api.ApiRequest;
import io.muster.naming.api.EventSource;
import io.muster.naming.api.EventStreams;
import io.muster.naming.api.Json;
import io.muster.naming.api.Route;
import io.muster.naming.api.Verb;
import io.muster.naming.events.ServiceEvent;
import io.muster.naming.events.ServiceEvents;
import io.muster.naming.model.ServiceName;
import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * {@code GET /v1/ns/events}: what happened to the instances of a service as this node learned of it (X21), oldest first,
 * as a list or as a stream. A service that nobody knows has no events: that is no error, since one that is gone still
 * has some.
 */
public final class ServiceEventsApi {

    private final ServiceEvents events;
    private final EventStreams streams;
    private final Supplier<String> thisNode;
    private final UnaryOperator<String> nodeNames;

    /**
     * @param thisNode the name of the node that answers: each tells what it saw itself
     * @param nodeNames what the node of an id in hex digits is called; the id for want of a name
     */
    public ServiceEventsApi(
            ServiceEvents events, EventStreams streams, Supplier<String> thisNode, UnaryOperator<String> nodeNames) {
        this.events = events;
        this.streams = streams;
        this.thisNode = thisNode;
        this.nodeNames = nodeNames;
    }

    public List<Route> routes() {
        return List.of(Route.immediate(
                        Verb.GET,
                        "/v1/ns/events",
                        params(Names.OF_SERVICE, List.of(EventStreams.SINCE)),
                        "Shows what happened to the instances of a service as this node learned of it",
                        this::answer)
                .access(Access.READ));
    }

    private Answer answer(ApiRequest request) {
        ServiceName service = Names.service(request);
        String keyGroup = service.keyGroup();
        if (streams.isWanted(request)) {
            return streams.answer(request, Access.READ, new OfService(keyGroup));
        }
        ServiceEvents.Page page = events.after(keyGroup, streams.since(request));
        return Json.object(json -> {
            json.writeStringField("node", thisNode.get());
            json.writeStringField("namespaceId", service.namespaceId());
            json.writeStringField("service", service.grouped());
            json.writeStringField("run", streams.run());
            json.writeNumberField("lastId", page.lastId());
            json.writeNumberField("missed", page.missed());
            json.writeArrayFieldStart("events");
            for (ServiceEvent event : page.events()) {
                write(json, event);
            }
            json.writeEndArray();
        });
    }

    private void write(JsonGenerator json, ServiceEvent event) throws IOException {
        json.writeStartObject();
        json.writeNumberField("id", event.id());
        json.writeNumberField("time", event.wallMillis());
        json.writeStringField("kind", event.kind().name());
        json.writeStringField("cause", event.cause().name());
        json.writeStringField("instance", event.instance());
        json.writeBooleanField("ephemeral", event.ephemeral());
        if (!event.by().isEmpty()) {
            json.writeStringField("by", nodeNames.apply(event.by()));
        }
        json.writeStringField("text", event.detail());
        json.writeEndObject();
    }

    /** The same as a stream has it. */
    private final class OfService implements EventSource {

        private final String keyGroup;

        OfService(String keyGroup) {
            this.keyGroup = keyGroup;
        }

        @Override
        public Page after(long since) {
            ServiceEvents.Page page = events.after(keyGroup, since);
            return new Page(
                    page.events().stream()
                            .map(event -> new Item(
                                    event.id(),
                                    event.kind().name(),
                                    Json.bytes(json -> ServiceEventsApi.this.write(json, event))))
                            .toList(),
                    page.lastId(),
                    page.missed());
        }

        @Override
        public Runnable listen(Runnable wake) {
            return events.listen(keyGroup, wake);
        }
    }
}
