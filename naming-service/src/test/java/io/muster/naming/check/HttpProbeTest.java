package io.muster.naming.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.naming.check.core.CheckCore;
import io.muster.naming.model.HealthChecker;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.NetSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpProbeTest {

    private static final HealthChecker PLAIN = new HealthChecker.Http("/health", "", 200);

    private final ProbeFixture fixture = new ProbeFixture();
    private final AtomicInteger targets = new AtomicInteger(1);
    private final HttpProbe probe = new HttpProbe(fixture.vertx, 5_000, targets::get);

    @AfterEach
    void close() {
        fixture.close();
    }

    private int server(Consumer<HttpServerRequest> behaviour) {
        return ProbeFixture.await(fixture.vertx
                        .createHttpServer()
                        .requestHandler(behaviour::accept)
                        .listen(0, "127.0.0.1"))
                .actualPort();
    }

    private int answering(int code) {
        return server(request -> request.response().setStatusCode(code).end("x"));
    }

    private int saying(String bytes) {
        return fixture.listener(socket -> socket.handler(asked -> socket.write(bytes)));
    }

    @ParameterizedTest
    @CsvSource({
        "200, 200, '', ok",
        "200, 204, '', HTTP 204",
        "302, 302, '', ok",
        "200, 503, '', HTTP 503",
        "200, 401, '200-299,401', ok",
        "200, 299, '200-299, 401', ok",
        "200, 300, '200-299,401', HTTP 300"
    })
    void theCode_decides(int expected, int answered, String codes, String verdict) {
        assertThat(fixture.probe(probe, new HealthChecker.Http("/", "", expected, codes), answering(answered)))
                .isEqualTo(verdict);
    }

    @Test
    void pathAndHeaders_goOutAsSaid() {
        CompletableFuture<String> asked = new CompletableFuture<>();
        int port = server(request -> {
            asked.complete(request.method() + " " + request.uri() + " " + request.getHeader("X-Token") + " "
                    + request.getHeader("k2") + " " + request.getHeader("Host"));
            request.response().end();
        });
        HealthChecker checker = new HealthChecker.Http("/live?full=1", "X-Token: a:b|k2:v2", 200);
        assertThat(fixture.probe(probe, checker, port)).isEqualTo("ok");
        assertThat(asked).isCompletedWithValue("GET /live?full=1 a:b v2 127.0.0.1:" + port);
    }

    @Test
    void aRedirect_isNotFollowed() {
        int port = server(request -> request.response()
                .setStatusCode(302)
                .putHeader("Location", "http://127.0.0.1:1/")
                .end());
        assertThat(fixture.probe(probe, PLAIN, port)).isEqualTo("HTTP 302");
    }

    @Test
    void aSlowBody_isWaitedFor() throws Exception {
        CompletableFuture<HttpServerRequest> asked = new CompletableFuture<>();
        int port = server(request -> {
            request.response().setChunked(true).write("some");
            asked.complete(request);
        });
        CompletableFuture<String> told = fixture.begin(probe, PLAIN, port, running -> {});
        HttpServerRequest request = asked.get(20, TimeUnit.SECONDS);
        assertThat(told).isNotDone();
        request.response().end();
        assertThat(told.get(20, TimeUnit.SECONDS)).isEqualTo("ok");
    }

    @Test
    void aCancelledCheck_letsGoOfTheConnection() throws Exception {
        CompletableFuture<Void> closed = new CompletableFuture<>();
        CompletableFuture<Probe.Running> begun = new CompletableFuture<>();
        CompletableFuture<Void> asked = new CompletableFuture<>();
        int port = server(request -> {
            request.connection().closeHandler(closed::complete);
            asked.complete(null);
        });
        CompletableFuture<String> told = fixture.begin(probe, PLAIN, port, begun::complete);
        asked.get(20, TimeUnit.SECONDS);
        begun.get(20, TimeUnit.SECONDS).cancel();
        closed.get(20, TimeUnit.SECONDS);
        assertThat(told).isNotDone();
    }

    @Test
    void anEndlessBody_isNotReadToItsEnd() throws Exception {
        CompletableFuture<Void> closed = new CompletableFuture<>();
        int port = fixture.listener(socket -> {
            socket.closeHandler(closed::complete);
            socket.handler(asked -> {
                socket.write("HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n");
                pour(socket);
            });
        });
        assertThat(fixture.probe(probe, PLAIN, port)).isEqualTo("ok");
        closed.get(20, TimeUnit.SECONDS);
    }

    private static void pour(NetSocket socket) {
        socket.write(Buffer.buffer(new byte[16_384])).onSuccess(written -> pour(socket));
    }

    @Test
    void anEndlessHeader_isAFailure() {
        int port = saying("HTTP/1.1 200 OK\r\nX: " + "x".repeat(20_000));
        assertThat(fixture.probe(probe, PLAIN, port)).isNotEqualTo("ok").doesNotStartWith("not made");
    }

    @Test
    void whoSpeaksSomethingElse_fails() {
        assertThat(fixture.probe(probe, PLAIN, saying("SSH-2.0-OpenSSH_9.6\r\n\r\n")))
                .isNotEqualTo("ok")
                .doesNotStartWith("not made");
    }

    @Test
    void whoHangsUp_fails() {
        assertThat(fixture.probe(probe, PLAIN, fixture.listener(NetSocket::close)))
                .isNotEqualTo("ok")
                .doesNotStartWith("not made");
    }

    @Test
    void nobodyThere_isRefused() {
        assertThat(fixture.probe(probe, PLAIN, ProbeFixture.closedPort())).isEqualTo("refused");
    }

    @Test
    void connectionsAreKept_whileThereAreFewTargets() {
        AtomicInteger connections = new AtomicInteger();
        int port = ProbeFixture.await(fixture.vertx
                        .createHttpServer()
                        .connectionHandler(connection -> connections.incrementAndGet())
                        .requestHandler(request -> request.response().end())
                        .listen(0, "127.0.0.1"))
                .actualPort();
        for (int i = 0; i < 5; i++) {
            assertThat(fixture.probe(probe, PLAIN, port)).isEqualTo("ok");
        }
        assertThat(connections).hasValue(1);
        targets.set(HttpProbe.KEPT_MAX + 1);
        for (int i = 0; i < 5; i++) {
            assertThat(fixture.probe(probe, PLAIN, port)).isEqualTo("ok");
        }
        assertThat(connections).hasValue(6);
    }

    @Test
    void aKeptConnectionThatWasClosedMeanwhile_isNoFailure() {
        AtomicInteger asked = new AtomicInteger();
        int port = fixture.listener(socket -> socket.handler(request -> {
            // Every second request of a connection gets no answer but its end.
            if (asked.getAndIncrement() % 2 == 0) {
                socket.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
            } else {
                socket.close();
            }
        }));
        assertThat(fixture.probe(probe, PLAIN, port)).isEqualTo("ok");
        assertThat(fixture.probe(probe, PLAIN, port)).isEqualTo("ok");
        assertThat(asked).hasValue(3);
    }

    @Test
    void aCheckerThatCanNotBeCarriedOut_isNotTheTargets() {
        HealthChecker stored = new HealthChecker.Http("/", "Host:evil", 200);
        assertThat(fixture.probe(probe, stored, answering(200))).startsWith("not made: ");
        HealthChecker odd = new HealthChecker.Http("/", "", 200, "many");
        assertThat(fixture.probe(probe, odd, answering(200))).startsWith("not made: ");
    }

    /** To wait for a connection would count as the target's time. */
    @Test
    void allChecksThatAMachineGetsAtOnce_areUnderWayAtOnce() {
        List<HttpServerRequest> held = new CopyOnWriteArrayList<>();
        int port = server(request -> {
            held.add(request);
            if (held.size() == CheckCore.HOST_IN_FLIGHT_MAX) {
                held.forEach(each -> each.response().end());
            }
        });
        List<CompletableFuture<String>> told = new ArrayList<>();
        for (int i = 0; i < CheckCore.HOST_IN_FLIGHT_MAX; i++) {
            told.add(fixture.begin(probe, PLAIN, port, running -> {}));
        }
        told.forEach(
                each -> assertThat(each.orTimeout(20, TimeUnit.SECONDS).join()).isEqualTo("ok"));
    }
}
