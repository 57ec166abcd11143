package io.muster.testkit.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What the client concludes from answers, from silence, and from several of them: the history says so of each attempt,
 * the answer of all.
 */
@Timeout(60)
class RegistryClientTest {

    private static final Instance INSTANCE = new Instance("s", "10.0.0.1", 80);

    private final List<HttpServer> servers = new ArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch silence = new CountDownLatch(1);
    private final History history = History.ofEverything();

    @AfterEach
    void stop() {
        silence.countDown();
        servers.forEach(server -> server.stop(0));
        threads.shutdownNow();
    }

    private URI node(int status, String body) throws IOException {
        return node(status, body, false);
    }

    private URI silentNode() throws IOException {
        return node(200, "too late", true);
    }

    private URI node(int status, String body, boolean silent) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            try (exchange) {
                if (silent) {
                    silence.await();
                }
                byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(status, bytes.length);
                exchange.getResponseBody().write(bytes);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        server.start();
        servers.add(server);
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    private URI deadNode() throws IOException {
        URI node = node(200, "");
        servers.remove(servers.size() - 1).stop(0);
        return node;
    }

    private RegistryClient client(URI... nodes) {
        List<URI> all = List.of(nodes);
        return RegistryClient.of(() -> all)
                .recordedAs("c", history)
                .within(Duration.ofMillis(300), Duration.ofSeconds(2));
    }

    private List<Outcome> outcomes() {
        return history.attempts().stream().map(Attempt::outcome).toList();
    }

    @Test
    void ok_happened() throws IOException {
        Answer answer = client(node(200, "ok")).register(INSTANCE).join();
        assertThat(answer.outcome()).isEqualTo(Outcome.OK);
        assertThat(answer.body()).isEqualTo("ok");
        assertThat(history.attempts()).singleElement().satisfies(attempt -> {
            assertThat(attempt.client()).isEqualTo("c");
            assertThat(attempt.kind()).isEqualTo(Attempt.Kind.REGISTER);
            assertThat(attempt.key()).isEqualTo("s 10.0.0.1:80");
            assertThat(attempt.completedNanos()).isGreaterThanOrEqualTo(attempt.invokedNanos());
        });
    }

    @Test
    void refusedOrDead_didNotHappenThere() throws IOException {
        Answer answer =
                client(node(503, "no leader"), deadNode()).write("k", "v").join();
        assertThat(answer.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(answer.attempts()).isEqualTo(2);
        assertThat(outcomes()).containsExactly(Outcome.FAILED, Outcome.FAILED);
    }

    @Test
    void callersMistake_isNotTriedElsewhere() throws IOException {
        Answer answer = client(node(400, "no"), node(400, "no")).write("k", "v").join();
        assertThat(answer.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(answer.attempts()).isEqualTo(1);
    }

    @Test
    void silence_orStatus504_mayHaveHappened() throws IOException {
        assertThat(client(silentNode()).write("k", "v").join().outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(client(node(504, "who knows")).write("k", "v").join().outcome())
                .isEqualTo(Outcome.UNKNOWN);
        assertThat(client(silentNode()).readLocal("k").join().outcome())
                .as("a read without answer")
                .isEqualTo(Outcome.FAILED);
    }

    @Test
    void unknownThenRefused_isUnknown_inEitherOrder() throws IOException {
        Answer answer = client(silentNode(), node(503, "no")).write("k", "v").join();
        assertThat(answer.outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(outcomes()).containsExactlyInAnyOrder(Outcome.UNKNOWN, Outcome.FAILED);
    }

    /** The first attempt may take effect after the second one: the history keeps both, as one operation. */
    @Test
    void aNodeThatWorks_isFoundBehindThoseThatDoNot() throws IOException {
        Answer answer = client(silentNode(), node(503, "no"), deadNode(), node(200, "ok"))
                .write("k", "v")
                .join();
        assertThat(answer.outcome()).isEqualTo(Outcome.OK);
        assertThat(answer.took()).isLessThan(Duration.ofSeconds(2));
        assertThat(history.attempts().stream().map(Attempt::operation).distinct())
                .hasSize(1);
    }

    @Test
    void reads_tellWhatTheyFound() throws IOException {
        URI node = node(200, "{\"metadata\":{\"v\":\"7\"}}");
        assertThat(RegistryClient.value(client(node).readLinearizable("k").join()))
                .isEqualTo("7");
        Answer absent = client(node(404, "no matched ip found!")).readLocal("k").join();
        assertThat(absent.outcome()).isEqualTo(Outcome.OK);
        assertThat(RegistryClient.value(absent)).isEmpty();
        assertThat(history.attempts().stream().map(Attempt::value)).containsExactly("7", "");
    }
}
