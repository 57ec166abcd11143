package io.muster.server;

import io.muster.testkit.net.FreePorts;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Several servers in this JVM that list each other by {@code --members}; numbered from 1. */
public final class TestCluster implements AutoCloseable {

    /** Where one member is reached. */
    private record Place(int port, int peerPort) {

        String line() {
            return "127.0.0.1:" + port + "?peer_port=" + peerPort;
        }
    }

    /** Quicker than in production: a test is not to wait for seconds, neither for who is dead nor for who has not started yet. */
    private static final List<String> QUICK = List.of("--member.probe-interval-ms=50", "--distro.load-wait-ms=200");

    private final Path directory;
    private final List<String> options;
    private final List<Place> places;
    private final List<TestServer> servers = new ArrayList<>();

    private TestCluster(Path directory, List<Place> places, String... options) {
        this.directory = directory;
        this.places = places;
        this.options = List.of(options);
    }

    /** Starts all of them; each is ready when this returns, though they may not have heard of each other. */
    public static TestCluster start(Path directory, int size, String... options) {
        TestCluster cluster = planned(directory, size, options);
        try {
            for (int number = 1; number <= size; number++) {
                cluster.start(number);
            }
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
        return cluster;
    }

    /** Chooses ports and starts nobody. */
    public static TestCluster planned(Path directory, int size, String... options) {
        FreePorts ports = new FreePorts(new Random());
        InetAddress loopback = InetAddress.getLoopbackAddress();
        List<Place> places = Stream.generate(() -> new Place(ports.next(loopback), ports.next(loopback)))
                .limit(size)
                .toList();
        return new TestCluster(directory, places, options);
    }

    /** The arguments of a member's command line, but for the directory. */
    List<String> arguments(int number) {
        Place place = places.get(number - 1);
        List<String> arguments = new ArrayList<>(QUICK);
        arguments.add("--port=" + place.port());
        arguments.add("--peer-port=" + place.peerPort());
        arguments.add("--members=" + places.stream().map(Place::line).collect(Collectors.joining(",")));
        arguments.addAll(options);
        return arguments;
    }

    Path directory(int number) {
        return directory.resolve("n" + number);
    }

    /** Starts one that does not run. */
    public TestServer start(int number) {
        TestServer server =
                TestServer.start(directory(number), arguments(number).toArray(String[]::new));
        servers.add(server);
        return server;
    }

    /** A member that runs. */
    public TestServer node(int number) {
        int port = places.get(number - 1).port();
        return servers.stream()
                .filter(server -> server.server().port() == port)
                .reduce((before, last) -> last)
                .orElseThrow();
    }

    /** {@code 127.0.0.1:port}. */
    public String name(int number) {
        return "127.0.0.1:" + places.get(number - 1).port();
    }

    public int peerPort(int number) {
        return places.get(number - 1).peerPort();
    }

    @Override
    public void close() {
        servers.forEach(TestServer::close);
    }
}
