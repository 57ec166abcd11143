package io.muster.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.consistency.Readiness;
import io.muster.member.NodeId;
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
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** X24: what the cluster secret opens, beside a guard that lets nobody in. */
class MemberGuardTest {

    private static final Guard NOBODY = (route, request) -> Optional.of(Answer.text(401, "log in"));

    private static final Secret SECRET = new Secret("hush");
    private static final NodeId SELF = new NodeId(1, 2);

    private final AtomicLong clock = new AtomicLong(1_700_000_000_000L);
    private final MemberProof proofs = new MemberProof(SECRET, SELF, clock::get, new Random(1));
    private final MemberProof another = new MemberProof(SECRET, new NodeId(3, 4), clock::get, new Random(2));
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
        new HttpApi(
                        table,
                        new MemberGuard(Optional.of(SECRET), Optional.of(proofs), NOBODY),
                        gate,
                        Optional::empty,
                        1 << 10)
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

    @ParameterizedTest
    @CsvSource({"OPEN,200", "READ,200", "WRITE,401", "ADMIN,200", "MEMBER,200"})
    void aProofOpens_whatTheSecretDoes(Access access, int status) throws IOException, InterruptedException {
        assertThat(proven("/" + access, another.of(SELF, "GET", "/" + access, "")))
                .isEqualTo(status);
    }

    @Test
    void aProof_isGoodOnce() throws IOException, InterruptedException {
        String proof = another.of(SELF, "GET", "/MEMBER?a=1", "");
        assertThat(proven("/MEMBER?a=1", proof)).isEqualTo(200);
        assertThat(proven("/MEMBER?a=1", proof)).isEqualTo(403);
        clock.addAndGet(2 * MemberProof.AGE_MILLIS_MAX + 1);
        assertThat(proven("/MEMBER?a=1", proof)).as("forgotten, and too old").isEqualTo(403);
    }

    @Test
    void aProof_isOfOneRequest_oneMemberAndOneSecret() throws IOException, InterruptedException {
        assertThat(proven("/MEMBER", another.of(SELF, "GET", "/READ", ""))).isEqualTo(403);
        assertThat(proven("/MEMBER?a=2", another.of(SELF, "GET", "/MEMBER?a=1", "")))
                .isEqualTo(403);
        assertThat(proven("/MEMBER", another.of(SELF, "DELETE", "/MEMBER", ""))).isEqualTo(403);
        assertThat(proven("/MEMBER", another.of(SELF, "GET", "/MEMBER", "a=1"))).isEqualTo(403);
        assertThat(proven("/MEMBER", another.of(new NodeId(3, 4), "GET", "/MEMBER", "")))
                .isEqualTo(403);
        MemberProof stranger = new MemberProof(new Secret("guessed"), SELF, clock::get, new Random(3));
        assertThat(proven("/MEMBER", stranger.of(SELF, "GET", "/MEMBER", ""))).isEqualTo(403);
        assertThat(proven("/MEMBER", "1 1 hush")).isEqualTo(403);
    }

    @ParameterizedTest
    @CsvSource({"-30001,403", "-30000,200", "30000,200", "30001,403"})
    void aProof_endsWithItsTime(long agoMillis, int status) throws IOException, InterruptedException {
        String proof = another.of(SELF, "GET", "/MEMBER", "");
        clock.addAndGet(agoMillis);
        assertThat(proven("/MEMBER", proof)).isEqualTo(status);
    }

    @Test
    void proofsThatAreRemembered_areBounded() {
        for (int i = 0; i < MemberProof.REMEMBERED_MAX; i++) {
            assertThat(proofs.objection(another.of(SELF, "GET", "/", ""), "GET", "/", ""))
                    .isEmpty();
        }
        assertThat(proofs.objection(another.of(SELF, "GET", "/", ""), "GET", "/", ""))
                .get()
                .asString()
                .contains("more than 10000");
        clock.addAndGet(MemberProof.AGE_MILLIS_MAX + 1);
        assertThat(proofs.objection(another.of(SELF, "GET", "/", ""), "GET", "/", ""))
                .as("the old ones are forgotten")
                .isEmpty();
    }

    private int proven(String uri, String proof) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + uri))
                .header(MemberProof.HEADER, proof)
                .build();
        return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
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
