package io.muster.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.muster.testkit.net.ClusterNetwork;
import io.muster.testkit.net.Link;
import io.muster.testkit.net.LoopbackNetwork;
import io.muster.testkit.net.NodeAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

/**
 * Server processes that form a cluster, and the network between them. Made by {@link ClusterLauncher}; close it, or the
 * test leaves processes behind.
 *
 * <p>One thread drives it. {@link #urls} and the nodes' addresses may be read by any, so that load can follow a cluster
 * that changes.
 */
public final class ServerCluster implements AutoCloseable {

    /** Exit code of a server whose port is taken. */
    private static final int PORT_TAKEN = 69;

    private static final int START_ATTEMPTS_MAX = 5;

    /** Three probes, a second apart, bring a member back; a slow machine and reconnecting take longer. */
    private static final Duration UP_WITHIN = Duration.ofSeconds(30);

    private final ClusterLauncher launcher;
    private final ClusterNetwork network;
    private final String secret = UUID.randomUUID().toString();
    private final List<ClusterNode> nodes = new CopyOnWriteArrayList<>();

    private ServerCluster(ClusterLauncher launcher, ClusterNetwork network) {
        this.launcher = launcher;
        this.network = network;
    }

    static ServerCluster prepare(ClusterLauncher launcher) {
        ServerCluster cluster = new ServerCluster(launcher, launcher.network().get());
        for (int i = 0; i < launcher.nodeCount(); i++) {
            cluster.join();
        }
        cluster.rewriteMemberLists();
        return cluster;
    }

    private ClusterNode join() {
        String name = "n" + (nodes.size() + 1);
        NodeAddress address = network.newAddress();
        network.settle(name, address);
        ClusterNode node = new ClusterNode(this, name, launcher.directory().resolve(name), address);
        nodes.add(node);
        return node;
    }

    ServerCluster startAll() {
        for (int attempt = 1; ; attempt++) {
            nodes.forEach(ClusterNode::start);
            List<ClusterNode> failed = nodes.stream()
                    .filter(node -> !node.process().becomesReady())
                    .toList();
            if (failed.isEmpty()) {
                return this;
            }
            boolean portsTaken =
                    failed.stream().allMatch(node -> node.process().exitCode().equals(OptionalInt.of(PORT_TAKEN)));
            assertThat(portsTaken && attempt < START_ATTEMPTS_MAX)
                    .as("only taken ports keep servers from starting, and not for ever: %s", report(failed))
                    .isTrue();
            nodes.forEach(ClusterNode::kill);
            nodes.forEach(ClusterNode::wipe);
            moveAllTo(nodes.stream().map(node -> network.newAddress()).toList());
        }
    }

    /** Waits until every node that runs sees every node that runs UP. */
    public ServerCluster awaitAllUp() {
        List<ClusterNode> running =
                nodes.stream().filter(ClusterNode::isRunning).toList();
        await("every node sees every other UP")
                .atMost(UP_WITHIN)
                .ignoreExceptions()
                .until(() -> running.stream().allMatch(node -> {
                    Map<String, String> states = node.memberStates();
                    return running.stream().allMatch(other -> "UP".equals(states.get(other.name())));
                }));
        return this;
    }

