package io.muster.server.http;

import io.muster.consistency.Change;
import io.muster.consistency.ConsistencyException;
import io.muster.consistency.Datum;
import io.muster.consistency.Key;
import io.muster.consistency.Removal;
import io.muster.naming.api.Answer;
import io.muster.naming.api.ApiRequest;
import io.muster.naming.api.Json;
import io.muster.naming.api.Param;
import io.muster.naming.api.Refusal;
import io.muster.naming.api.Route;
import io.muster.naming.api.Verb;
import io.muster.naming.model.RegistryRecord;
import io.muster.naming.registry.AuditLog;
import io.muster.naming.registry.Caller;
import io.muster.raft.engine.RaftEngine;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * {@code /v1/ns/raft/datum} for clients (R25): single persistent data, written through the leader from any node, and read locally. For admins: a value is
 * checked against its key, and nothing else is.
 *
 * @param raft the engine
 * @param texts reads and writes keys and values
 * @param audit gets a line for each write, with the datum before and after
 */
public record RaftDatumRoutes(RaftEngine<RegistryRecord> raft, DatumTexts texts, AuditLog audit) {

    private static final String PATH = "/v1/ns/raft/datum";
    private static final int KEYS_MAX = 256;
    private static final int KEYS_CHARS_MAX = 1 << 16;

    private static final Param<Key> KEY = Param.text("key", DatumTexts.KEY_CHARS_MAX, "namespaces/a", DatumTexts::key)
            .required();
    private static final Param<String> VALUE = Param.structured(
                    "value", DatumTexts.VALUE_CHARS_MAX, "AQUBYQFhAAA=", text -> text)
            .required();
    private static final Param<List<Key>> KEYS = Param.text(
                    "keys", KEYS_CHARS_MAX, "namespaces/a,namespaces/b", RaftDatumRoutes::keys)
            .required();

    public List<Route> routes() {
        return List.of(
                Route.immediate(Verb.GET, PATH, List.of(KEYS), "persistent data as this node has them", this::read),
                Route.of(Verb.POST, PATH, List.of(KEY, VALUE), "stores a persistent datum", this::write),
                Route.of(Verb.DELETE, PATH, List.of(KEY), "removes a persistent datum", this::remove));
    }

    private static List<Key> keys(String text) {
        List<Key> keys = new ArrayList<>();
        for (String key : text.split(",")) {
            keys.add(DatumTexts.key(key.trim()));
        }
        if (keys.size() > KEYS_MAX) {
            throw new IllegalArgumentException(
                    "keys: at most " + KEYS_MAX + " are read at once, these are " + keys.size());
        }
        return keys;
    }

    private Answer read(ApiRequest request) {
        List<Datum<RegistryRecord>> found = request.get(KEYS).stream()
                .map(raft::get)
                .flatMap(Optional::stream)
                .toList();
        return Answer.json(Json.bytes(json -> {
            json.writeStartArray();
            for (Datum<RegistryRecord> datum : found) {
                json.writeStartObject();
                json.writeStringField("key", DatumTexts.text(datum.key()));
                json.writeStringField("value", texts.text(datum.value()));
                json.writeNumberField("timestamp", datum.version().asLong());
                json.writeEndObject();
            }
            json.writeEndArray();
        }));
    }

    private CompletionStage<Answer> write(ApiRequest request) {
        Key key = request.get(KEY);
        return apply(request, "store-datum", Change.put(key, value(key, request.get(VALUE))));
    }

    private RegistryRecord value(Key key, String text) {
        try {
            return texts.value(key, text);
        } catch (IllegalArgumentException unreadable) {
            throw Refusal.badRequest("Param 'value': " + unreadable.getMessage());
        }
    }

    private CompletionStage<Answer> remove(ApiRequest request) {
        return apply(request, "remove-datum", Change.remove(request.get(KEY), Removal.OPERATOR));
    }

    private CompletionStage<Answer> apply(ApiRequest request, String action, Change<RegistryRecord> change) {
        Key key = change.key();
        return audit.audited(
                        new Caller("", request.remoteHost()),
                        action,
                        DatumTexts.text(key),
                        "",
                        () -> standing(key),
                        () -> raft.apply(List.of(change)).thenAccept(standing -> {}))
                .thenApply(done -> Answer.OK);
    }

    private String standing(Key key) {
        try {
            return raft.get(key).map(Datum::toString).orElse("none");
        } catch (ConsistencyException unreadable) {
            return String.valueOf(unreadable.getMessage());
        }
    }
}
