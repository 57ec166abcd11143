package io.muster.server.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.muster.naming.api.Access;
import io.muster.naming.api.EventStreams;
import io.muster.naming.api.Json;
import io.muster.naming.api.Param;
import io.muster.naming.api.Route;
import io.muster.naming.api.RouteTable;
import io.muster.naming.api.Verb;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The API as an OpenAPI 3.0 document, made of the routes themselves: paths, methods, parameters with their kinds and bounds, who may call, what may be
 * answered. The contents of answers are those of Nacos 1.x, which has no schema for them: they are described in docs/api.md.
 *
 * @param version of the product
 * @param routes of the table
 * @param others what is answered beside it
 */
public record OpenApi(String version, List<Route> routes, List<Described> others) {

    /** A read that is limited: it takes time of the health checks. */
    private static final String CHECK_TIMES = "/v1/ns/catalog/rt/service";

    private static final String OPENAPI = "3.0.3";
    private static final String TEXT = "text/plain";
    private static final String JSON = "application/json";
    private static final String FORM = "application/x-www-form-urlencoded";

    private static final String TOKEN = "accessToken";
    private static final String SECRET = "clusterSecret";

    /** By status; the same for all operations. */
    private enum Response {
        S400("What is wrong with which parameter."),
        S403("The caller may not do this."),
        S404("What was asked for is not there."),
        S409("Somebody else wrote the same in between; nothing was changed."),
        S413("The body is too large."),
        S415("The body is neither a form nor JSON."),
        S429("A limit is reached, which the answer names."),
        S500("The server failed; the answer says at what."),
        S503("This server can't serve the request now; try another one, or later."),
        S504("The outcome of the write is not known.");

        private final String text;

        Response(String text) {
            this.text = text;
        }

        String status() {
            return name().substring(1);
        }
    }

    /** The document. */
    public Buffer document() {
        return Json.bytes(json -> {
            json.writeStartObject();
            json.writeStringField("openapi", OPENAPI);
            json.writeObjectFieldStart("info");
            json.writeStringField("title", "Muster");
            json.writeStringField(
                    "description",
                    "The HTTP API of Nacos 1.x for service discovery, and what Muster adds to it. Every path works with the prefix "
                            + RouteTable.CONTEXT
                            + " and without. Parameters of requests that have a body may stand there as well as in the query.");
            json.writeStringField("version", version);
            json.writeEndObject();
            json.writeArrayFieldStart("servers");
            for (String prefix : List.of(RouteTable.CONTEXT, "")) {
                json.writeStartObject();
                json.writeStringField("url", prefix);
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeObjectFieldStart("paths");
            writePaths(json);
            json.writeEndObject();
            json.writeObjectFieldStart("components");
            writeComponents(json);
            json.writeEndObject();
            json.writeEndObject();
        });
    }

    private void writePaths(JsonGenerator json) throws IOException {
        SortedMap<String, List<Route>> byPath = new TreeMap<>();
        routes.forEach(route ->
                byPath.computeIfAbsent(route.path(), path -> new ArrayList<>()).add(route));
        for (Map.Entry<String, List<Route>> path : byPath.entrySet()) {
            json.writeObjectFieldStart(path.getKey());
            path.getValue().sort(Comparator.comparing(Route::verb));
            for (Route route : path.getValue()) {
                writeOperation(json, route);
            }
            json.writeEndObject();
        }
        for (Described other : others) {
            json.writeObjectFieldStart(other.path());
            writeBeginning(json, Verb.GET, other.path(), other.summary(), Access.OPEN);
            json.writeArrayFieldStart("parameters");
            for (String flag : other.flags()) {
                writeFlag(json, flag);
            }
            json.writeEndArray();
            json.writeObjectFieldStart("responses");
            writeSuccess(json, List.of(other.type()));
            if (other.failure().isPresent()) {
                writeReference(json, String.valueOf(other.failure().get()));
            }
            json.writeEndObject();
            json.writeEndObject();
            json.writeEndObject();
        }
    }

    /** A parameter that counts by being there. */
    private static void writeFlag(JsonGenerator json, String name) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", name);
        json.writeStringField("in", "query");
        json.writeBooleanField("allowEmptyValue", true);
        json.writeObjectFieldStart("schema");
        json.writeStringField("type", "string");
        json.writeEndObject();
        json.writeEndObject();
    }

