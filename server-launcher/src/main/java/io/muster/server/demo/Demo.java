package io.muster.server.demo;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A cluster of three at work, told step by step: it starts on loopback, takes registrations on every node, shows them on every node, loses its leader,
 * goes on, and gets it back. Everything lies in a directory of its own, which goes when the demo does.
 */
public final class Demo implements AutoCloseable {

    private static final int NODES = 3;
    private static final String INSTANCE = "/nacos/v1/ns/instance?serviceName=shop&port=8080&ip=10.0.0.";
    private static final String BEAT = "/nacos/v1/ns/instance/beat?serviceName=shop&port=8080&ip=10.0.0.";
    private static final String LIST = "/nacos/v1/ns/instance/list?serviceName=";
    private static final String DECLARED =
            "/nacos/v1/ns/instance?serviceName=database&ephemeral=false&port=5432&ip=10.0.1.";

    /** Beats as seldom as Nacos clients send them. */
    private static final Duration BEAT_EVERY = Duration.ofSeconds(5);

    private static final Duration LOOK_EVERY = Duration.ofMillis(50);

    /** Three servers that start at once on a slow machine. */
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    private static final int PORTS_FROM = 12_000;
    private static final int PORTS_TO = 32_000;
    private static final int PORT_ATTEMPTS_MAX = 100;

    private final PrintWriter out;
    private final List<String> java;
    private final Path directory;
    private final List<DemoNode> nodes = new ArrayList<>();

    /** Clients of 'shop' that beat. */
    private volatile int registered;

