package io.muster.naming.api.v1;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.naming.api.Listening;
import io.muster.naming.api.Param;
import io.muster.naming.api.Route;
import io.muster.naming.api.v1.Call.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every route and every parameter against everything that clients may get wrong. Drawn from the route table itself, so
 * that a new route is tried like all others: whatever is wrong with a parameter is a 4xx that names it, nothing is a
 * 5xx or shows the server's inside, and the server goes on.
 */
class EveryParameterTest {

    /** Longer values go into the body: a request line is bounded. */
    private static final int QUERY_VALUE_CHARS_MAX = 1000;

    private static final List<String> NO_INTEGERS =
            List.of("abc", "-1", "1.5", "NaN", "2147483648", "99999999999999999999", "0x10", "1 2");
    private static final List<String> NO_NUMBERS =
            List.of("abc", "-2", "NaN", "Infinity", "-Infinity", "1e400", "99999", "1,5");
    private static final List<String> NO_STRUCTURES =
            List.of("{", "{\"a\":}", "[1,", "{\"a\":{\"b\":1}", "\"", "[".repeat(2000), "{} {}");
    private static final List<String> ODD_TEXTS = List.of(
            "<script>alert(1)</script>",
            "\"><img src=x onerror=alert(1)>",
            "../../../etc/passwd",
            "a\r\nX-Injected: 1\r\n\r\n<html>",
            "\u0000",
            "\uD83D\uDE00 \u202E",
            "'; DROP TABLE instances; --",
            "${jndi:ldap://x/y}",
            "a@@b@@c",
            "@@",
            "##",
            "{}",
            "%",
            "%2");

    private static TestServer server;

