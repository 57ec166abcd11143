package io.muster.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.muster.testkit.ServerProcess;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/** A server as curl sees it. Any thread may use it. */
final class Registry {

    /**
     * The server answers within {@code raft.write-timeout-ms}, 5 s; a machine that builds and tests much else may keep
     * it waiting.
     */
    private static final Duration ANSWERED = Duration.ofSeconds(30);

    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(ANSWERED)
            .build();
    private final String base;

    Registry(ServerProcess server) {
        this.base = server.url() + "/nacos/v1/ns/";
    }

    HttpResponse<String> send(String method, String path, Map<String, String> parameters)
            throws IOException, InterruptedException {
        return client.send(request(method, path, parameters), BodyHandlers.ofString());
    }

    CompletableFuture<HttpResponse<String>> sendAsync(String method, String path, Map<String, String> parameters) {
        return client.sendAsync(request(method, path, parameters), BodyHandlers.ofString());
    }

    JsonNode get(String path, Map<String, String> parameters) throws IOException, InterruptedException {
        HttpResponse<String> response = send("GET", path, parameters);
        assertThat(response.statusCode()).as(path + " " + response.body()).isEqualTo(200);
        return JSON.readTree(response.body());
    }

    /** The metadata of each instance of a service, by port. */
    Map<Integer, Map<String, String>> metadataByPort(String service) throws IOException, InterruptedException {
        Map<Integer, Map<String, String>> byPort = new TreeMap<>();
        for (JsonNode host :
                get("instance/list", Map.of("serviceName", service)).get("hosts")) {
            byPort.put(host.get("port").asInt(), texts(host.get("metadata")));
        }
        return byPort;
    }

    static Map<String, String> texts(JsonNode object) {
        Map<String, String> texts = new TreeMap<>();
        object.fields()
                .forEachRemaining(
                        field -> texts.put(field.getKey(), field.getValue().asText()));
        return texts;
    }

    static String json(Map<String, String> metadata) {
        return JSON.valueToTree(metadata).toString();
    }

    static Map<String, String> persistent(String service, int port, Map<String, String> metadata) {
        return Map.of(
                "serviceName",
                service,
                "ip",
                "127.8.0.1",
                "port",
                String.valueOf(port),
                "ephemeral",
                "false",
                "metadata",
                json(metadata));
    }

    private HttpRequest request(String method, String path, Map<String, String> parameters) {
        String query = parameters.entrySet().stream()
                .map(parameter ->
                        parameter.getKey() + "=" + URLEncoder.encode(parameter.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        return HttpRequest.newBuilder(URI.create(base + path + "?" + query))
                .timeout(ANSWERED)
                .method(method, BodyPublishers.noBody())
                .build();
    }
}