    private final ScheduledExecutorService clients = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "muster-demo-clients");
        thread.setDaemon(true);
        return thread;
    });
    private final List<Step> steps = new ArrayList<>();
    private final Thread cleaning = new Thread(this::cleanUp, "muster-demo-cleaning");

    private record Step(String what, String outcome, long millis) {}

    /**
     * Chooses ports and a directory; starts nothing.
     *
     * @param out where the story goes
     * @param java command and options that run this program's jar
     */
    public Demo(PrintWriter out, List<String> java) throws IOException {
        this.out = out;
        this.java = java;
        this.directory = Files.createTempDirectory("muster-demo");
        List<Integer> ports = freePorts(2 * NODES);
        for (int i = 0; i < NODES; i++) {
            nodes.add(new DemoNode("n" + (i + 1), ports.get(2 * i), ports.get(2 * i + 1), directory));
        }
        Runtime.getRuntime().addShutdownHook(cleaning);
    }

    /** Below those from which the system takes the ports of outgoing connections: a server that is started again must find its own free. */
    private static List<Integer> freePorts(int count) throws IOException {
        List<ServerSocket> sockets = new ArrayList<>();
        Random random = new Random();
        try {
            for (int attempt = 0; sockets.size() < count; attempt++) {
                try {
                    sockets.add(new ServerSocket(
                            random.nextInt(PORTS_FROM, PORTS_TO), 1, InetAddress.getLoopbackAddress()));
                } catch (BindException e) {
                    if (attempt >= PORT_ATTEMPTS_MAX) {
                        throw e;
                    }
                }
            }
            return sockets.stream().map(ServerSocket::getLocalPort).toList();
        } finally {
            for (ServerSocket socket : sockets) {
                socket.close();
            }
        }
    }

    /** Tells the story. Says whether it went as it should. */
    public boolean run() throws IOException {
        try {
            startAll();
            register();
            declare();
            loseTheLeader();
            comeBack();
            summary();
            return true;
        } catch (IllegalStateException e) {
            say("");
            say("the demo failed: " + e.getMessage());
            nodes.forEach(this::showEndOfLog);
            return false;
        }
    }

    private void startAll() throws IOException {
        say("Three servers on this machine, which list each other:");
        for (DemoNode node : nodes) {
            say("  " + node.name() + "  http://" + node.address());
            node.start(java, members());
        }
        long millis = until("all three see each other UP", () -> nodes.stream().allMatch(this::seesAllUp));
        note("start three servers", "all see each other UP", millis);
    }

    private String members() {
        return nodes.stream().map(DemoNode::line).collect(Collectors.joining(","));
    }

    private boolean seesAllUp(DemoNode node) {
        DemoNode.Answer answer = node.get("/nacos/v1/core/cluster/simple/nodes");
        return node.get("/readyz").ok()
                && answer.ok()
                && nodes.stream().allMatch(other -> answer.body().contains('"' + other.address() + '"'));
    }

    private void register() {
        say("");
        say("A client of 'shop' registers at each server, and beats every " + BEAT_EVERY.toSeconds()
                + " s from now on:");
        for (int i = 1; i <= NODES; i++) {
            require("POST " + INSTANCE + i, nodes.get(i - 1).ask("POST", INSTANCE + i));
        }
        registered = NODES;
        clients.scheduleAtFixedRate(this::beat, BEAT_EVERY.toSeconds(), BEAT_EVERY.toSeconds(), TimeUnit.SECONDS);
        long millis =
                until("every server lists the three", () -> running().allMatch(node -> hosts(node, "shop") == NODES));
        show("shop");
        note("register at each server", "every server lists all three", millis);
    }

    /** Each client that has registered beats at the first server that answers, as a client with three addresses does. */
    private void beat() {
        for (int i = 1; i <= registered; i++) {
            String path = BEAT + i;
            for (DemoNode node : nodes) {
                if (node.runs() && node.ask("PUT", path).ok()) {
                    break;
                }
            }
        }
    }

    private void declare() {
        say("");
        long millis = until("the three found a Raft group", () -> leader().isPresent());
        DemoNode leader = leader().orElseThrow();
        DemoNode other =
                nodes.stream().filter(node -> node != leader).findFirst().orElseThrow();
        say(leader.name() + " leads the Raft group. An admin declares a 'database' at " + other.name()
                + ", which passes it on:");
        millis += until(
                "the declaration is taken",
                () -> other.ask("POST", DECLARED + 1).ok());
        millis += until("every server lists it", () -> running().allMatch(node -> hosts(node, "database") == 1));
        show("database");
        note("declare a persistent instance", "on disk on a majority, listed by every server", millis);
    }

    private void loseTheLeader() {
        DemoNode leader = leader().orElseThrow();
        say("");
        say(leader.name() + " is killed (kill -9).");
        leader.kill();
        List<DemoNode> left = running().toList();
        long registering = until(
                "a registration is taken",
                () -> left.get(0).ask("POST", INSTANCE + (NODES + 1)).ok());
        registered = NODES + 1;
        registering += until("both list it", () -> left.stream().allMatch(node -> hosts(node, "shop") == NODES + 1));
        note("kill the leader, register at " + left.get(0).name(), "both others list it", registering);
        long declared = until(
                "a declaration is taken",
                () -> left.get(1).ask("POST", DECLARED + 2).ok());
        declared += until("both list it", () -> left.stream().allMatch(node -> hosts(node, "database") == 2));
        note(
                "declare another persistent instance",
                leader().map(DemoNode::name).orElse("somebody") + " leads now; both list it",
                declared);
        show("shop");
        show("database");
    }

    private void comeBack() throws IOException {
        DemoNode back = nodes.stream().filter(node -> !node.runs()).findFirst().orElseThrow();
        say("");
        say(back.name() + " starts again, with the data that it had.");
        back.start(java, members());
        long millis = until(
                back.name() + " knows what it missed",
                () -> back.get("/readyz").ok() && hosts(back, "shop") == NODES + 1 && hosts(back, "database") == 2);
        show("shop");
        show("database");
        note("start " + back.name() + " again", "it lists what it missed", millis);
    }

    private Stream<DemoNode> running() {
        return nodes.stream().filter(DemoNode::runs);
    }

    /** Who leads, if all that run agree. */
    private Optional<DemoNode> leader() {
        List<String> ids = running()
                .map(node -> field(node.get("/nacos/v1/ns/raft/state"), "leader"))
                .distinct()
                .toList();
        if (ids.size() != 1 || ids.get(0).isEmpty()) {
            return Optional.empty();
        }
        return running()
                .filter(node ->
                        field(node.get("/nacos/v1/ns/raft/state"), "nodeId").equals(ids.get(0)))
                .findFirst();
    }

    private static String field(DemoNode.Answer answer, String field) {
        try {
            Optional<String> value = answer.ok()
                    ? Optional.ofNullable(new JsonObject(answer.body()).getString(field))
                    : Optional.empty();
            return value.orElse("");
        } catch (DecodeException e) {
            return "";
        }
    }

    private static int hosts(DemoNode node, String service) {
        DemoNode.Answer answer = node.get(LIST + service);
        try {
            return answer.ok()
                    ? new JsonObject(answer.body()).getJsonArray("hosts").size()
                    : -1;
        } catch (DecodeException e) {
            return -1;
        }
    }

    private void show(String service) {
        running().forEach(node -> {
            String hosts = new JsonObject(node.get(LIST + service).body())
                    .getJsonArray("hosts").stream()
                            .map(JsonObject.class::cast)
                            .map(host -> host.getString("ip") + ":" + host.getInteger("port"))
                            .sorted()
                            .collect(Collectors.joining(", "));
            say("  " + node.name() + " lists " + service + ": " + hosts);
        });
    }

    private static void require(String what, DemoNode.Answer answer) {
        if (!answer.ok()) {
            throw new IllegalStateException(what + " was answered " + answer.status() + ": " + answer.body());
        }
    }

    /** Waits; says for how many milliseconds. */
    private static long until(String what, BooleanSupplier holds) {
        long start = System.nanoTime();
        while (!holds.getAsBoolean()) {
            if (System.nanoTime() - start > PATIENCE.toNanos()) {
                throw new IllegalStateException(PATIENCE.toSeconds() + " s have passed, and it is not so that " + what);
            }
            LockSupport.parkNanos(LOOK_EVERY.toNanos());
        }
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    }

    private void note(String what, String outcome, long millis) {
        steps.add(new Step(what, outcome, millis));
    }

    private void summary() {
        say("");
        say("What happened, and how long it took:");
        int what = steps.stream().mapToInt(step -> step.what().length()).max().orElse(0);
        int outcome =
                steps.stream().mapToInt(step -> step.outcome().length()).max().orElse(0);
        for (Step step : steps) {
            say(String.format(
                    "  %-" + what + "s  %-" + outcome + "s  %,6d ms", step.what(), step.outcome(), step.millis()));
        }
    }

    private void showEndOfLog(DemoNode node) {
        try {
            List<String> lines = Files.readAllLines(directory.resolve(node.name() + ".log"));
            say("--- the end of the log of " + node.name());
            lines.subList(Math.max(0, lines.size() - 10), lines.size()).forEach(this::say);
        } catch (IOException | UncheckedIOException e) {
            say("--- " + node.name() + " has no log");
        }
    }

    private void say(String line) {
        out.println(line);
        out.flush();
    }

    /** Stops the servers and removes their directory, if the process was not told to end before. */
    @Override
    public void close() {
        cleanUp();
        try {
            Runtime.getRuntime().removeShutdownHook(cleaning);
        } catch (IllegalStateException e) {
            // The process is ending: the hook has done, or is doing, the same.
        }
    }

    private synchronized void cleanUp() {
        clients.shutdownNow();
        nodes.forEach(DemoNode::kill);
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException | UncheckedIOException e) {
            // Gone already, or the system's own cleaning of temporary files has it.
        }
    }
}