    public ClusterNode node(String name) {
        return nodes.stream()
                .filter(node -> node.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no node " + name + " among " + nodes));
    }

    public List<ClusterNode> nodes() {
        return List.copyOf(nodes);
    }

    /** Where clients reach the nodes, dead or alive, as they are now. */
    public List<URI> urls() {
        return nodes.stream().map(node -> URI.create(node.address().url())).toList();
    }

    public ClusterNetwork network() {
        return network;
    }

    /** The secret that the members share; none when they stand alone. */
    public String secret() {
        return secret;
    }

    /** The way of bytes between two nodes, for faults beside cuts. Only where proxies join the nodes. */
    public Link link(String from, String to) {
        if (network instanceof LoopbackNetwork loopback) {
            return loopback.proxies().link(from, to);
        }
        throw new IllegalStateException("this cluster's network has no proxies: cut() is all it can do");
    }

    /** Cuts nodes off: {@code cluster.cut("n1").from("n2")}, or one way only. */
    public Cut cut(String... names) {
        return new Cut(network, allNames(), existing(names));
    }

    /** Cuts every node of one side from every node of the other: {@code cluster.partition("n1").from("n2", "n3")}. */
    public Cut partition(String... names) {
        return cut(names);
    }

    /** Cuts a node from all others, both ways. */
    public void isolate(String name) {
        cut(name).fromAllOthers();
    }

    /** Mends all links. */
    public void heal() {
        network.heal();
    }

    private List<String> existing(String... names) {
        return Arrays.stream(names).map(name -> node(name).name()).toList();
    }

    private List<String> allNames() {
        return nodes.stream().map(ClusterNode::name).toList();
    }

    /** A node more, with an empty directory, in everybody's member list; not started. */
    public ClusterNode addNode() {
        ClusterNode node = join();
        rewriteMemberLists();
        return node;
    }

    /** A node more, with an empty directory, in its own member list; the others' follow one by one, by {@link #rewriteMemberList}. Not started. */
    public ClusterNode addNodeUnannounced() {
        ClusterNode node = join();
        rewriteMemberList(node);
        return node;
    }

    /** Takes a node out of everybody's member list but its own; it goes on running. */
    public void unlist(String name) {
        unlistUnannounced(name);
        rewriteMemberLists();
    }

    /** Takes a node out of the lists that are written from now on, but its own. */
    public void unlistUnannounced(String name) {
        node(name).listed(false);
    }

    /** Gives every node its list of all listed nodes; what a test wrote in their place is gone. */
    public void rewriteMemberLists() {
        nodes.forEach(this::rewriteMemberList);
    }

    /** Gives one node its list of all listed nodes. */
    public void rewriteMemberList(ClusterNode reader) {
        reader.writeMemberList(memberList(reader));
    }

    private List<String> memberList(ClusterNode reader) {
        return nodes.stream()
                .filter(node -> node.isListed() || node == reader)
                .map(node -> network.memberLine(reader.name(), node.address()))
                .distinct() // a node may have taken the address of one that is dead
                .toList();
    }

    /**
     * Stops all that run, gives every node an address nobody had yet, keeps their data, and starts them again: X11.
     *
     * @return how long after the start all of them were ready
     */
    public Duration onNewAddresses() {
        List<ClusterNode> running =
                nodes.stream().filter(ClusterNode::isRunning).toList();
        running.forEach(ClusterNode::stop);
        moveAllTo(nodes.stream().map(node -> network.newAddress()).toList());
        long startNanos = System.nanoTime();
        running.forEach(ClusterNode::start);
        running.forEach(ClusterNode::awaitReady);
        return Duration.ofNanos(System.nanoTime() - startNanos);
    }

    private void moveAllTo(List<NodeAddress> addresses) {
        Map<ClusterNode, NodeAddress> moves = new LinkedHashMap<>();
        for (int i = 0; i < addresses.size(); i++) {
            moves.put(nodes.get(i), addresses.get(i));
        }
        move(moves);
    }

    /** Each of these nodes lives elsewhere from its next start on; all lists follow. */
    void move(Map<ClusterNode, NodeAddress> moves) {
        moves.forEach((node, address) -> {
            node.address(address);
            network.settle(node.name(), address);
        });
        rewriteMemberLists();
    }

    /** The launcher of one node's next process. */
    ServerLauncher launcherOf(ClusterNode node) {
        NodeAddress address = node.address();
        ServerLauncher template = launcher.template();
        ServerLauncher server = node.jar()
                .map(template::jar)
                .orElse(template)
                .prefix(network.commandPrefix(node.name()))
                .dataDirectory(node.dataDirectory())
                .port(address.port())
                .options("--host", address.host())
                .options(launcher.ownOptions().apply(node).toArray(String[]::new));
        return switch (launcher.lists()) {
            case NONE -> server;
            case LATER ->
                clustered(server, address)
                        .options("--cluster-conf", node.clusterConf().toString());
            case FILE ->
                clustered(server, address)
                        .options(
                                "--lookup",
                                "file",
                                "--cluster-conf",
                                node.clusterConf().toString());
            case OPTION -> clustered(server, address).options("--members", String.join(",", node.memberList()));
        };
    }

    private ServerLauncher clustered(ServerLauncher server, NodeAddress address) {
        return server.environment("MUSTER_CLUSTER_SECRET", secret)
                .options("--peer-port", Integer.toString(address.peerPort()), "--advertise", address.name());
    }

    /** What the nodes said last, for failure messages. */
    public String report() {
        return report(nodes);
    }

    private static String report(Collection<ClusterNode> nodes) {
        return nodes.stream().map(ClusterNode::report).collect(Collectors.joining("\n"));
    }

    /** Writes everything that every node has said to files {@code n1.log}, …. */
    public void saveLogs(Path directory) {
        nodes.forEach(node -> node.saveLog(directory));
    }

    /** Kills all processes and takes the network down. */
    @Override
    public void close() {
        List<Throwable> failures = new ArrayList<>();
        List<Runnable> steps = new ArrayList<>();
        nodes.forEach(node -> steps.add(node::kill));
        steps.add(network::close);
        for (Runnable step : steps) {
            try {
                step.run();
            } catch (RuntimeException | AssertionError e) {
                failures.add(e);
            }
        }
        if (!failures.isEmpty()) {
            AssertionError all = new AssertionError("the cluster was not taken down wholly", failures.get(0));
            failures.stream().skip(1).forEach(all::addSuppressed);
            throw all;
        }
    }
}
