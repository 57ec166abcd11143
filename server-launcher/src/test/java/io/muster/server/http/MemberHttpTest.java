package io.muster.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.muster.consistency.ConsistencyException.Overloaded;
import io.muster.member.NodeId;
import io.muster.server.config.Secret;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.PoolOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A member that answers well, and those that answer ill: nobody who asks waits, or fills up. */
class MemberHttpTest {

    private static final long MILLIS_MAX = 300;
    private static final NodeId NODE = new NodeId(1, 2);

    private final Vertx vertx = Vertx.vertx();
    private final MemberHttp http = new MemberHttp(vertx, Optional.of(MemberProof.of(new Secret("hush"), NODE)));
    private final AtomicInteger closed = new AtomicInteger();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private String member;

    @BeforeEach
    void listen() {
        HttpServer server = vertx.createHttpServer()
                .requestHandler(this::answer)
                .connectionHandler(connection -> connection.closeHandler(gone -> closed.incrementAndGet()))
                .listen(0, "127.0.0.1")
                .await();
        member = "127.0.0.1:" + server.actualPort();
    }

    @AfterEach
    void close() {
        vertx.close().await();
    }

    private void answer(HttpServerRequest request) {
        asked.add(request.path());
        switch (request.uri()) {
            case "/asked" ->
                request.response().end(request.headers().contains(MemberGuard.HEADER) ? "secret" : "proven");
            case "/proof?x=1" -> request.response().end(String.valueOf(request.getHeader(MemberProof.HEADER)));
            case "/busy" -> request.response().setStatusCode(503).end("warming up");
            case "/huge" -> request.response().end(Buffer.buffer(new byte[MemberHttp.BODY_BYTES_MAX + 1]));
            case "/trickle" -> {
                request.response().setChunked(true).write("a");
                vertx.setPeriodic(50, id -> request.response().write("a").onFailure(gone -> vertx.cancelTimer(id)));
            }
            default -> {
                // Never answers.
            }
        }
    }

    @Test
    void aProofGoesWithTheQuestion_andTheSecretStays() {
        assertThat(http.get(NODE, member, "/asked", MILLIS_MAX * 10).await()).hasToString("proven");
        String proof =
                http.get(NODE, member, "/proof?x=1", MILLIS_MAX * 10).await().toString();
        MemberProof there = MemberProof.of(new Secret("hush"), NODE);
        assertThat(there.objection(proof, "GET", "/proof?x=1", "")).isEmpty();
    }

    @Test
    void anythingButAnAnswerIsAFailure() {
        assertThatThrownBy(
                        () -> http.get(NODE, member, "/busy", MILLIS_MAX * 10).await())
                .hasMessage("status 503");
        assertThatThrownBy(
                        () -> http.get(NODE, member, "/huge", MILLIS_MAX * 100).await())
                .hasMessageContaining("more than");
        assertThatThrownBy(() -> http.get(NODE, "127.0.0.1:1", "/", MILLIS_MAX).await())
                .hasMessageContaining("refused");
    }

    /** A member that sends a little now and then keeps nobody waiting either; and the connection is given up. */
    @Test
    void timeIsBounded_howeverSlowTheMember() {
        assertThatThrownBy(() -> http.get(NODE, member, "/silence", MILLIS_MAX).await())
                .hasMessageContaining("Timeout");
        assertThatThrownBy(() -> http.get(NODE, member, "/trickle", MILLIS_MAX).await())
                .hasMessageContaining("Timeout");
        await().atMost(Duration.ofSeconds(5))
                .untilAsserted(() -> assertThat(closed).hasValue(2));
    }

    /** B asks while A's questions hold all connections: when B is gone its question must not go out any more (X17). */
    @Test
    void aQuestionThatNobodyWaitsForAnyMore_isNotSent() {
        List<Future<Buffer>> silent = new ArrayList<>();
        for (int i = 0; i < PoolOptions.DEFAULT_MAX_POOL_SIZE; i++) {
            silent.add(http.get(NODE, member, "/silence", MILLIS_MAX * 10));
        }
        assertThatThrownBy(() -> http.get(NODE, member, "/late", MILLIS_MAX).await())
                .hasMessageContaining("imeout");
        assertThat(silent).as("connections are still held").noneMatch(Future::isComplete);
        await().until(() -> silent.stream().allMatch(Future::isComplete));
        assertThat(http.get(NODE, member, "/asked", MILLIS_MAX * 10).await()).hasToString("proven");
        assertThat(asked).contains("/asked").doesNotContain("/late");
    }

    @Test
    void questionsUnderWayAreBounded_andComeBackAsTheyEnd() {
        List<Future<Buffer>> open = new ArrayList<>();
        for (int i = 0; i < MemberHttp.UNDER_WAY_MAX; i++) {
            open.add(http.get(NODE, member, "/silence", MILLIS_MAX * 10));
        }
        assertThatThrownBy(() -> http.get(NODE, member, "/asked", MILLIS_MAX).await())
                .isInstanceOf(Overloaded.class);
        await().until(() -> open.stream().allMatch(Future::isComplete));
        assertThat(http.get(NODE, member, "/asked", MILLIS_MAX * 10).await()).hasToString("proven");
    }
}
