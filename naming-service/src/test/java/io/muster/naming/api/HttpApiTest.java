package io.muster.naming.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.muster.consistency.Readiness;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds for all routes, seen on the wire. */
class HttpApiTest {

    private static final int BODY_BYTES_MAX = 1000;
    private static final Param<String> TEXT = Param.text("text", BODY_BYTES_MAX, "x");
    private static final int READ_MILLIS_MAX = 10_000;

    private static final Vertx VERTX = Vertx.vertx();
    private static int port;

    @BeforeAll
    static void serve() {
        List<Param<?>> params = List.of(TEXT);
        RouteTable table = new RouteTable(List.of(
                Route.immediate(
                                Verb.POST,
                                "/v1/ns/echo",
                                params,
                                "echoes",
                                request -> Answer.text(200, request.get(TEXT, "nothing")))
                        .access(Access.OPEN),
                Route.immediate(Verb.GET, "/v1/ns/broken", params, "fails", request -> {
                            throw new IllegalStateException("secret of the inside");
                        })
                        .access(Access.OPEN),
                Route.of(
                                Verb.GET,
                                "/v1/ns/broken-later",
                                params,
                                "fails later",
                                request -> CompletableFuture.supplyAsync(() -> {
                                    throw new IllegalStateException("secret of the inside");
                                }))
                        .access(Access.OPEN),
                Route.immediate(Verb.GET, "/v1/ns/members", params, "is for members", request -> Answer.OK)
                        .access(Access.MEMBER),
                Route.immediate(Verb.GET, "/v1/ns/admins", params, "is for admins", request -> Answer.OK)));
        ServingGate gate = new ServingGate(
                () -> Readiness.READY, () -> Readiness.READY, () -> new ServingGate.Orders(Optional.empty(), Map.of()));
        Router router = Router.router(VERTX);
        new HttpApi(table, Guard.AUTHENTICATION_OFF, gate, Optional::empty, BODY_BYTES_MAX).mount(router);
        router.route("/behind").handler(context -> context.end("behind"));
        port = VERTX.createHttpServer(Listening.options("127.0.0.1", 0))
                .requestHandler(router)
                .listen()
                .await()
                .actualPort();
    }

    @AfterAll
    static void stop() {
        VERTX.close().await();
    }

