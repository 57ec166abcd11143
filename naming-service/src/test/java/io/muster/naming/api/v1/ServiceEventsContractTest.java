package io.muster.naming.api.v1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.muster.naming.api.EventStreams;
import io.muster.naming.api.v1.Call.Response;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** {@code GET /v1/ns/events} (X21), as a list and as a stream. */
class ServiceEventsContractTest {

    private static final String PATH = "/nacos/v1/ns/events";

    private static TestServer server;

    @BeforeAll
    static void start() {
        server = new TestServer();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static void register(String service, String ip) {
        assertThat(server.post("/nacos/v1/ns/instance")
                        .with("serviceName", service, "ip", ip, "port", 80)
                        .send()
                        .status())
                .isEqualTo(200);
    }

    private static void deregister(String service, String ip) {
        assertThat(server.delete("/nacos/v1/ns/instance")
                        .with("serviceName", service, "ip", ip, "port", 80)
                        .send()
                        .status())
                .isEqualTo(200);
    }

    private static JsonNode events(Object... parameters) {
        Response response = server.get(PATH).with(parameters).send();
        assertThat(response.status()).as(response.body()).isEqualTo(200);
        return response.json();
    }

    @Test
    void list_tellsWhatHappenedToTheService_withCauseAndMember() {
        register("shop", "10.0.0.1");
        register("other", "10.0.0.9");
        deregister("shop", "10.0.0.1");

        JsonNode page = events("serviceName", "shop");
        assertThat(page.path("node").textValue()).isEqualTo("127.0.0.1:8848");
        assertThat(page.path("service").textValue()).isEqualTo("DEFAULT_GROUP@@shop");
        assertThat(page.path("namespaceId").textValue()).isEqualTo("public");
        assertThat(page.path("missed").longValue()).isZero();
        assertThat(page.path("events")).hasSize(2);
        JsonNode registered = page.path("events").get(0);
        assertThat(registered.path("kind").textValue()).isEqualTo("REGISTERED");
        assertThat(registered.path("cause").textValue()).isEqualTo("CLIENT");
        assertThat(registered.path("instance").textValue()).isEqualTo("10.0.0.1:80:DEFAULT");
        assertThat(registered.path("ephemeral").booleanValue()).isTrue();
        assertThat(registered.path("time").longValue()).isPositive();
        assertThat(registered.has("by")).isFalse();
        JsonNode removed = page.path("events").get(1);
        assertThat(removed.path("kind").textValue()).isEqualTo("REMOVED");
        assertThat(removed.path("by").textValue()).isEqualTo("node 00000000000000010000000000000002");
        assertThat(removed.path("id").longValue())
                .isGreaterThan(registered.path("id").longValue())
                .isEqualTo(page.path("lastId").longValue());
    }

    /** Ids count in one process only: after a restart one may name another event, or none yet. */
    @Test
    void list_sinceAnEventOfAnotherRun_givesAll() {
        register("restarted", "10.0.0.1");
        JsonNode page = events("serviceName", "restarted");
        String run = page.path("run").textValue();
        long lastId = page.path("lastId").longValue();

        assertThat(events("serviceName", "restarted", "since", run + "-" + lastId)
                        .path("events"))
                .isEmpty();
        assertThat(events("serviceName", "restarted", "since", "00000000000000ff-" + lastId)
                        .path("events"))
                .hasSize(1);
    }

    @Test
    void list_sinceTheLastOneKnown() {
        register("since", "10.0.0.1");
        long known = events("serviceName", "since").path("lastId").longValue();
        assertThat(events("serviceName", "since", "since", known).path("events"))
                .isEmpty();
        register("since", "10.0.0.2");
        assertThat(events("serviceName", "since", "since", known).path("events"))
                .hasSize(1);
    }

    /** One name in two groups and namespaces is several services. */
    @Test
    void list_isOfOneService() {
        server.post("/nacos/v1/ns/instance")
                .with("serviceName", "g@@same", "ip", "10.0.0.1", "port", 80, "namespaceId", "n")
                .send();
        assertThat(events("serviceName", "same").path("events")).isEmpty();
        assertThat(events("serviceName", "same", "groupName", "g").path("events"))
                .isEmpty();
        assertThat(events("serviceName", "g@@same", "namespaceId", "n").path("events"))
                .hasSize(1);
        assertThat(events("serviceName", "same", "groupName", "g", "namespaceId", "n")
                        .path("events"))
                .hasSize(1);
    }

    @Test
    void wrongParameters_areNamed() {
        assertThat(server.get(PATH).send())
                .matches(r -> r.status() == 400 && r.body().contains("serviceName"));
        for (String since : List.of("-1", "x", "1.5", "99999999999999999999", "00000000000000ff-", "ff-1")) {
            Response refused =
                    server.get(PATH).with("serviceName", "shop", "since", since).send();
            assertThat(refused.status()).as(since).isEqualTo(400);
            assertThat(refused.body()).contains("since");
        }
        assertThat(server.post(PATH).with("serviceName", "shop").send().status())
                .isEqualTo(405);
    }

    /** A stream that is open, and what it has brought. */
    private static final class OpenStream implements AutoCloseable {

        private final HttpResponse<InputStream> response;
        private final List<String> lines = new CopyOnWriteArrayList<>();

        OpenStream(HttpClient client, String service, String... headers) throws IOException, InterruptedException {
            HttpRequest.Builder request = HttpRequest.newBuilder(
                            URI.create("http://127.0.0.1:" + server.port + PATH + "?serviceName=" + service))
                    .header("Accept", "text/event-stream");
            if (headers.length > 0) {
                request.headers(headers);
            }
            response = client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            Thread reading = new Thread(this::read, "stream of " + service);
            reading.setDaemon(true);
            reading.start();
        }

        private void read() {
            try (InputStream body = response.body()) {
                StringBuilder line = new StringBuilder();
                for (int next = body.read(); next >= 0; next = body.read()) {
                    if (next == '\n') {
                        lines.add(line.toString());
                        line.setLength(0);
                    } else {
                        line.append((char) next);
                    }
                }
            } catch (IOException closed) {
                lines.add("closed");
            }
        }

        Stream<String> of(String field) {
            return lines.stream()
                    .filter(line -> line.startsWith(field + ": "))
                    .map(line -> line.substring(field.length() + 2));
        }

        @Override
        public void close() throws IOException {
            response.body().close();
        }
    }

    @Test
    void stream_tellsWhatIsKept_thenWhatHappens_andGoesOnWhereItEnded() throws Exception {
        HttpClient client = HttpClient.newHttpClient();
        register("live", "10.0.0.1");
        String known;
        try (OpenStream stream = new OpenStream(client, "live")) {
            assertThat(stream.response.headers().firstValue("Content-Type")).contains("text/event-stream");
            await().until(() -> stream.of("event").toList().equals(List.of("REGISTERED")));
            register("elsewhere", "10.0.0.1");
            deregister("live", "10.0.0.1");
            await().until(() -> stream.of("event").toList().equals(List.of("REGISTERED", "REMOVED")));
            known = stream.of("id").reduce((before, last) -> last).orElseThrow();
            assertThat(stream.of("data").toList().get(1)).contains("\"instance\":\"10.0.0.1:80:DEFAULT\"");
        }
        register("live", "10.0.0.2");
        try (OpenStream stream = new OpenStream(client, "live", "Last-Event-ID", known)) {
            await().until(() -> stream.of("event").findAny().isPresent());
            assertThat(stream.of("event").toList()).containsExactly("REGISTERED");
            assertThat(stream.of("data").toList().get(0)).contains("10.0.0.2");
        }
        try (OpenStream stream = new OpenStream(client, "live", "Last-Event-ID", "0123-of-another-run")) {
            await().until(() -> stream.of("event").count() == 3);
        }
    }

    /** A dashboard that opens streams without end must not take the server's connections. */
    @Test
    void streams_areBounded_andGivenBackWhenTheyEnd() throws Exception {
        HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        List<OpenStream> streams = new ArrayList<>();
        try {
            for (int i = 0; i < EventStreams.OPEN_STREAMS_MAX; i++) {
                streams.add(new OpenStream(client, "many"));
            }
            assertThat(streams).allMatch(stream -> stream.response.statusCode() == 200);
            try (OpenStream over = new OpenStream(client, "many")) {
                assertThat(over.response.statusCode()).isEqualTo(429);
            }
        } finally {
            for (OpenStream stream : streams) {
                stream.close();
            }
        }
        List<OpenStream> again = new ArrayList<>();
        try {
            // Each is open before the next is asked for: one that was not given back is one too few at the end.
            for (int i = 0; i < EventStreams.OPEN_STREAMS_MAX; i++) {
                await().until(() -> isOpened(new OpenStream(client, "many"), again));
            }
        } finally {
            for (OpenStream stream : again) {
                stream.close();
            }
        }
    }

    private static boolean isOpened(OpenStream stream, List<OpenStream> opened) throws Exception {
        if (stream.response.statusCode() != 200) {
            stream.close();
            return false;
        }
        return opened.add(stream);
    }
}
