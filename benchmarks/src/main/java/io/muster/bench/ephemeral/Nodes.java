package io.muster.bench.ephemeral;

import io.muster.bench.cluster.Patience;
import io.muster.bench.process.Http;
import io.muster.bench.process.RunningProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A cluster of servers on loopback that share one member file, so that a node can join. Closing ends them and deletes their data. */
final class Nodes implements AutoCloseable {

    /** So that nothing that is measured is disturbed by instances that expire; the longest that servers grant. */
    static final List<String> LONGEST_LEASES =
            List.of("--naming.unhealthy-after-ms=3600000", "--naming.remove-after-ms=3600000");

    private record Place(int port, int peerPort) {

        static Place free() {
            return new Place(RunningProcess.freePort(), RunningProcess.freePort());
        }

        String line() {
            return "127.0.0.1:" + port + "?peer_port=" + peerPort;
        }
    }

    private final Path directory;
    private final List<String> options;
    private final String heap;
    private final List<Place> places = new ArrayList<>();
    private final List<Node> nodes = new ArrayList<>();

    private Nodes(Path directory, String heap, List<String> options) {
        this.directory = directory;
        this.heap = heap;
        this.options = options;
    }

    /**
     * This many servers that see each other and serve.
     *
     * @param heap the {@code -Xmx} of each
     * @param options of each, beside those that make them a cluster
     */
    static Nodes start(int count, String heap, List<String> options) {
        Nodes cluster = new Nodes(temporaryDirectory(), heap, options);
        try {
            for (int i = 0; i < count; i++) {
                cluster.places.add(Place.free());
            }
            cluster.writeMembers();
            for (Place place : cluster.places) {
                cluster.launch(place);
            }
            cluster.awaitTogether();
            return cluster;
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    /** One server more, in everybody's list, just started. */
    Node join() {
        Place place = Place.free();
        places.add(place);
        writeMembers();
        return launch(place);
    }

    private Node launch(Place place) {
        List<String> all = new ArrayList<>(List.of(
                "--host",
                "127.0.0.1",
                "--advertise",
                "127.0.0.1:" + place.port(),
                "--lookup",
                "file",
                "--cluster-conf",
                memberFile().toString(),
                "--peer-port",
                Integer.toString(place.peerPort())));
        all.addAll(options);
        RunningProcess process = RunningProcess.startMuster(
                place.port(), Map.of("MUSTER_JAVA_OPTS", "-Xmx" + heap), all.toArray(String[]::new));
        Node node = new Node("n" + (nodes.size() + 1), process, new Http(place.port()));
        nodes.add(node);
        return node;
    }

    /** Waits until each is ready and takes all others for alive. */
    void awaitTogether() {
        for (Node node : nodes) {
            Patience.until(
                    node.name() + " serves",
                    () -> node.http().accepted("GET", "/nacos/v1/ns/distro/status")
                            && node.status().getBoolean("ready")
                            && node.peersAlive() == nodes.size() - 1);
        }
    }

    /** Waits until all hold the same, of this many instances. */
    void awaitEqual(long records, Duration longest) {
        Patience.until(
                "all nodes hold the same " + records + " records",
                longest,
                () -> nodes.stream().allMatch(node -> node.records() == records)
                        && nodes.stream().map(Node::digest).distinct().count() == 1);
    }

    /** Waits until all hold the same. */
    void awaitEqual(Duration longest) {
        Patience.until(
                "all nodes hold the same",
                longest,
                () -> nodes.stream().map(Node::digest).distinct().count() == 1);
    }

    List<Node> all() {
        return List.copyOf(nodes);
    }

    List<Integer> ports() {
        return ports(nodes);
    }

    static List<Integer> ports(List<Node> nodes) {
        return nodes.stream().map(Node::port).toList();
    }

    List<Long> pids() {
        return nodes.stream().map(Node::pid).toList();
    }

    private Path memberFile() {
        return directory.resolve("cluster.conf");
    }

    private void writeMembers() {
        try {
            Path fresh = Files.writeString(
                    directory.resolve("cluster.conf.new"),
                    places.stream().map(Place::line).collect(Collectors.joining("\n", "", "\n")));
            Files.move(fresh, memberFile(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path temporaryDirectory() {
        try {
            return Files.createTempDirectory("muster-bench-members");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        nodes.forEach(Node::close);
        try {
            for (Path file : Arrays.asList(memberFile(), directory)) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