    /**
     * Sends the text as it stands, and reads until the answer to the last request, which asks for it, closes the
     * connection.
     */
    private String send(String... parts) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(READ_MILLIS_MAX);
            for (String part : parts) {
                socket.getOutputStream().write(part.getBytes(UTF_8));
                socket.getOutputStream().flush();
            }
            return readAll(socket.getInputStream());
        }
    }

    private static String readAll(InputStream in) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        in.transferTo(all);
        return all.toString(UTF_8);
    }

    private static String post(String head, String body) {
        return "POST /v1/ns/echo HTTP/1.1\r\nHost: x\r\n" + head + "\r\n" + body;
    }

    private static String get(String target) {
        return "GET " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    }

    @Test
    void aBodyMayComeInPieces() throws IOException {
        String head = post("Content-Length: 11\r\nConnection: close\r\n", "");
        assertThat(send(head, "text", "=a", "bcdef")).startsWith("HTTP/1.1 200").endsWith("abcdef");
    }

    @Test
    void aBodyMayComeInChunks() throws IOException {
        String head = post("Transfer-Encoding: chunked\r\nConnection: close\r\n", "");
        assertThat(send(head, "5\r\ntext=\r\n", "3\r\nabc\r\n0\r\n\r\n"))
                .startsWith("HTTP/1.1 200")
                .endsWith("abc");
    }

    @Test
    void aClientThatAsksBeforeItSendsIsToldToGoOn() throws IOException {
        String head = post("Expect: 100-continue\r\nContent-Length: 6\r\nConnection: close\r\n", "");
        assertThat(send(head, "text=a"))
                .startsWith("HTTP/1.1 100")
                .contains("HTTP/1.1 200")
                .endsWith("a");
    }

    /** X23: and the sender gets to see the answer, on a connection that goes on. */
    @Test
    void aBodyAboveTheBoundIsRefusedAndTheConnectionGoesOn() throws IOException {
        String huge = "x".repeat(3_000_000);
        String answers = send(post("Content-Length: " + huge.length() + "\r\n", huge), get("/behind"));
        assertThat(answers)
                .startsWith("HTTP/1.1 413")
                .contains("at most 1000 bytes")
                .endsWith("behind");
    }

    @Test
    void chunksAboveTheBoundAreRefused() throws IOException {
        String chunk = "400\r\n" + "x".repeat(1024) + "\r\n";
        String answers = send(post("Transfer-Encoding: chunked\r\n", chunk.repeat(20) + "0\r\n\r\n"), get("/behind"));
        assertThat(answers).startsWith("HTTP/1.1 413").endsWith("behind");
    }

    @Test
    void requestsInARowOnOneConnectionAreAnsweredInOrder() throws IOException {
        String first = post("Content-Length: 6\r\n", "text=1");
        String second = post("Content-Length: 6\r\nConnection: close\r\n", "text=2");
        String answers = send(first + second);
        assertThat(answers.indexOf("\r\n\r\n1")).isPositive().isLessThan(answers.indexOf("\r\n\r\n2"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/ns/broken", "/v1/ns/broken-later"})
    void ourOwnMistakesTellNothingOfTheInside(String path) throws IOException {
        assertThat(send(get(path)))
                .startsWith("HTTP/1.1 500")
                .doesNotContain("secret")
                .doesNotContain("Exception")
                .endsWith("internal error; the server's log tells more");
    }

    /** X24. */
    @Test
    void whatIsForMembersIsClosedEvenWhileAuthenticationIsOff() throws IOException {
        assertThat(send(get("/v1/ns/members"))).startsWith("HTTP/1.1 403");
        assertThat(send(get("/v1/ns/admins"))).startsWith("HTTP/1.1 200");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/ns/%zz", "/%", "/v1/ns/..%2f..", "/v1/ns/echo/", "//v1/ns/echo", "/v1/ns/../../x"})
    void pathsThatMeanNothingAreNeverAnAccident(String path) throws IOException {
        assertThat(send(get(path)))
                .matches("(?s)HTTP/1.1 (400|404|501) .*")
                .containsIgnoringCase("content-type: text/plain")
                .containsIgnoringCase("x-content-type-options: nosniff");
    }

    @Test
    void whatIsNotOursGoesOnToWhateverIsBehind() throws IOException {
        assertThat(send(get("/behind"))).endsWith("behind");
    }

    @Test
    void headOfKnownPathsIsNotAllowed() throws IOException {
        assertThat(send("HEAD /nacos/v1/ns/echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 405")
                .containsIgnoringCase("allow: POST");
    }

    @Test
    void tooManyHeadersAreRefused() throws IOException {
        String header = "X-Filler: " + "y".repeat(1000) + "\r\n";
        assertThat(send("GET /v1/ns/admins HTTP/1.1\r\nHost: x\r\n" + header.repeat(20) + "\r\n"))
                .startsWith("HTTP/1.1 431");
    }

    @Test
    void http2IsServedAlike() throws IOException, InterruptedException {
        HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/ns/echo"));
        HttpResponse<String> first =
                client.send(request.POST(BodyPublishers.ofString("")).build(), BodyHandlers.ofString());
        assertThat(first.body()).isEqualTo("nothing");
        HttpResponse<String> second =
                client.send(request.POST(BodyPublishers.ofString("text=a")).build(), BodyHandlers.ofString());
        assertThat(second.version()).isEqualTo(HttpClient.Version.HTTP_2);
        assertThat(second.body()).isEqualTo("a");
        HttpResponse<String> third = client.send(
                request.POST(BodyPublishers.ofString("x".repeat(5_000))).build(), BodyHandlers.ofString());
        assertThat(third.statusCode()).isEqualTo(413);
    }
}
