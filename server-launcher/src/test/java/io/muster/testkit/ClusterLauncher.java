package io.muster.testkit;

import io.muster.testkit.net.ClusterNetwork;
import io.muster.testkit.net.LoopbackNetwork;
import io.muster.testkit.net.NetworkNamespaces;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * How to start a cluster of server processes. Immutable; each method gives a changed copy.
 *
 * @param directory holds a directory for each node: its data, its member list
 * @param nodeCount named n1, n2, …
 * @param lists how they are told of one another
 * @param network made anew for each cluster, which closes it
 * @param template of each server: options and environment; address, data directory and members are the cluster's to
 *     give
 * @param ownOptions of one node, beside those of all; asked for at each start
 */
public record ClusterLauncher(
        Path directory,
        int nodeCount,
        MemberLists lists,
        Supplier<ClusterNetwork> network,
        ServerLauncher template,
        Function<ClusterNode, List<String>> ownOptions) {

    /** This many small servers on loopback, told of one another by files, joined by proxies. */
    public static ClusterLauncher of(int nodeCount, Path directory) {
        return new ClusterLauncher(
                directory,
                nodeCount,
                MemberLists.FILE,
                () -> LoopbackNetwork.open(new Random()),
                ServerLauncher.in(directory).small(),
                node -> List.of());
    }

    public ClusterLauncher lists(MemberLists newLists) {
        return new ClusterLauncher(directory, nodeCount, newLists, network, template, ownOptions);
    }

    /**
     * Each node in a network namespace of its own; {@link NetworkNamespaces#obstacle} tells whether the machine permits
     * it.
     */
    public ClusterLauncher inNamespaces() {
        return new ClusterLauncher(
                directory, nodeCount, lists, () -> NetworkNamespaces.open(new Random()), template, ownOptions);
    }

    /** Adds options of {@code muster server}, for every node. */
    public ClusterLauncher options(String... more) {
        return new ClusterLauncher(directory, nodeCount, lists, network, template.options(more), ownOptions);
    }

    /** Gives each node options of its own, in place of such as it was given before. */
    public ClusterLauncher ownOptions(Function<ClusterNode, List<String>> newOwnOptions) {
        return new ClusterLauncher(directory, nodeCount, lists, network, template, newOwnOptions);
    }

    /** Adds options of the JVM, for every node. */
    public ClusterLauncher jvmOptions(String... more) {
        return new ClusterLauncher(directory, nodeCount, lists, network, template.jvmOptions(more), ownOptions);
    }

    /** Nodes with addresses and member lists, none of them started. */
    public ServerCluster prepare() {
        return ServerCluster.prepare(this);
    }

    /**
     * Starts all nodes and waits until they are ready. Should another process have taken a port meanwhile, all move and
     * try again.
     */
    public ServerCluster start() {
        ServerCluster cluster = prepare();
        try {
            return cluster.startAll();
        } catch (AssertionError | RuntimeException e) {
            cluster.close();
            throw e;
        }
    }
}