    @BeforeAll
    static void startWithWhatTheExamplesSpeakOf() {
        server = new TestServer();
        assertThat(server.post("/v1/ns/service")
                        .with("serviceName", "orders")
                        .send()
                        .status())
                .isEqualTo(200);
        assertThat(server.post("/v1/ns/instance")
                        .with("serviceName", "orders", "ip", "10.0.0.1", "port", 8080)
                        .send()
                        .status())
                .isEqualTo(200);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @AfterEach
    void theServerIsAlive() {
        assertThat(server.get("/v1/ns/health/server").send().status()).isEqualTo(200);
    }

    @TestFactory
    Stream<DynamicNode> everyRouteAnswersItsExample() {
        return routes("answers its example", route -> {
            Response response = example(route, "").send();
            assertHarmless(response);
            assertThat(response.status()).isIn(200, 400, 404);
        });
    }

    @TestFactory
    Stream<DynamicNode> missingAndBlank() {
        return parameters("missing", Param::isRequired, (route, param) -> {
            assertRefused(example(route, param.name()).send(), param);
            assertRefused(example(route, param.name()).query(param.name(), "").send(), param);
            assertRefused(
                    example(route, param.name()).query(param.name(), " \t ").send(), param);
        });
    }

    @TestFactory
    Stream<DynamicNode> tooLong() {
        return parameters("too long", param -> true, (route, param) -> {
            Response response = with(example(route, param.name()), param, "1".repeat(param.charsMax() + 1))
                    .send();
            if (param.charsMax() >= Listening.BODY_BYTES_MAX) {
                assertThat(response.status()).isEqualTo(413);
            } else {
                assertRefused(response, param);
            }
        });
    }

    @TestFactory
    Stream<DynamicNode> notOfItsKind() {
        return parameters("not of its kind", param -> !unfit(param).isEmpty(), (route, param) -> {
            for (String text : unfit(param)) {
                assertRefused(with(example(route, param.name()), param, text).send(), param);
            }
        });
    }

    private static List<String> unfit(Param<?> param) {
        return switch (param.kind()) {
            case INTEGER -> NO_INTEGERS;
            case NUMBER -> NO_NUMBERS;
            case STRUCTURED -> NO_STRUCTURES;
            case FLAG, CHOICE -> List.of("abc", "-1", "NaN", "<b>", "unknown");
            case TEXT, WORD -> List.of();
        };
    }

    @TestFactory
    Stream<DynamicNode> oddCharactersAndMarkup() {
        return parameters("odd characters", param -> true, (route, param) -> {
            for (String text : ODD_TEXTS) {
                assertHarmless(with(example(route, param.name()), param, text).send());
                assertHarmless(
                        example(route, param.name()).form(param.name(), text).send());
            }
        });
    }

    @TestFactory
    Stream<DynamicNode> brokenPercentEncoding() {
        return parameters("broken encoding", param -> true, (route, param) -> {
            assertRefused(
                    example(route, param.name()).rawQuery(param.name() + "=%zz").send(), param);
            assertRefused(
                    example(route, param.name())
                            .body("application/x-www-form-urlencoded", param.name() + "=1%")
                            .send(),
                    param);
        });
    }

    /** The first one counts, and the query before the body (nacos-v1-http.md §1.1). */
    @TestFactory
    Stream<DynamicNode> givenTwice() {
        return parameters("given twice", param -> !unfit(param).isEmpty(), (route, param) -> {
            String unfit = unfit(param).get(0);
            Call good = example(route, param.name()).query(param.name(), param.example());
            assertThat(good.query(param.name(), unfit)
                            .form(param.name(), unfit)
                            .send()
                            .body())
                    .doesNotContain("'" + param.name() + "'");
            Call bad = example(route, param.name()).query(param.name(), unfit);
            assertRefused(bad.query(param.name(), param.example()).send(), param);
        });
    }

    @TestFactory
    Stream<DynamicNode> parametersInTheBodyCountAsInTheQuery() {
        return routes("takes form and JSON", route -> {
            if (route.params().stream().anyMatch(param -> !unfit(param).isEmpty())) {
                Param<?> param = route.params().stream()
                        .filter(p -> !unfit(p).isEmpty())
                        .findFirst()
                        .orElseThrow();
                String unfit = unfit(param).get(0);
                assertRefused(
                        example(route, param.name()).form(param.name(), unfit).send(), param);
                assertRefused(
                        example(route, param.name())
                                .body("application/json", "{\"" + param.name() + "\":" + quoted(unfit) + "}")
                                .send(),
                        param);
            }
        });
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    @TestFactory
    Stream<DynamicNode> bodiesThatCannotBeRead() {
        return routes("refuses unreadable bodies", route -> {
            assertThat(example(route, "")
                            .body("application/json", "{\"serviceName\":")
                            .send())
                    .matches(r -> r.status() == 400 && r.body().contains("JSON"));
            assertThat(example(route, "").body("application/json", "[1]").send().status())
                    .isEqualTo(400);
            assertThat(example(route, "").body("text/xml", "<a/>").send().status())
                    .isEqualTo(415);
        });
    }

    @TestFactory
    Stream<DynamicNode> hugeBodies() {
        String huge = "x".repeat(2 * Listening.BODY_BYTES_MAX);
        return routes("refuses a huge body", route -> {
            Response response = example(route, "").form("metadata", huge).send();
            assertThat(response.status()).isEqualTo(413);
            assertHarmless(response);
        });
    }

    @TestFactory
    Stream<DynamicNode> wrongMethods() {
        return routes("refuses other methods", route -> {
            List<String> allowed = server.api.routes().stream()
                    .filter(other -> other.path().equals(route.path()))
                    .map(other -> other.verb().name())
                    .toList();
            for (String method : List.of("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "FOO")) {
                if (!allowed.contains(method)) {
                    Response response = server.method(method, route.path()).send();
                    assertThat(response.status()).as(method).isEqualTo(405);
                    assertThat(response.header("Allow").split(", ")).containsExactlyInAnyOrderElementsOf(allowed);
                    assertHarmless(response);
                }
            }
        });
    }

    /** The route's example, with all parameters but one. */
    private static Call example(Route route, String without) {
        Call call = server.call(route.verb(), "/nacos" + route.path());
        for (Param<?> param : route.params()) {
            if (!param.name().equals(without)) {
                call.query(param.name(), param.example());
            }
        }
        return call;
    }

    private static Call with(Call call, Param<?> param, String value) {
        return value.length() > QUERY_VALUE_CHARS_MAX
                ? call.form(param.name(), value)
                : call.query(param.name(), value);
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
        assertThat(response.status()).as(response.body()).isLessThan(500);
        assertThat(response.header("Content-Type")).matches("(text/plain|application/json);charset=UTF-8");
        assertThat(response.header("X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(response.headers().contains("X-Injected")).isFalse();
        assertThat(response.body())
                .doesNotContainPattern("(Exception|\\tat |java\\.|io\\.muster|io\\.vertx|fasterxml|netty)");
    }

    private interface RouteCheck {
        void check(Route route);
    }

    private interface ParamCheck {
        void check(Route route, Param<?> param);
    }

    private interface ParamFilter {
        boolean accepts(Param<?> param);
    }

    private static Stream<DynamicNode> routes(String what, RouteCheck check) {
        return server.api.routes().stream()
                .map(route -> DynamicTest.dynamicTest(
                        route.verb() + " " + route.path() + " " + what, () -> check.check(route)));
    }

    private static Stream<DynamicNode> parameters(String what, ParamFilter filter, ParamCheck check) {
        List<DynamicNode> tests = new ArrayList<>();
        for (Route route : server.api.routes()) {
            for (Param<?> param : route.params()) {
                if (filter.accepts(param)) {
                    tests.add(DynamicTest.dynamicTest(
                            route.verb() + " " + route.path() + " " + param.name() + " " + what,
                            () -> check.check(route, param)));
                }
            }
        }
        return tests.stream();
    }
}
