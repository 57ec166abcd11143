package io.muster.naming.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.naming.check.core.Verdict;
import io.muster.naming.model.HealthChecker;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TcpProbeTest {

    private final ProbeFixture fixture = new ProbeFixture();
    private final TcpProbe probe = new TcpProbe(fixture.vertx.createNetClient());

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void whoAccepts_passes_andIsLetGo() throws Exception {
        CompletableFuture<Void> closed = new CompletableFuture<>();
        int port = fixture.listener(socket -> socket.closeHandler(closed::complete));
        assertThat(fixture.probe(probe, HealthChecker.TCP, port)).isEqualTo("ok");
        closed.get(20, TimeUnit.SECONDS);
    }

    @Test
    void nobodyThere_isRefused() {
        assertThat(fixture.probe(probe, HealthChecker.TCP, ProbeFixture.closedPort()))
                .isEqualTo("refused");
    }

    @Test
    void aCancelledCheck_tellsNothing() throws Exception {
        CompletableFuture<Void> connected = new CompletableFuture<>();
        int port = fixture.listener(socket -> socket.closeHandler(connected::complete));
        CompletableFuture<String> told = fixture.begin(probe, HealthChecker.TCP, port, Probe.Running::cancel);
        // It connected all the same, and let go.
        connected.get(20, TimeUnit.SECONDS);
        assertThat(told).isNotDone();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Unable to create socket: Too many open files",
                "Cannot assign requested address: /10.0.0.1:80",
                "connect(..) failed: Network is unreachable",
                "Operation not permitted"
            })
    void whatThisMachineLacks_isNotTheTargets(String message) {
        assertThat(SocketFailures.verdict(new IllegalStateException("wrapped", new ConnectException(message))))
                .isEmpty();
    }

    @Test
    void aNameThatDoesNotResolve_isNotTheTargets() {
        assertThat(SocketFailures.verdict(new UnknownHostException("a.example")))
                .isEmpty();
    }

    @Test
    void aBugOfOurOwn_isNotTheTargets() {
        assertThat(SocketFailures.verdict(new IllegalStateException("what now?")))
                .isEmpty();
    }

    @Test
    void theRest_isTheTargets() {
        assertThat(SocketFailures.verdict(new ConnectException("No route to host")))
                .contains(Verdict.failed("no route to host"));
        assertThat(SocketFailures.verdict(new ConnectException("connection timed out: /10.0.0.1:80")))
                .contains(Verdict.TIMEOUT);
        assertThat(SocketFailures.verdict(new IOException("Connection reset by peer")))
                .contains(Verdict.failed("connection reset"));
    }
}
