package io.muster.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One client that declares, changes and removes persistent instances of its own service, and declares services, one
 * write at a time, and keeps the books: what was acknowledged, and the one write whose outcome it does not know when
 * the server dies.
 */
final class PersistentWriter {

    private static final int PORTS = 40;

    private final String service;
    private final Random random;
    private final AtomicInteger acknowledgedCount;
    private final Map<Integer, Map<String, String>> acknowledged = new TreeMap<>();
    private final List<String> declared = new ArrayList<>();
    private int revision;
    private int pendingPort = -1;
    private Optional<Map<String, String>> pending = Optional.empty();

    PersistentWriter(String service, long seed, AtomicInteger acknowledgedCount) {
        this.service = service;
        this.random = new Random(seed);
        this.acknowledgedCount = acknowledgedCount;
    }

    /** Writes until the server no longer answers. */
    void writeUntilTheServerDies(Registry registry) throws InterruptedException {
        try {
            while (true) {
                int kind = random.nextInt(10);
                if (kind == 0) {
                    declareService(registry);
                } else if (kind <= 2 && !acknowledged.isEmpty()) {
                    remove(registry);
                } else {
                    register(registry);
                }
                acknowledgedCount.incrementAndGet();
            }
        } catch (IOException e) {
            // The server is dead: what was under way is pending.
        }
    }

    /** Every acknowledged write is there with its metadata, and nothing that this writer did not write. */
    void verify(Registry registry) throws IOException, InterruptedException {
        Map<Integer, Map<String, String>> found = registry.metadataByPort(service);
        Map<Integer, Map<String, String>> expected = new TreeMap<>(acknowledged);
        if (pendingPort >= 0) {
            Optional<Map<String, String>> there = Optional.ofNullable(found.get(pendingPort));
            if (there.equals(pending)) {
                pending.ifPresentOrElse(
                        metadata -> expected.put(pendingPort, metadata), () -> expected.remove(pendingPort));
            }
        }
        assertThat(found).as(service).isEqualTo(expected);
        acknowledged.clear();
        acknowledged.putAll(found);
        pendingPort = -1;

        for (String name : declared) {
            JsonNode definition = registry.get("service", Map.of("serviceName", name));
            assertThat(Registry.texts(definition.get("metadata"))).isEqualTo(Map.of("declares", name));
            assertThat(definition.get("protectThreshold").asDouble()).isEqualTo(0.25);
        }
    }

    private void register(Registry registry) throws IOException, InterruptedException {
        int port = 1000 + random.nextInt(PORTS);
        Map<String, String> metadata = Map.of("revision", String.valueOf(revision++), "text", "ä=1&2 {" + port + "}");
        pendingPort = port;
        pending = Optional.of(metadata);
        expectOk(registry.send("POST", "instance", Registry.persistent(service, port, metadata)));
        acknowledged.put(port, metadata);
        pendingPort = -1;
    }

    private void remove(Registry registry) throws IOException, InterruptedException {
        List<Integer> ports = List.copyOf(acknowledged.keySet());
        int port = ports.get(random.nextInt(ports.size()));
        pendingPort = port;
        pending = Optional.empty();
        expectOk(registry.send("DELETE", "instance", Registry.persistent(service, port, Map.of())));
        acknowledged.remove(port);
        pendingPort = -1;
    }

    private void declareService(Registry registry) throws IOException, InterruptedException {
        String name = service + "-declared-" + revision++;
        expectOk(registry.send(
                "POST",
                "service",
                Map.of(
                        "serviceName",
                        name,
                        "protectThreshold",
                        "0.25",
                        "metadata",
                        Registry.json(Map.of("declares", name)))));
        declared.add(name);
    }

    private static void expectOk(HttpResponse<String> response) {
        assertThat(response.statusCode() + " " + response.body()).isEqualTo("200 ok");
    }
}
