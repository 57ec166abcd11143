package io.muster.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.naming.api.Access;
import io.muster.naming.api.Listening;
import io.muster.naming.api.Param;
import io.muster.naming.api.Route;
import io.muster.server.http.MemberGuard;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every route that the process adds to the naming API, with every parameter, against everything that operators may get wrong. Drawn from the route table itself: a new
 * route is tried like all others. Those of the naming API have {@code EveryParameterTest}.
 */
class EveryOperatorRouteTest {

    private static final String SECRET = "hush";
    private static final String FORM = "application/x-www-form-urlencoded";

    /** What the naming API has, but for the logs, which are the process's. */
    private static final Set<String> OF_NAMING =
            Set.of("instance", "api", "service", "cluster", "health", "catalog", "operator", "ops", "console", "auth");

    private static TestServer server;
    private static Vertx vertx;
    private static HttpClient client;

    @TempDir
    private static Path directory;

    private record Response(int status, String body, MultiMap headers) {}

    @BeforeAll
    static void start() {
        server = TestServer.start(directory, "--cluster-secret=" + SECRET);
        vertx = Vertx.vertx();
        client = vertx.createHttpClient(new HttpClientOptions().setMaxHeaderSize(1 << 16));
    }

    @AfterAll
    static void stop() {
        vertx.close().await();
        server.close();
    }

    @AfterEach
    void theServerIsAlive() {
        assertThat(server.get("/readyz").statusCode()).isEqualTo(200);
    }

    private static List<Route> routes() {
        return server.server().routes().stream()
                .filter(route -> !isOfNaming(route.path()))
                .toList();
    }

    private static boolean isOfNaming(String path) {
        String[] names = path.split("/", -1);
        String subject = path.startsWith("/v1/ns/") ? names[3] : names.length > 2 ? names[2] : "";
        return OF_NAMING.contains(subject) && !path.endsWith("/log");
    }

    private static Response send(String method, String uri, String contentType, Buffer body) {
        RequestOptions options = new RequestOptions()
                .setAbsoluteURI(server.url())
                .setURI(uri)
                .setMethod(HttpMethod.valueOf(method))
                .putHeader(MemberGuard.HEADER, SECRET);
        if (!contentType.isEmpty()) {
            options.putHeader("Content-Type", contentType);
        }
        // On an event loop, or the body may have passed by when it is asked for.
        return Future.<Response>future(done -> vertx.runOnContext(turn -> client.request(options)
                        .compose(request -> request.send(body))
                        .compose(response -> response.body()
                                .map(bytes ->
                                        new Response(response.statusCode(), bytes.toString(), response.headers())))
                        .onComplete(done)))
                .await();
    }

    private static Response send(Route route, String query) {
        return send(route.verb().name(), route.path() + "?" + query, "", Buffer.buffer());
    }

    private static Response sendForm(Route route, String query, String form) {
        return send(route.verb().name(), route.path() + "?" + query, FORM, Buffer.buffer(form));
    }

    private static String example(Route route) {
        return pairs(route.params());
    }

    /** The route's example, with all parameters but one. */
    private static String exampleBut(Route route, Param<?> without) {
        return pairs(route.params().stream()
                .filter(param -> !param.name().equals(without.name()))
                .toList());
    }

    private static String pairs(List<Param<?>> params) {
        return params.stream().map(param -> pair(param, param.example())).collect(Collectors.joining("&"));
    }

