package io.muster.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.consistency.Readiness;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** X15: liveness, readiness and Raft's state are told apart, each with its reason. */
class HealthRoutesTest {

    private final AtomicReference<Readiness> distro = new AtomicReference<>(Readiness.waitingFor("loading"));
    private final AtomicReference<Readiness> raft = new AtomicReference<>(Readiness.waitingFor("no leader"));
    private final Vertx vertx = Vertx.vertx();
    private final HttpClient client = HttpClient.newHttpClient();
    private HttpServer server;

    @BeforeEach
    void listen() {
        HealthCheck process = new HealthCheck("process", () -> Readiness.READY, () -> 0);
        Router router = Router.router(vertx);
        new HealthRoutes(
                        List.of(process),
                        List.of(process, new HealthCheck("distro", distro::get, () -> 0)),
                        List.of(new HealthCheck("raft", raft::get, () -> 0)))
                .mount(router);
        server = vertx.createHttpServer()
                .requestHandler(router)
                .listen(0, "127.0.0.1")
                .await();
    }

    @AfterEach
    void close() {
        vertx.close().await();
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + server.actualPort() + path);
        return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void notReady_is503WithTheReasonAlone_andAlive() throws IOException, InterruptedException {
        assertThat(get("/readyz").statusCode()).isEqualTo(503);
        assertThat(get("/readyz").body()).isEqualTo("distro: loading");
        assertThat(get("/livez").statusCode()).isEqualTo(200);
    }

    @Test
    void withoutLeader_theNodeIsReady_andRaftIsNot() throws IOException, InterruptedException {
        distro.set(Readiness.READY);
        assertThat(get("/nacos/v1/console/health/readiness").statusCode()).isEqualTo(200);
        assertThat(get("/readyz/raft").statusCode()).isEqualTo(503);
        assertThat(get("/readyz/raft").body()).isEqualTo("raft: no leader");
    }

    @Test
    void verbose_listsWhatIsWellToo() throws IOException, InterruptedException {
        assertThat(get("/readyz?verbose").body()).isEqualTo("""
                        FAILED
                        [+] process: ready, since 1970-01-01T00:00:00Z
                        [-] distro: loading, since 1970-01-01T00:00:00Z
                        """);
    }
}
