package io.muster.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.muster.testkit.ClusterNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.stream.StreamSupport;

/** What an operator asks of the lookup of one node, and sees of it, by HTTP. */
record LookupOperator(ClusterNode node) {

    /** A switch waits 10 s for a list. */
    private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(20);

    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /** Finds the members in another way from now on; what came of it. */
    JsonNode switchTo(String mode) {
        HttpResponse<String> answer = ask("POST", "/nacos/v1/core/cluster/switch/lookup?type=" + mode);
        assertThat(answer.statusCode()).as("%s: %s", node, answer.body()).isEqualTo(200);
        return json(answer.body()).path("data");
    }

    /** A switch that must not be; why. */
    String isRefused(String mode) {
        HttpResponse<String> answer = ask("POST", "/nacos/v1/core/cluster/switch/lookup?type=" + mode);
        assertThat(answer.statusCode()).as("%s: %s", node, answer.body()).isEqualTo(409);
        return answer.body();
    }

    JsonNode shown() {
        return node.get("/nacos/v1/core/cluster/lookup").path("data");
    }

    /** Names in the list that is in force. */
    NavigableSet<String> listed() {
        return strings(shown().path("members"));
    }

    /** Node ids of the voters, as this node has them. */
    NavigableSet<String> voters() {
        NavigableSet<String> voters = new TreeSet<>();
        for (JsonNode peer : node.get("/nacos/v1/ns/raft/state").path("peers")) {
            if (peer.path("voter").asBoolean()) {
                voters.add(peer.path("nodeId").asText());
            }
        }
        return voters;
    }

    /** This node's id. */
    String id() {
        return node.get("/nacos/v1/ns/raft/state").path("nodeId").asText();
    }

    /** Kinds of the cluster events that it tells of, oldest first. */
    List<String> events() {
        JsonNode events = node.get("/nacos/v1/core/cluster/events").path("events");
        return StreamSupport.stream(events.spliterator(), false)
                .map(event -> event.path("kind").asText())
                .toList();
    }

    /** Warnings about its list that the node wrote, without the time that each line begins with. */
    List<String> warnings() {
        return node.log()
                .lines()
                .filter(line -> line.contains("the last good list stays in force"))
                .map(line -> line.substring(line.indexOf(' ') + 1))
                .toList();
    }

    private static NavigableSet<String> strings(JsonNode array) {
        NavigableSet<String> strings = new TreeSet<>();
        array.forEach(element -> strings.add(element.asText()));
        return strings;
    }

    private static JsonNode json(String text) {
        try {
            return new ObjectMapper().readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(text, e);
        }
    }

    HttpResponse<String> ask(String method, String path) {
        HttpRequest request = HttpRequest.newBuilder(node.uri(path))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .timeout(ANSWERS_WITHIN)
                .build();
        try {
            return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(node + " asked for " + path, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while asking " + node, e);
        }
    }
}
