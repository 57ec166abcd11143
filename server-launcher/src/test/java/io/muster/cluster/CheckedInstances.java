package io.muster.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.muster.testkit.ClusterNode;
import io.muster.testkit.net.ListenerFarm.Place;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;

/** Persistent instances of one service, registered at listeners, as a node shows them. */
final class CheckedInstances {

    private static final int AT_ONCE = 64;
    private static final int PAGE = 20_000;

    private final String service;

    CheckedInstances(String service) {
        this.service = service;
    }

    String identity(Place place) {
        return "/nacos/v1/ns/instance?serviceName=" + service + "&ephemeral=false&ip=" + place.host() + "&port="
                + place.port();
    }

    /** Registers all of them at the node, many at a time. */
    void register(ClusterNode node, List<Place> places) {
        HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        Semaphore turns = new Semaphore(AT_ONCE);
        List<CompletableFuture<String>> answers = new ArrayList<>();
        for (Place place : places) {
            turns.acquireUninterruptibly();
            HttpRequest request = HttpRequest.newBuilder(
                            URI.create(node.address().url() + identity(place)))
                    .timeout(Duration.ofSeconds(20))
                    .POST(HttpRequest.BodyPublishers.noBody())
                    .build();
            answers.add(client.sendAsync(request, HttpResponse.BodyHandlers.ofString())
                    .whenComplete((done, failure) -> turns.release())
                    .thenApply(HttpResponse::body));
        }
        assertThat(answers.stream().map(CompletableFuture::join).distinct()).containsExactly("ok");
    }

    /** Those that the node shows as unhealthy, in truth: whatever protection makes of it for clients. */
    Set<Place> unhealthy(ClusterNode node) {
        Set<Place> unhealthy = new TreeSet<>(Comparator.comparing(Place::host).thenComparing(Place::port));
        for (JsonNode instance : all(node)) {
            if (!instance.path("healthy").asBoolean()) {
                unhealthy.add(new Place(
                        instance.path("ip").asText(), instance.path("port").asInt()));
            }
        }
        return unhealthy;
    }

    /** As {@code GET /catalog/instances} shows it. */
    JsonNode shown(ClusterNode node, Place place) {
        for (JsonNode instance : all(node)) {
            if (instance.path("ip").asText().equals(place.host())
                    && instance.path("port").asInt() == place.port()) {
                return instance;
            }
        }
        throw new AssertionError(node.name() + " does not show " + place);
    }

    private JsonNode all(ClusterNode node) {
        JsonNode page = node.get("/nacos/v1/ns/catalog/instances?serviceName=" + service
                + "&clusterName=DEFAULT&pageNo=1&pageSize=" + PAGE);
        assertThat(page.path("count").asInt()).isLessThanOrEqualTo(PAGE);
        return page.path("list");
    }
}