    private static String pair(Param<?> param, String value) {
        return param.name() + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8);
    }

    @Test
    void theTableHoldsWhatTheProcessAdds() {
        assertThat(routes())
                .extracting(route -> route.verb() + " " + route.path())
                .contains(
                        "GET /v1/ns/raft/state",
                        "POST /v1/core/ops/raft",
                        "PUT /v1/core/ops/log",
                        "GET /v1/core/ops/idInfo",
                        "PUT /v1/ns/operator/log",
                        "GET /v1/ns/distro/status",
                        "GET /v1/core/cluster/nodes",
                        "GET /serverlist")
                .doesNotContain("GET /v1/ns/instance/list");
    }

    @Test
    void everyRouteSaysWhatItDoesAndNamesEachParameterOnce() {
        for (Route route : routes()) {
            assertThat(route.summary()).isNotBlank();
            Set<String> names = new HashSet<>();
            for (Param<?> param : route.params()) {
                assertThat(names.add(param.name()))
                        .as("%s %s", route.path(), param.name())
                        .isTrue();
                assertThat(param.example()).isNotBlank().hasSizeLessThanOrEqualTo(param.charsMax());
            }
        }
    }

    /** X24: for members alone, whoever else may do what. */
    @TestFactory
    Stream<DynamicNode> whatIsForMembers_isRefusedToEverybodyElse() {
        return each("is for members", route -> route.access() == Access.MEMBER, route -> {
            String uri = route.path() + "?" + example(route);
            assertThat(server.ask(route.verb().name(), uri).statusCode()).isEqualTo(403);
            assertThat(server.ask(route.verb().name(), uri, MemberGuard.HEADER, "guessed")
                            .statusCode())
                    .isEqualTo(403);
        });
    }

    /** Reads only: an example of what changes something would change it. */
    @TestFactory
    Stream<DynamicNode> everyReadAnswersItsExample() {
        return each("answers its example", route -> route.verb().name().equals("GET"), route -> {
            Response response = send(route, example(route));
            assertHarmless(response);
            assertThat(response.status()).isIn(200, 400, 404);
        });
    }

    @TestFactory
    Stream<DynamicNode> missingAndBlank() {
        return parameters("missing", (route, param) -> {
            if (param.isRequired()) {
                assertRefused(send(route, exampleBut(route, param)), param);
                assertRefused(send(route, exampleBut(route, param) + "&" + pair(param, " \t ")), param);
            }
        });
    }

    @TestFactory
    Stream<DynamicNode> tooLong() {
        return parameters("too long", (route, param) -> {
            String form = pair(param, "1".repeat(Math.min(param.charsMax(), Listening.BODY_BYTES_MAX) + 1));
            Response response = sendForm(route, exampleBut(route, param), form);
            if (param.charsMax() >= Listening.BODY_BYTES_MAX) {
                assertThat(response.status()).isEqualTo(413);
            } else {
                assertRefused(response, param);
            }
        });
    }

    @TestFactory
    Stream<DynamicNode> notOfItsKind() {
        return parameters("not of its kind", (route, param) -> {
            for (String text : unfit(param)) {
                assertRefused(sendForm(route, exampleBut(route, param), pair(param, text)), param);
            }
        });
    }

    private static List<String> unfit(Param<?> param) {
        return switch (param.kind()) {
            case INTEGER -> List.of("abc", "-1", "1.5", "NaN", "2147483648", "99999999999999999999", "0x10", "1 2");
            case NUMBER -> List.of("abc", "-2", "NaN", "Infinity", "1e400", "1,5");
            case STRUCTURED -> List.of("{", "[1,", "\"", "[".repeat(2000));
            case FLAG, CHOICE -> List.of("abc", "-1", "NaN", "<b>", "unknown");
            case TEXT, WORD -> List.of();
        };
    }

    /** Beside no other parameter: those that are required keep the call from doing anything. */
    @TestFactory
    Stream<DynamicNode> oddCharactersAndMarkup() {
        return parameters("odd characters", (route, param) -> {
            for (String text : List.of(
                    "<script>alert(1)</script>",
                    "../../../etc/passwd",
                    "a\r\nX-Injected: 1\r\n\r\n<html>",
                    "\u0000",
                    "\uD83D\uDE00 \u202E",
                    "${jndi:ldap://x/y}",
                    "##",
                    "%")) {
                assertHarmless(sendForm(route, "", pair(param, text)));
            }
        });
    }

    @TestFactory
    Stream<DynamicNode> brokenPercentEncoding() {
        return parameters("broken encoding", (route, param) -> {
            if (param.isRequired() || !unfit(param).isEmpty()) {
                assertRefused(send(route, exampleBut(route, param) + "&" + param.name() + "=%zz"), param);
                assertRefused(sendForm(route, exampleBut(route, param), param.name() + "=1%"), param);
            }
        });
    }

    @TestFactory
    Stream<DynamicNode> bodiesThatCannotBeRead() {
        return each("refuses unreadable bodies", route -> true, route -> {
            String method = route.verb().name();
            assertThat(send(method, route.path(), "application/json", Buffer.buffer("{\"a\":"))
                            .status())
                    .isEqualTo(400);
            assertThat(send(method, route.path(), "text/xml", Buffer.buffer("<a/>"))
                            .status())
                    .isEqualTo(415);
            String huge = "x=" + "y".repeat(Listening.BODY_BYTES_MAX);
            assertThat(send(method, route.path(), FORM, Buffer.buffer(huge)).status())
                    .isEqualTo(413);
        });
    }

    @TestFactory
    Stream<DynamicNode> wrongMethods() {
        return each("refuses other methods", route -> true, route -> {
            List<String> allowed = server.server().routes().stream()
                    .filter(other -> other.path().equals(route.path()))
                    .map(other -> other.verb().name())
                    .toList();
            for (String method : List.of("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "FOO")) {
                if (!allowed.contains(method)) {
                    Response response = send(method, route.path(), "", Buffer.buffer());
                    assertThat(response.status()).as(method).isEqualTo(405);
                    assertThat(response.headers().get("Allow").split(", "))
                            .containsExactlyInAnyOrderElementsOf(allowed);
                    assertHarmless(response);
                }
            }
        });
    }

    private static void assertRefused(Response response, Param<?> param) {
        assertHarmless(response);
        assertThat(response.status()).as(response.body()).isBetween(400, 499);
        assertThat(bare(response.body())).contains(bare(param.name()));
    }

    private static String bare(String text) {
        return text.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
    }

    private static void assertHarmless(Response response) {
        assertThat(response.status()).as(response.body()).isNotEqualTo(500);
        assertThat(response.headers().get("Content-Type")).matches("(text/plain|application/json);charset=UTF-8");
        assertThat(response.headers().get("X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(response.headers().contains("X-Injected")).isFalse();
        assertThat(response.body()).doesNotContainPattern("(Exception|\\tat |java\\.|io\\.vertx|fasterxml|netty)");
    }

    private interface RouteCheck {
        void check(Route route);
    }

    private interface RouteFilter {
        boolean accepts(Route route);
    }

    private interface ParamCheck {
        void check(Route route, Param<?> param);
    }

    private static Stream<DynamicNode> each(String what, RouteFilter filter, RouteCheck check) {
        return routes().stream()
                .filter(filter::accepts)
                .map(route -> DynamicTest.dynamicTest(
                        route.verb() + " " + route.path() + " " + what, () -> check.check(route)));
    }

    private static Stream<DynamicNode> parameters(String what, ParamCheck check) {
        List<DynamicNode> tests = new ArrayList<>();
        for (Route route : routes()) {
            for (Param<?> param : route.params()) {
                tests.add(DynamicTest.dynamicTest(
                        route.verb() + " " + route.path() + " " + param.name() + " " + what,
                        () -> check.check(route, param)));
            }
        }
        return tests.stream();
    }
}
