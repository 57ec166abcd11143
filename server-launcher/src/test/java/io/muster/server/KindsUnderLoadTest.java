package io.muster.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A service is told to hold one kind of instance, and told otherwise again, while clients register both (docs/decisions/0035): whoever was told {@code ok} is listed, as
 * what it registered as; whoever was not was told why; and nothing goes over from one engine to the other.
 */
class KindsUnderLoadTest {

    private static final int SERVICES = 20;
    private static final int CLIENTS = 200;
    private static final int THREADS = 8;
    private static final int ROUNDS = 4;

    /** None beats, and none is to expire before it is looked for. */
    private static final String LIVES_LONG = "&metadata=preserved.ip.delete.timeout%3D600000";

    @TempDir
    private Path directory;

    private final AtomicInteger registered = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final AtomicInteger kindsSet = new AtomicInteger();
    private final AtomicInteger kindsRefused = new AtomicInteger();
    private final Set<String> doubtful = ConcurrentHashMap.newKeySet();

    /** One client: it comes and goes as both kinds of instance, at one member. */
    private final class Client {
        private final TestServer member;
        private final String service;
        private final int port;
        private final Random random;
        private final TreeSet<String> standing = new TreeSet<>();

        Client(TestServer member, int number) {
            this.member = member;
            this.service = "s" + number % SERVICES;
            this.port = 10_000 + number;
            this.random = new Random(number);
        }

        private String uri(boolean ephemeral) {
            return "/nacos/v1/ns/instance?serviceName=" + service + "&ip=10.0.0.1&port=" + port + "&ephemeral="
                    + ephemeral + LIVES_LONG;
        }

        private String listed(boolean ephemeral) {
            return service + " " + port + " " + ephemeral;
        }

        void round() {
            boolean ephemeral = random.nextBoolean();
            HttpResponse<String> answer = member.ask("POST", uri(ephemeral));
            if (answer.statusCode() == 200) {
                registered.incrementAndGet();
                standing.add(listed(ephemeral));
            } else if (answer.statusCode() >= 500) {
                // No leader for a moment, on a busy machine: what became of it is not known.
                doubtful.add(listed(ephemeral));
            } else {
                refused.incrementAndGet();
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
                assertThat(answer.body())
                        .endsWith("holds " + (ephemeral ? "persistent" : "ephemeral") + " instances only");
            }
            boolean stays = random.nextInt(8) == 0;
            if (!stays) {
                leave();
            }
        }

        private void leave() {
            for (boolean ephemeral : new boolean[] {true, false}) {
                if (standing.remove(listed(ephemeral))) {
                    int status = member.ask("DELETE", uri(ephemeral)).statusCode();
                    if (status >= 500) {
                        doubtful.add(listed(ephemeral));
                    } else {
                        assertThat(status).isEqualTo(200);
                    }
                }
            }
        }
    }

    @Test
    void whoIsAcknowledgedIsListed_andNobodyChangesKind() throws Exception {
        try (TestCluster cluster = TestCluster.start(directory, 3)) {
            for (int service = 0; service < SERVICES; service++) {
                String declaration = "/nacos/v1/ns/service?serviceName=s" + service;
                await().atMost(Duration.ofSeconds(30))
                        .until(() -> cluster.node(1).ask("POST", declaration).statusCode() < 500);
            }
            List<Client> clients = IntStream.range(0, CLIENTS)
                    .mapToObj(number -> new Client(cluster.node(1 + number % 3), number))
                    .toList();
            load(cluster.node(1), clients);

            TreeSet<String> expected = new TreeSet<>();
            clients.forEach(client -> expected.addAll(client.standing));
            expected.removeAll(doubtful);
            assertThat(doubtful).as("of %s", registered).hasSizeLessThan(registered.get() / 10);
            for (int number = 1; number <= 3; number++) {
                TestServer member = cluster.node(number);
                await().atMost(Duration.ofSeconds(10))
                        .untilAsserted(() -> assertThat(listed(member)).isEqualTo(expected));
            }
            assertThat(registered).as("registered").hasPositiveValue();
            assertThat(refused).as("refused").hasPositiveValue();
            assertThat(kindsSet).as("kinds set").hasPositiveValue();
            assertThat(kindsRefused).as("kinds refused").hasPositiveValue();
        }
    }

    private void load(TestServer admins, List<Client> clients) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS + 1);
        try {
            AtomicBoolean over = new AtomicBoolean();
            Future<?> admin = threads.submit(() -> setKinds(admins, over));
            List<Future<?>> running = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                int first = thread;
                running.add(threads.submit(() -> {
                    for (int round = 0; round < ROUNDS; round++) {
                        for (int i = first; i < clients.size(); i += THREADS) {
                            clients.get(i).round();
                        }
                    }
                }));
            }
            for (Future<?> one : running) {
                one.get();
            }
            over.set(true);
            admin.get();
        } finally {
            threads.shutdownNow();
        }
    }

    private void setKinds(TestServer server, AtomicBoolean over) {
        Random random = new Random(7);
        List<String> words = List.of(
                "", "&metadata=preserved.instance.kind%3Dephemeral", "&metadata=preserved.instance.kind%3Dpersistent");
        while (!over.get()) {
            String word = words.get(random.nextInt(words.size()));
            HttpResponse<String> answer = server.ask(
                    "PUT",
                    "/nacos/v1/ns/service?serviceName=s" + random.nextInt(SERVICES) + "&protectThreshold=0" + word);
            if (answer.statusCode() == 200) {
                kindsSet.addAndGet(word.isEmpty() ? 0 : 1);
            } else if (answer.statusCode() < 500) {
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
                assertThat(answer.body()).contains("ones first");
                kindsRefused.incrementAndGet();
            }
        }
    }

    private Set<String> listed(TestServer member) {
        Set<String> found = new TreeSet<>();
        for (int service = 0; service < SERVICES; service++) {
            HttpResponse<String> page = member.get(
                    "/nacos/v1/ns/catalog/instances?pageSize=1000&clusterName=DEFAULT&serviceName=s" + service);
            if (page.statusCode() == 200) {
                String name = "s" + service;
                new JsonObject(page.body())
                        .getJsonArray("list").stream()
                                .map(JsonObject.class::cast)
                                .forEach(one -> found.add(
                                        name + " " + one.getInteger("port") + " " + one.getBoolean("ephemeral")));
            }
        }
        found.removeAll(doubtful);
        return found;
    }
}