    private static void writeReference(JsonGenerator json, String status) throws IOException {
        json.writeObjectFieldStart(status);
        json.writeStringField("$ref", "#/components/responses/" + status);
        json.writeEndObject();
    }

    private static void writeOperation(JsonGenerator json, Route route) throws IOException {
        writeBeginning(json, route.verb(), route.path(), route.summary(), route.access());
        boolean hasBody = route.verb() != Verb.GET;
        json.writeArrayFieldStart("parameters");
        for (Param<?> param : route.params()) {
            writeParameter(json, param, param.name(), false, hasBody);
            for (String alias : param.aliases()) {
                writeParameter(json, param, alias, true, hasBody);
            }
        }
        json.writeEndArray();
        if (hasBody) {
            writeBody(json, route);
        }
        boolean streams = route.params().contains(EventStreams.SINCE);
        json.writeObjectFieldStart("responses");
        writeSuccess(json, streams ? List.of(JSON, EventStreams.TYPE) : List.of(JSON, TEXT));
        for (Response response : responses(route, streams)) {
            writeReference(json, response.status());
        }
        json.writeEndObject();
        json.writeEndObject();
    }

    /** Opens the operation's object. */
    private static void writeBeginning(JsonGenerator json, Verb verb, String path, String summary, Access access)
            throws IOException {
        json.writeObjectFieldStart(verb.name().toLowerCase(Locale.ROOT));
        json.writeStringField("operationId", operationId(verb, path));
        json.writeStringField("summary", summary);
        json.writeArrayFieldStart("tags");
        json.writeString(tag(path));
        json.writeEndArray();
        json.writeStringField("x-access", access.name().toLowerCase(Locale.ROOT));
        json.writeArrayFieldStart("security");
        for (String scheme : schemes(access)) {
            json.writeStartObject();
            if (!scheme.isEmpty()) {
                json.writeArrayFieldStart(scheme);
                json.writeEndArray();
            }
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    /** The empty one stands for a server without authentication. */
    private static List<String> schemes(Access access) {
        List<String> schemes = new ArrayList<>();
        if (access != Access.OPEN && access != Access.MEMBER) {
            schemes.addAll(List.of("", TOKEN));
        }
        if (MemberGuard.opens(access)) {
            schemes.add(SECRET);
        }
        return schemes;
    }

    /** {@code getV1NsInstanceList}. */
    static String operationId(Verb verb, String path) {
        StringBuilder id = new StringBuilder(verb.name().toLowerCase(Locale.ROOT));
        boolean begins = true;
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (Character.isLetterOrDigit(c)) {
                id.append(begins ? Character.toUpperCase(c) : c);
                begins = false;
            } else {
                begins = true;
            }
        }
        return id.toString();
    }

    /** What follows {@code /v1/} and a module's short name, or the first part of the path. */
    private static String tag(String path) {
        String[] parts = path.substring(1).split("/", -1);
        return parts.length > 2 && parts[0].equals("v1") ? parts[2] : parts[0];
    }

    private static void writeParameter(
            JsonGenerator json, Param<?> param, String name, boolean alias, boolean mayStandInBody) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", name);
        json.writeStringField("in", "query");
        if (alias) {
            json.writeBooleanField("deprecated", true);
            json.writeStringField("description", "Another name of " + param.name() + ", which wins.");
        } else {
            // With an alias given, or the body, the query may do without it.
            json.writeBooleanField(
                    "required", param.isRequired() && param.aliases().isEmpty() && !mayStandInBody);
            json.writeStringField("example", param.example());
        }
        json.writeFieldName("schema");
        writeSchema(json, param);
        json.writeEndObject();
    }

