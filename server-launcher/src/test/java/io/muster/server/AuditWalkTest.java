package io.muster.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.muster.naming.api.Access;
import io.muster.naming.api.Param;
import io.muster.naming.api.Route;
import io.muster.naming.api.Verb;
import io.muster.naming.registry.AuditLog;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/**
 * X21: every request by which an admin changes something is one structured line: who, what, before, after. Drawn from the route table, so that a new route
 * without a line fails here.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AuditWalkTest {

    /** What clients send all day, with the examples of the table: of ephemeral instances. Service events tell of it. */
    private static final Set<String> OF_CLIENTS = Set.of(
            "POST /v1/ns/instance",
            "DELETE /v1/ns/instance",
            "PUT /v1/ns/instance/beat",
            "POST /v1/ns/api",
            "DELETE /v1/ns/api",
            "PUT /v1/ns/api/beat",
            "PUT /v1/ns/api/clientBeat",
            "POST /v1/auth/users/login",
            "POST /v1/auth/login");

    /** Changes nothing, though its method says so. */
    private static final Set<String> READS = Set.of("PUT /v1/ns/service/checksum", "PUT /v1/ns/raft/datum/reload");

    private final Logger logger = (Logger) LoggerFactory.getLogger(AuditLog.LOGGER);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private TestServer server;

    @BeforeAll
    void start(@TempDir Path directory) {
        server = TestServer.start(directory);
        lines.start();
        logger.addAppender(lines);
    }

    @AfterAll
    void stop() {
        logger.detachAppender(lines);
        server.ask("PUT", "/v1/ns/operator/log?logName=io.muster.raft&logLevel=info");
        server.close();
    }

    @TestFactory
    Stream<DynamicTest> everyChangeOfAnAdmin_isOneLine() {
        return changing()
                .map(route -> DynamicTest.dynamicTest(name(route), () -> {
                    prepare();
                    lines.list.clear();
                    HttpResponse<String> answer = server.ask(route.verb().name(), example(route));
                    assertThat(answer.statusCode()).as(answer.body()).isLessThan(500);
                    assertThat(lines.list)
                            .as("lines of the audit, after %s: %s", answer.statusCode(), answer.body())
                            .hasSize(1);
                    assertWhole(lines.list.get(0), answer.statusCode() == 200);
                }));
    }

    private Stream<Route> changing() {
        return server.server().routes().stream()
                .filter(route -> route.verb() != Verb.GET && route.access() != Access.MEMBER)
                .filter(route -> !OF_CLIENTS.contains(name(route)) && !READS.contains(name(route)));
    }

    private static String name(Route route) {
        return route.verb() + " " + route.path();
    }

    /** What the examples speak of stands. */
    private void prepare() {
        server.ask("POST", "/v1/ns/service?serviceName=orders");
        server.ask("POST", "/v1/ns/instance?serviceName=orders&ip=10.0.0.1&port=8080");
        server.ask("PATCH", "/v1/ns/instance?serviceName=orders&ip=10.0.0.1&port=8080&weight=3");
    }

    private static String example(Route route) {
        return route.path()
                + route.params().stream()
                        // A rehearsal changes nothing.
                        .filter(param -> !param.name().equals("dryRun"))
                        .map(AuditWalkTest::example)
                        .collect(Collectors.joining("&", "?", ""));
    }

    private static String example(Param<?> param) {
        return param.name() + "=" + URLEncoder.encode(param.example(), StandardCharsets.UTF_8);
    }

    private static void assertWhole(ILoggingEvent line, boolean done) {
        Map<String, String> pairs = new LinkedHashMap<>();
        line.getKeyValuePairs().forEach(pair -> pairs.put(pair.key, String.valueOf(pair.value)));
        assertThat(pairs.keySet())
                .containsAll(List.of("action", "target", "detail", "user", "address", "outcome", "before", "after"));
        assertThat(pairs.get("action")).matches("[a-zA-Z-]+");
        assertThat(pairs.get("target")).isNotBlank();
        assertThat(pairs.get("address")).isEqualTo("127.0.0.1");
        assertThat(pairs.get("outcome")).startsWith(done ? "done" : "refused: ");
        assertThat(line.getLevel()).isEqualTo(done ? Level.INFO : Level.WARN);
        assertThat(pairs.get("before")).isNotEqualTo("null").isNotNull();
        assertThat(pairs.get("after")).isNotEqualTo("null").isNotNull();
    }
}
