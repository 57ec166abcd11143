package io.muster.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.muster.testkit.net.NodeAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * One node of a cluster through the lives of its processes: a name of the test's, an address, a data directory, a
 * member list. Driven by the thread that drives the cluster; {@link #address} and {@link #memberList} may be read by any.
 */
public final class ClusterNode {

    private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(5);
    private static final int TAIL_LINES = 40;

    private final ServerCluster cluster;
    private final String name;
    private final Path directory;

    /** Those before the last have ended. */
    private final List<ServerProcess> processes = new ArrayList<>();

    private volatile NodeAddress address;
    private volatile List<String> memberList = List.of();
    private boolean listed = true;
    private boolean paused;
    private Optional<Path> jar = Optional.empty();

    ClusterNode(ServerCluster cluster, String name, Path directory, NodeAddress address) {
        this.cluster = cluster;
        this.name = name;
        this.directory = directory;
        this.address = address;
    }

    public String name() {
        return name;
    }

    public NodeAddress address() {
        return address;
    }

    void address(NodeAddress newAddress) {
        assertThat(isRunning()).as("%s runs while its address changes", name).isFalse();
        address = newAddress;
    }

    public Path dataDirectory() {
        return directory.resolve("data");
    }

    public Path clusterConf() {
        return directory.resolve("cluster.conf");
    }

    /** Another version of the server than the others', from its next start on; empty for theirs. */
    public ClusterNode runs(Optional<Path> otherJar) {
        jar = otherJar;
        return this;
    }

    Optional<Path> jar() {
        return jar;
    }

    boolean isListed() {
        return listed;
    }

    void listed(boolean nowListed) {
        listed = nowListed;
    }

    /** A URL on this node. */
    public URI uri(String path) {
        return URI.create(address.url() + path);
    }

    /** Whether its process lives, paused or not. */
    public boolean isRunning() {
        return !processes.isEmpty() && process().isAlive();
    }

    public boolean isPaused() {
        return paused;
    }

    /** Its last process. */
    public ServerProcess process() {
        assertThat(processes).as("%s has been started", name).isNotEmpty();
        return processes.get(processes.size() - 1);
    }

    /** Starts it and does not wait. */
    public ClusterNode start() {
        assertThat(isRunning()).as("%s runs already", name).isFalse();
        paused = false;
        processes.add(cluster.launcherOf(this).start());
        return this;
    }

    public ClusterNode awaitReady() {
        process().awaitReady();
        return this;
    }

    /** SIGKILL, if it runs. */
    public ClusterNode kill() {
        if (isRunning()) {
            process().kill();
        }
        paused = false;
        return this;
    }

    /** SIGTERM, as an operator stops it, and waits for the end. */
    public ClusterNode stop() {
        assertThat(paused).as("%s is paused and can't hear SIGTERM", name).isFalse();
        int exitCode = process().terminate();
        assertThat(exitCode).as("exit code: %s", report()).isZero();
        return this;
    }

    /** Stops it if it runs, starts it, waits until it is ready. */
    public ClusterNode restart() {
        if (isRunning()) {
            stop();
        }
        return start().awaitReady();
    }

    /** SIGSTOP: its sockets stay open, and nothing answers. */
    public ClusterNode pause() {
        process().signal("STOP");
        paused = true;
        return this;
    }

    /** SIGCONT. */
    public ClusterNode resume() {
        process().signal("CONT");
        paused = false;
        return this;
    }

    /** Empties its data directory; it must not run. */
    public ClusterNode wipe() {
        return wiped(dataDirectory());
    }

    /** Deletes a part of its data directory, by its name there; it must not run. */
    public ClusterNode wipe(String part) {
        return wiped(dataDirectory().resolve(part));
    }

    private ClusterNode wiped(Path wiped) {
        assertThat(isRunning()).as("%s runs while its data is wiped", name).isFalse();
        if (!Files.exists(wiped)) {
            return this;
        }
        try (Stream<Path> files = Files.walk(wiped)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Moves it, with its data, to another address; stops and starts it if it runs. All member lists follow. */
    public ClusterNode moveTo(NodeAddress newAddress) {
        move(Map.of(this, newAddress));
        return this;
    }

    /** Each takes the other's address and keeps its own data; those that run are stopped and started. */
    public ClusterNode exchangeAddressesWith(ClusterNode other) {
        Map<ClusterNode, NodeAddress> moves = new LinkedHashMap<>();
        moves.put(this, other.address);
        moves.put(other, address);
        move(moves);
        return this;
    }

    private void move(Map<ClusterNode, NodeAddress> moves) {
        List<ClusterNode> running =
                moves.keySet().stream().filter(ClusterNode::isRunning).toList();
        running.forEach(ClusterNode::stop);
        cluster.move(moves);
        running.forEach(ClusterNode::start);
        running.forEach(ClusterNode::awaitReady);
    }

    /** The lines that it was given last. */
    public List<String> memberList() {
        return memberList;
    }

    /** Gives it these lines for a member list, in its cluster.conf at once, and as an option when it starts. */
    public ClusterNode writeMemberList(List<String> lines) {
        memberList = List.copyOf(lines);
        return writeClusterConf(String.join("\n", lines) + "\n");
    }

    /** Puts any text in place of its cluster.conf, by renaming. */
    public ClusterNode writeClusterConf(String content) {
        try {
            Files.createDirectories(directory);
            Path fresh = directory.resolve("cluster.conf.new");
            Files.writeString(fresh, content);
            Files.move(fresh, clusterConf(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * What {@code GET /nacos/v1/core/cluster/nodes} says of each member here: its state (UP, SUSPICIOUS, DOWN), by the
     * name of the node that has this address.
     */
    public Map<String, String> memberStates() {
        Map<String, String> names = new TreeMap<>();
        cluster.nodes().forEach(node -> names.put(node.address().name(), node.name()));
        Map<String, String> states = new TreeMap<>();
        for (JsonNode member : get("/nacos/v1/core/cluster/nodes").path("data")) {
            String memberName = member.path("address").asText();
            states.put(
                    names.getOrDefault(memberName, memberName),
                    member.path("state").asText());
        }
        return states;
    }

    /** Asks it for JSON; an answer other than 200 is an error. */
    public JsonNode get(String path) {
        try {
            return new ObjectMapper().readTree(text(path));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(name + " asked for " + path, e);
        }
    }

    /** The sum of a meter over all its series, by its Prometheus name; a meter that is not there is an error. */
    public double meter(String meter) {
        List<String> series = text("/metrics")
                .lines()
                .filter(line -> line.startsWith(meter + " ") || line.startsWith(meter + "{"))
                .toList();
        assertThat(series).as("series of %s at %s", meter, name).isNotEmpty();
        return series.stream()
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    /** Asks it for text; an answer other than 200 is an error. */
    public String text(String path) {
        HttpResponse<String> response = ask("GET", path);
        assertThat(response.statusCode())
                .as("%s asked for %s: %s", name, path, response.body())
                .isEqualTo(200);
        return response.body();
    }

    /** Asks it, and gives the answer whatever its status. */
    public HttpResponse<String> ask(String method, String path) {
        HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        HttpRequest request = HttpRequest.newBuilder(uri(path))
                .timeout(ANSWERS_WITHIN)
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build();
        try {
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(name + " asked for " + path, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while asking " + name, e);
        }
    }

    /** All that all its processes wrote. */
    public String log() {
        StringBuilder log = new StringBuilder();
        processes.forEach(process -> log.append(process).append('\n'));
        return log.toString();
    }

    void saveLog(Path logDirectory) {
        try {
            Files.createDirectories(logDirectory);
            Files.writeString(logDirectory.resolve(name + ".log"), log());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** State and last lines, for failure messages. */
    public String report() {
        List<String> lines = log().lines().toList();
        List<String> tail = lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size());
        String state = processes.isEmpty() ? "never started" : paused ? "paused" : isRunning() ? "runs" : "ended";
        return "=== " + name + " at " + address.name() + " (peers " + address.peerPort() + "): " + state + ", "
                + processes.size() + " processes so far; the last of " + lines.size() + " lines:\n"
                + String.join("\n", tail);
    }

    @Override
    public String toString() {
        return name;
    }
}
