package io.muster.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.consistency.Readiness;
import io.muster.naming.api.Access;
import io.muster.naming.api.Answer;
import io.muster.naming.api.Guard;
import io.muster.naming.api.HttpApi;
import io.muster.naming.api.Route;
import io.muster.naming.api.RouteTable;
import io.muster.naming.api.ServingGate;
import io.muster.naming.api.Verb;
import io.muster.server.config.Secret;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** X24: what the cluster secret opens, beside a guard that lets nobody in. */
class MemberGuardTest {

    private static final Guard NOBODY = (route, request) -> Optional.of(Answer.text(401, "log in"));

    private final Vertx vertx = Vertx.vertx();
    private final HttpClient client = HttpClient.newHttpClient();
    private int port;

    @BeforeEach
    void listen() {
        RouteTable table = new RouteTable(Arrays.stream(Access.values())
                .map(access -> Route.immediate(Verb.GET, "/" + access, List.of(), "for tests", request -> Answer.OK)
                        .access(access))
                .toList());
        ServingGate gate = new ServingGate(
                () -> Readiness.READY, () -> Readiness.READY, () -> new ServingGate.Orders(Optional.empty(), Map.of()));
        Router router = Router.router(vertx);
        new HttpApi(table, new MemberGuard(Optional.of(new Secret("hush")), NOBODY), gate, Optional::empty, 1 << 10)
                .mount(router);
        HttpServer server = vertx.createHttpServer()
                .requestHandler(router)
                .listen(0, "127.0.0.1")
                .await();
        port = server.actualPort();
    }

    @AfterEach
    void close() {
        vertx.close().await();
    }

    /** Members read from each other, and steer each other; what clients write comes from clients. */
    @ParameterizedTest
    @CsvSource({"OPEN,200,200", "READ,200,401", "WRITE,401,401", "ADMIN,200,401", "MEMBER,200,403"})
    void theSecretOpens(Access access, int withSecret, int without) throws IOException, InterruptedException {
        assertThat(status(access, "hush")).isEqualTo(withSecret);
        assertThat(status(access, "guessed")).isEqualTo(without);
        assertThat(status(access, "")).isEqualTo(without);
    }

    private int status(Access access, String secret) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/" + access));
        if (!secret.isEmpty()) {
            request.header(MemberGuard.HEADER, secret);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }
}
