package io.muster.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.muster.naming.api.Access;
import io.muster.naming.api.Param;
import io.muster.naming.api.Route;
import io.muster.naming.api.RouteTable;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** {@code /openapi.json} says what the server does, no more and no less: held to its routes, both ways. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OpenApiTest {

    private TestServer server;
    private JsonNode document;

    @BeforeAll
    void start(@TempDir Path directory) throws IOException {
        server = TestServer.start(directory);
        HttpResponse<String> answer = server.get("/openapi.json");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
        document = new ObjectMapper().readTree(answer.body());
    }

    @AfterAll
    void stop() {
        // The examples have set it to its first choice, for the whole process.
        server.ask("PUT", "/v1/ns/operator/log?logName=io.muster.raft&logLevel=info");
        server.close();
    }

    /** A method on a path, as the document has it. */
    private record Operation(String verb, String path, JsonNode described) {

        @Override
        public String toString() {
            return verb + " " + path;
        }
    }

    private Stream<Operation> operations() {
        return document.path("paths").properties().stream()
                .flatMap(path -> path.getValue().properties().stream()
                        .map(operation -> new Operation(
                                operation.getKey().toUpperCase(Locale.ROOT), path.getKey(), operation.getValue())));
    }

    @Test
    void everyRouteIsDescribed_andNothingElse() {
        Set<String> served = server.server().routes().stream()
                .map(route -> route.verb() + " " + route.path())
                .collect(Collectors.toCollection(TreeSet::new));
        server.server().otherPaths().stream()
                .filter(path -> !path.startsWith(RouteTable.CONTEXT + "/"))
                .forEach(path -> served.add("GET " + path));
        assertThat(served).contains("GET /livez", "GET /metrics", "GET /openapi.json", "GET /v1/ns/events");

        Set<String> described = operations().map(Operation::toString).collect(Collectors.toSet());
        assertThat(described).isEqualTo(served);
    }

    /** Every path works with Nacos' context path, too. */
    @Test
    void whatStandsBesideTheRoutes_isServedUnderBothPrefixes() {
        Set<String> paths = server.server().otherPaths();
        assertThat(paths.stream().filter(path -> !path.startsWith(RouteTable.CONTEXT + "/")))
                .isNotEmpty()
                .allMatch(path -> paths.contains(RouteTable.CONTEXT + path));
        assertThat(server.get("/nacos/openapi.json").body())
                .isEqualTo(server.get("/openapi.json").body());
    }

    @Test
    void everyParameterIsDescribed_withItsKindAndBounds() {
        for (Operation operation : operations().toList()) {
            List<Param<?>> params = server.server().routes().stream()
                    .filter(route -> operation.toString().equals(route.verb() + " " + route.path()))
                    .findFirst()
                    .map(Route::params)
                    .orElse(List.of());
            List<String> names = params.stream()
                    .flatMap(param -> Stream.concat(Stream.of(param.name()), param.aliases().stream()))
                    .toList();
            JsonNode described = operation.described().path("parameters");
            if (params.isEmpty() && server.server().otherPaths().contains(operation.path())) {
                assertThat(described.findValuesAsText("name")).isSubsetOf("verbose");
                continue;
            }
            assertThat(described.findValuesAsText("name"))
                    .as(operation.toString())
                    .isEqualTo(names);
            described.forEach(one -> {
                JsonNode schema = one.path("schema");
                assertThat(schema.path("type").asText()).isIn("string", "integer", "number", "boolean");
                if (schema.path("type").asText().equals("integer")) {
                    assertThat(schema.path("minimum").isInt()).isTrue();
                    assertThat(schema.path("maximum").isInt()).isTrue();
                }
            });
        }
    }

    @Test
    void requiredParametersAndBounds_areTold() {
        JsonNode parameters =
                document.path("paths").path("/v1/ns/service/list").path("get").path("parameters");
        JsonNode pageNo = parameters.get(0);
        assertThat(pageNo.path("name").asText()).isEqualTo("pageNo");
        assertThat(pageNo.path("required").asBoolean()).isTrue();
        assertThat(pageNo.path("schema").path("minimum").asInt()).isZero();
        assertThat(pageNo.path("schema").path("maximum").asInt()).isEqualTo(Integer.MAX_VALUE);
        assertThat(document.path("paths").path("/v1/ns/instance").path("post").path("parameters"))
                .as("may stand in the body")
                .isNotEmpty()
                .noneMatch(one -> one.path("required").asBoolean());
        JsonNode level = document.path("paths")
                .path("/v1/ns/operator/log")
                .path("put")
                .path("parameters")
                .findParents("enum")
                .get(0);
        assertThat(level.path("enum").toString()).contains("debug", "off");
    }

    /** What a generator of clients stumbles over. */
    @Test
    void document_isWellFormed() {
        assertThat(document.path("openapi").asText()).startsWith("3.0.");
        assertThat(document.path("info").path("title").asText()).isNotBlank();
        assertThat(document.path("info").path("version").asText()).isEqualTo("test");
        Set<String> ids = new HashSet<>();
        for (Operation operation : operations().toList()) {
            JsonNode described = operation.described();
            assertThat(ids.add(described.path("operationId").asText()))
                    .as("%s: its operationId is another's", operation)
                    .isTrue();
            assertThat(described.path("summary").asText())
                    .as(operation.toString())
                    .isNotBlank();
            assertThat(described.path("tags")).isNotEmpty();
            assertThat(described.path("responses").has("200")).isTrue();
            Set<String> names = new HashSet<>();
            described
                    .path("parameters")
                    .forEach(one -> assertThat(names.add(
                                    one.path("in").asText() + one.path("name").asText()))
                            .isTrue());
            assertThat(operation.verb().equals("GET")).isNotEqualTo(described.has("requestBody"));
            described
                    .path("security")
                    .forEach(scheme -> scheme.fieldNames()
                            .forEachRemaining(name -> assertThat(document.path("components")
                                            .path("securitySchemes")
                                            .has(name))
                                    .isTrue()));
        }
        List<JsonNode> references = new ArrayList<>(document.findValues("$ref"));
        assertThat(references).isNotEmpty();
        for (JsonNode reference : references) {
            assertThat(reference.asText()).startsWith("#/");
            assertThat(document.at(reference.asText().substring(1)).isMissingNode())
                    .as(reference.asText())
                    .isFalse();
        }
    }

    /** X24: what is open to anyone in the document is so in the table. */
    @Test
    void whoMayCall_isTold() {
        for (Route route : server.server().routes()) {
            JsonNode described = document.path("paths")
                    .path(route.path())
                    .path(route.verb().name().toLowerCase(Locale.ROOT));
            assertThat(described.path("x-access").asText())
                    .isEqualTo(route.access().name().toLowerCase(Locale.ROOT));
            assertThat(described.path("security").isEmpty()).isEqualTo(route.access() == Access.OPEN);
            assertThat(described.path("security").toString().contains("clusterSecret"))
                    .as("MemberGuard lets members in: %s", route.path())
                    .isEqualTo(route.access() != Access.OPEN && route.access() != Access.WRITE);
        }
    }

    /** A probe is told what it may get, and by which prefixes. */
    @Test
    void whatStandsBesideTheRoutes_tellsItsFailures_andItsFlag() {
        for (String path : List.of("/livez", "/readyz", "/readyz/raft", "/v1/console/health/readiness")) {
            JsonNode described = document.path("paths").path(path).path("get");
            assertThat(described.path("responses").has("503")).as(path).isTrue();
            assertThat(described.path("parameters").findValuesAsText("name"))
                    .as(path)
                    .containsExactly("verbose");
        }
        assertThat(document.at("/paths/~1metrics/get/responses").has("500")).isTrue();
        assertThat(document.path("servers").findValuesAsText("url"))
                .as("none ends with the slash that paths begin with")
                .containsExactly("/nacos", "");
    }

    /** Each operation is called with its examples: it is there, and answers what the document says that it may. */
    @Test
    void everyOperationAnswersAsDescribed() {
        for (Operation operation : operations().toList()) {
            String query = Stream.of(operation.described().path("parameters"))
                    .flatMap(parameters -> Stream.iterate(0, i -> i < parameters.size(), i -> i + 1)
                            .map(parameters::get))
                    .filter(one -> one.has("example"))
                    .map(one -> one.path("name").asText() + "="
                            + URLEncoder.encode(one.path("example").asText(), StandardCharsets.UTF_8))
                    .collect(Collectors.joining("&", "?", ""));
            HttpResponse<String> answer = server.ask(operation.verb(), operation.path() + query);
            JsonNode response = operation.described().path("responses").path(String.valueOf(answer.statusCode()));
            assertThat(response.isMissingNode())
                    .as("%s answered %s, which is not described: %s", operation, answer.statusCode(), answer.body())
                    .isFalse();
            JsonNode contents = response.has("$ref")
                    ? document.at(response.path("$ref").asText().substring(1)).path("content")
                    : response.path("content");
            String type = answer.headers().firstValue("Content-Type").orElse("").replaceFirst(";.*", "");
            assertThat(contents.has(type))
                    .as("%s answered %s as %s", operation, answer.statusCode(), type)
                    .isTrue();
        }
        assertThat(server.get("/readyz").statusCode()).as("the server goes on").isEqualTo(200);
    }
}
