package io.muster.member.lookup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.muster.member.MemberAddress;
import io.muster.member.port.VertxTime;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** R62: failures are counted, the last good list stays, recovery is noticed. */
class AddressServerLookupTest {

    private static final String THREE = "10.0.0.1\n10.0.0.2:8848\n10.0.0.3\n";
    private static final AddressServerLookup.Times SHORT =
            new AddressServerLookup.Times(Duration.ofMillis(20), Duration.ofMillis(500), Duration.ofMillis(300), 12);

    private final Vertx vertx = Vertx.vertx();
    private final List<List<MemberAddress>> lists = new CopyOnWriteArrayList<>();
    private final AtomicInteger asked = new AtomicInteger();
    private volatile Consumer<HttpServerRequest> answer =
            request -> request.response().end(THREE);
    private HttpServer server;
    private AddressServerLookup lookup;

    @BeforeEach
    void serverOfThree() throws Exception {
        server = vertx.createHttpServer().requestHandler(request -> {
            asked.incrementAndGet();
            answer.accept(request);
        });
        server.listen(0, "127.0.0.1").toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        lookup = lookup(server.actualPort());
    }

    private AddressServerLookup lookup(int port) {
        return new AddressServerLookup(
                URI.create("http://127.0.0.1:" + port + "/nacos/serverlist"),
                vertx,
                new VertxTime(vertx.getOrCreateContext()),
                SHORT);
    }

    @AfterEach
    void stop() throws Exception {
        lookup.stop();
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    @Test
    void listOfLines_isTaken_andTakenOnce() {
        started();
        await().until(() -> asked.get() > 5);
        assertThat(lists).containsExactly(members(1, 3));
        assertThat(lookup.status().healthy()).isTrue();
        assertThat(lookup.status().problem()).isEmpty();
    }

    @Test
    void listInJson_isTaken() {
        answer = request ->
                request.response().end("{\"code\":200,\"message\":null,\"data\":\"10.0.0.1\\n10.0.0.2\\n10.0.0.3\"}");
        started();
        assertThat(lists).containsExactly(members(1, 3));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "# nobody\n",
                "<html><body>502 Bad Gateway</body></html>",
                "10.0.0.1\n10.0.0.2:port",
                "{\"code\":500,\"data\":\"10.0.0.1\"}",
                "{\"code\":200}",
                "{\"code\":200,\"data\":[1]}",
                "{not json"
            })
    void badBody_changesNothing_andIsCounted(String body) {
        started();
        answer = request -> request.response().end(body);
        await().until(() -> lookup.status().failuresInARow() > 2);
        assertThat(lists).containsExactly(members(1, 3));
        assertThat(lookup.status().problem()).contains("the address server http://127.0.0.1");
    }

    @Test
    void error_changesNothing_andCountsAsIll_afterTwelve() {
        started();
        answer = request -> request.response().setStatusCode(500).end(THREE);
        await().until(() -> !lookup.status().healthy());
        assertThat(lookup.status().failuresInARow()).isGreaterThanOrEqualTo(SHORT.illAfter());
        assertThat(lookup.status().problem()).contains("status 500");
    }

    @Test
    void serverThatNeverAnswers_isGivenUpAndAskedAgain() {
        started();
        int before = asked.get();
        answer = request -> {};
        await().until(() -> lookup.status().failuresInARow() >= 2 && asked.get() > before + 1);
        assertThat(lists).hasSize(1);
    }

    /** Each drop comes in good time; the answer as a whole never does. */
    @Test
    void serverThatAnswersInDrops_isGivenUpAndAskedAgain() {
        started();
        int before = asked.get();
        answer = request -> {
            request.response().setChunked(true).write("10.0.0.1\n");
            vertx.setPeriodic(100, id -> {
                if (request.response().closed()) {
                    vertx.cancelTimer(id);
                } else {
                    request.response().write("#");
                }
            });
        };
        await().until(() -> lookup.status().failuresInARow() >= 2 && asked.get() > before + 1);
        assertThat(lookup.status().problem()).contains("no whole answer came within 300 ms");
        assertThat(lists).hasSize(1);
    }

    @Test
    void endlessBody_isCutOff() {
        started();
        answer = request -> {
            request.response().setChunked(true);
            pour(request);
        };
        await().until(() -> lookup.status().failuresInARow() >= 2);
        assertThat(lists).hasSize(1);
    }

    private void pour(HttpServerRequest request) {
        if (!request.response().closed()) {
            request.response().write("# ".repeat(50_000) + "\n").onSuccess(written -> pour(request));
        }
    }

    @Test
    void recovery_isNoticed_andNewMembersAreTaken() {
        started();
        answer = request -> request.response().setStatusCode(503).end();
        await().until(() -> lookup.status().failuresInARow() > 2);
        answer = request -> request.response().end(THREE + "10.0.0.4\n");
        await().until(() -> lists.size() == 2);
        assertThat(lists.get(1)).isEqualTo(members(1, 4));
        assertThat(lookup.status().failuresInARow()).isZero();
    }

    @Test
    void nobodyThereAtTheStart_theListComesOnceSomebodyIs() throws Exception {
        int port = server.actualPort();
        server.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        lookup.start(lists::add);
        await().until(() -> lookup.status().failuresInARow() > 1);
        assertThat(lists).isEmpty();

        vertx.createHttpServer()
                .requestHandler(request -> request.response().end(THREE))
                .listen(port, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
        await().until(() -> !lists.isEmpty());
        assertThat(lists).containsExactly(members(1, 3));
    }

    @Test
    void listenerThatThrows_doesNotEndTheAsking() {
        lookup.start(members -> {
            throw new IllegalStateException("planted");
        });
        await().until(() -> asked.get() > 3);
        assertThat(lookup.status().answers()).isPositive();
    }

    private void started() {
        lookup.start(lists::add);
        await().until(() -> !lists.isEmpty());
    }

    private static List<MemberAddress> members(int first, int last) {
        return IntStream.rangeClosed(first, last)
                .mapToObj(host -> new MemberAddress("10.0.0." + host, 8848, 7848))
                .toList();
    }
}