    private static void writeSchema(JsonGenerator json, Param<?> param) throws IOException {
        json.writeStartObject();
        switch (param.kind()) {
            case WORD, FLAG -> json.writeStringField("type", "boolean");
            case INTEGER -> {
                json.writeStringField("type", "integer");
                if (param.range().isPresent()) {
                    json.writeNumberField("minimum", param.range().get().min());
                    json.writeNumberField("maximum", param.range().get().max());
                }
            }
            case NUMBER -> json.writeStringField("type", "number");
            case CHOICE -> {
                json.writeStringField("type", "string");
                json.writeArrayFieldStart("enum");
                for (String choice : param.choices()) {
                    json.writeString(choice);
                }
                json.writeEndArray();
            }
            case TEXT, STRUCTURED -> {
                json.writeStringField("type", "string");
                json.writeNumberField("maxLength", param.charsMax());
            }
        }
        json.writeEndObject();
    }

    private static void writeBody(JsonGenerator json, Route route) throws IOException {
        json.writeObjectFieldStart("requestBody");
        json.writeBooleanField("required", false);
        json.writeStringField("description", "The parameters, where they do not stand in the query.");
        json.writeObjectFieldStart("content");
        for (String type : List.of(FORM, JSON)) {
            json.writeObjectFieldStart(type);
            json.writeObjectFieldStart("schema");
            json.writeStringField("type", "object");
            json.writeObjectFieldStart("properties");
            for (Param<?> param : route.params()) {
                json.writeFieldName(param.name());
                writeSchema(json, param);
            }
            json.writeEndObject();
            json.writeEndObject();
            json.writeEndObject();
        }
        json.writeEndObject();
        json.writeEndObject();
    }

    private static void writeSuccess(JsonGenerator json, List<String> types) throws IOException {
        json.writeObjectFieldStart("200");
        json.writeStringField("description", "Done, or what was asked for.");
        json.writeObjectFieldStart("content");
        for (String type : types) {
            json.writeObjectFieldStart(type);
            json.writeEndObject();
        }
        json.writeEndObject();
        json.writeEndObject();
    }

    private static List<Response> responses(Route route, boolean streams) {
        boolean writes = route.verb() != Verb.GET;
        Map<Response, Boolean> possible = new LinkedHashMap<>();
        possible.put(Response.S400, writes || !route.params().isEmpty());
        possible.put(Response.S403, route.access() != Access.OPEN);
        possible.put(Response.S404, !route.params().isEmpty());
        possible.put(Response.S409, writes);
        possible.put(Response.S413, writes);
        possible.put(Response.S415, writes);
        possible.put(Response.S429, writes || streams || route.path().equals(CHECK_TIMES));
        possible.put(Response.S503, writes || route.gated());
        possible.put(Response.S504, writes);
        return possible.entrySet().stream()
                .filter(Map.Entry::getValue)
                .map(Map.Entry::getKey)
                .toList();
    }

    private static void writeComponents(JsonGenerator json) throws IOException {
        json.writeObjectFieldStart("responses");
        for (Response response : Response.values()) {
            json.writeObjectFieldStart(response.status());
            json.writeStringField("description", response.text);
            json.writeObjectFieldStart("content");
            json.writeObjectFieldStart(TEXT);
            json.writeEndObject();
            json.writeEndObject();
            json.writeEndObject();
        }
        json.writeEndObject();
        json.writeObjectFieldStart("securitySchemes");
        writeScheme(json, TOKEN, "query", "accessToken", "What login answers.");
        writeScheme(
                json,
                SECRET,
                "header",
                MemberGuard.HEADER,
                "The secret of the cluster; for its members and their admins.");
        json.writeEndObject();
    }

    private static void writeScheme(JsonGenerator json, String scheme, String where, String name, String description)
            throws IOException {
        json.writeObjectFieldStart(scheme);
        json.writeStringField("type", "apiKey");
        json.writeStringField("in", where);
        json.writeStringField("name", name);
        json.writeStringField("description", description);
        json.writeEndObject();
    }
}
