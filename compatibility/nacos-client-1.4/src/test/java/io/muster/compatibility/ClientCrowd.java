package io.muster.compatibility;

import static io.muster.compatibility.NacosClient.addresses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.alibaba.nacos.api.exception.NacosException;
import io.muster.testkit.ClusterNode;
import io.muster.testkit.ServerCluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Many unmodified clients of one cluster: each registers one instance, and subscribes to another service than its own.
 * All know all nodes, and go where they like.
 */
final class ClientCrowd implements AutoCloseable {

    private static final int PORT = 8080;
    private static final Duration GATHERED = Duration.ofMinutes(2);

    /** The client polls again at most 16 s after it was refused. */
    private static final Duration HEARD = Duration.ofSeconds(40);

    /** A client takes a second or two to open, most of it waiting. */
    private static final int OPENING_AT_ONCE = 32;

    private static final int NAMED_MAX = 5;

    /** A client, the service it is part of, the one that it watches. */
    private record Member(NacosClient client, String ip, String service, String watched, Watcher watcher) {}

    private final int services;
    private final List<Member> members;
    private final HttpClient http = HttpClient.newHttpClient();

    /** By {@link System#nanoTime}: from then on every list has to be whole. */
    private final long gatheredNanos;

    private ClientCrowd(int services, List<Member> members, long gatheredNanos) {
        this.services = services;
        this.members = members;
        this.gatheredNanos = gatheredNanos;
    }

    /** Opens so many clients, and returns when each was told the whole list of the service that it watches. */
    static ClientCrowd gather(ServerCluster cluster, int clients, int instancesPerService) {
        int services = clients / instancesPerService;
        String servers = cluster.urls().stream().map(url -> url.getAuthority()).collect(Collectors.joining(","));
        List<Member> members = inParallel(
                OPENING_AT_ONCE, IntStream.range(0, clients).boxed().toList(), i -> open(servers, i, services));
        await("every subscriber was told its whole list")
                .atMost(GATHERED)
                .until(() -> members.stream()
                        .allMatch(member -> member.watcher().sawAddresses(expected(members, member.watched()))));
        return new ClientCrowd(services, members, System.nanoTime());
    }

    private static Member open(String servers, int i, int services) throws NacosException {
        String ip = "10.6." + i / 250 + "." + (1 + i % 250);
        Member member = new Member(
                NacosClient.of(servers), ip, "crowd-" + i % services, "crowd-" + (i + 1) % services, new Watcher());
        member.client().naming().registerInstance(member.service(), ip, PORT);
        member.client().naming().subscribe(member.watched(), member.watcher());
        return member;
    }

    private static String[] expected(List<Member> members, String service) {
        return members.stream()
                .filter(member -> member.service().equals(service))
                .map(member -> member.ip() + ":" + PORT)
                .sorted()
                .toArray(String[]::new);
    }

    /** What subscribers were told since all were there that lacked somebody; the first few. */
    List<String> lacking() {
        List<String> found = new ArrayList<>();
        for (Member member : members) {
            List<String> expected = List.of(expected(members, member.watched()));
            for (Watcher.Seen seen : member.watcher().seen()) {
                if (seen.atNanos() - gatheredNanos > 0
                        && found.size() < NAMED_MAX
                        && !addresses(seen.hosts()).containsAll(expected)) {
                    found.add(member.ip() + " was told of " + member.watched() + " after " + seen.since(gatheredNanos)
                            + ": " + addresses(seen.hosts()) + " of " + expected);
                }
            }
        }
        return found;
    }

    /** How many lists subscribers were told in all. */
    long told() {
        return members.stream()
                .mapToLong(member -> member.watcher().seen().size())
                .sum();
    }

    /** X14: this node has marked nobody as expired since its process started. */
    void nobodyWasTakenForDead(ClusterNode node) {
        HttpRequest request = HttpRequest.newBuilder(node.uri("/metrics"))
                .timeout(Duration.ofSeconds(5))
                .build();
        try {
            assertThat(http.send(request, BodyHandlers.ofString()).body().lines())
                    .as("meters of %s", node)
                    .contains("muster_distro_marked_expired_total 0.0");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while asking " + node, e);
        }
    }

    /** One instance more in each service: subscriptions have outlived it all. Tells how long it took until all knew. */
    Duration everySubscriberHearsOfNewcomers() {
        long start = System.nanoTime();
        try {
            for (int service = 0; service < services; service++) {
                members.get(0).client().naming().registerInstance("crowd-" + service, newcomer(service), PORT);
            }
        } catch (NacosException e) {
            throw new AssertionError("no node took the registration", e);
        }
        await("every subscriber hears of the newcomer")
                .atMost(HEARD)
                .until(() -> members.stream()
                        .allMatch(member -> member.watcher()
                                .first(hosts -> addresses(hosts)
                                        .contains(newcomer(Integer.parseInt(
                                                        member.watched().substring("crowd-".length())))
                                                + ":" + PORT))
                                .isPresent()));
        return Duration.ofNanos(System.nanoTime() - start);
    }

    private static String newcomer(int service) {
        return "10.7." + service / 250 + "." + (1 + service % 250);
    }

    /** All at once: each waits for its own threads for seconds. */
    @Override
    public void close() {
        inParallel(members.size(), members, member -> {
            member.client().close();
            return member;
        });
    }

    private interface Step<I, O> {
        O take(I input) throws NacosException;
    }

    private static <I, O> List<O> inParallel(int atOnce, List<I> inputs, Step<I, O> step) {
        ExecutorService executor = Executors.newFixedThreadPool(atOnce);
        try {
            return inputs.stream()
                    .map(input -> CompletableFuture.supplyAsync(
                            () -> {
                                try {
                                    return step.take(input);
                                } catch (NacosException e) {
                                    throw new AssertionError("client of " + input, e);
                                }
                            },
                            executor))
                    .toList()
                    .stream()
                    .map(CompletableFuture::join)
                    .toList();
        } finally {
            executor.shutdown();
        }
    }
}
