package io.muster.testkit.net;

import io.muster.testkit.lifeline.Lifeline;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * A cluster's network of Linux network namespaces, one for each node, joined by a bridge that the test reaches, too.
 * Nodes use their true ports, no proxy stands between them, and TCP meets a cut as it does in the field: segments
 * vanish, are sent again, and arrive when the cut is mended.
 *
 * <p>A cut from one node to another is a routing rule in the namespace of the second, before the rule for its own
 * addresses: packets from the addresses of the first go into a black hole. That asks only for the {@code ip} command
 * and root; no packet filter, no queueing discipline.
 *
 * <p>Any thread may use it. Closing removes namespaces and bridge; so does the {@link Lifeline}, should the test's
 * process be killed.
 */
public final class NetworkNamespaces implements ClusterNetwork {

    /** The defaults of the server: in a namespace nobody else has them. */
    private static final int PORT = 8848;

    private static final int PEER_PORT = 7848;
    private static final int BRIDGE_HOST = 254;
    private static final String CUT_PREFERENCE = "10";
    private static final int DRAWS_MAX = 20;

    private record Way(String from, String to) {}

    /** Begins the names of all that is set up; at most seven letters, since an interface's name ends at fifteen. */
    private final String tag;

    /** {@code 10.a.b.}. */
    private final String prefix;

    private final Lifeline lifeline;

    /** All below is guarded by this. */
    private final Map<String, NodeAddress> homes = new LinkedHashMap<>();

    private final Set<Way> cuts = new LinkedHashSet<>();
    private int hostsGiven;

    private NetworkNamespaces(String tag, String prefix) {
        this.tag = tag;
        this.prefix = prefix;
        this.lifeline = Lifeline.orElse("sh", "-c", removal(tag));
    }

    private static String removal(String tag) {
        return "for n in $(ip netns list | cut -d' ' -f1 | grep '^" + tag + "-'); do ip netns del $n; done;"
                + " for l in $(ip -o link show type veth | cut -d: -f2 | cut -d@ -f1 | grep '" + tag
                + "v'); do ip link del $l; done; ip link del " + tag + "br";
    }

    /** Why there can be no namespaces here; empty if there can. It tries. */
    public static Optional<String> obstacle(RandomGenerator rng) {
        try (NetworkNamespaces probe = open(rng)) {
            probe.settle("probe", probe.newAddress());
            probe.settle("other", probe.newAddress());
            probe.set("probe", "other", LinkCondition.DROP);
            return Optional.empty();
        } catch (UncheckedIOException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /**
     * A bridge, and no nodes yet.
     *
     * @throws UncheckedIOException the machine does not permit it
     */
    public static NetworkNamespaces open(RandomGenerator rng) {
        String tag = "mk" + HexFormat.of().toHexDigits((short) rng.nextInt());
        String prefix = unusedPrefix(rng);
        NetworkNamespaces network = new NetworkNamespaces(tag, prefix);
        try {
            ip("link", "add", network.bridge(), "type", "bridge");
            ip("addr", "add", prefix + BRIDGE_HOST + "/24", "dev", network.bridge());
            ip("link", "set", network.bridge(), "up");
            return network;
        } catch (UncheckedIOException e) {
            network.close();
            throw e;
        }
    }

    private static String unusedPrefix(RandomGenerator rng) {
        String routes = ip("-4", "route", "show", "table", "all");
        for (int draw = 0; draw < DRAWS_MAX; draw++) {
            String prefix = "10." + rng.nextInt(64, 128) + "." + rng.nextInt(256) + ".";
            if (!routes.contains(prefix)) {
                return prefix;
            }
        }
        throw new UncheckedIOException(new IOException("every network drawn out of 10/8 is in use here"));
    }

    private static String ip(String... arguments) {
        List<String> command = new ArrayList<>(List.of("ip"));
        command.addAll(List.of(arguments));
        return SystemCommand.run(command);
    }

    private String bridge() {
        return tag + "br";
    }

    private String namespace(String node) {
        return tag + "-" + node;
    }

    @Override
    public synchronized NodeAddress newAddress() {
        hostsGiven++;
        if (hostsGiven >= BRIDGE_HOST) {
            throw new IllegalStateException("all " + hostsGiven + " addresses of " + prefix + "0/24 are given");
        }
        return new NodeAddress(prefix + hostsGiven, PORT, PEER_PORT);
    }

    @Override
    public synchronized void settle(String node, NodeAddress address) {
        NodeAddress before = homes.get(node);
        if (before == null) {
            addNamespace(node);
        }
        if (!address.equals(before)) {
            List<Way> fromHere =
                    cuts.stream().filter(way -> way.from().equals(node)).toList();
            fromHere.forEach(this::mend);
            homes.forEach((other, home) -> {
                if (other.equals(node) || home.equals(address)) {
                    removeAddress(other);
                }
            });
            ip("-n", namespace(node), "addr", "add", address.host() + "/24", "dev", "eth0");
            homes.put(node, address);
            fromHere.forEach(this::cut);
            forgetNeighbours();
        }
    }

    private void addNamespace(String node) {
        String namespace = namespace(node);
        String veth = tag + "v" + homes.size();
        ip("netns", "add", namespace);
        ip("link", "add", veth, "type", "veth", "peer", "name", "eth0", "netns", namespace);
        ip("link", "set", veth, "master", bridge(), "up");
        ip("-n", namespace, "link", "set", "lo", "up");
        ip("-n", namespace, "link", "set", "eth0", "up");
        // A rule for cuts must come before the one for the namespace's own addresses, which has the first place at the
        // start.
        ip("-n", namespace, "rule", "add", "pref", "100", "lookup", "local");
        ip("-n", namespace, "rule", "del", "pref", "0");
    }

    private void removeAddress(String node) {
        ip("-n", namespace(node), "addr", "flush", "dev", "eth0");
    }

    /** An address may have come to another link-layer address. */
    private void forgetNeighbours() {
        ip("neigh", "flush", "dev", bridge());
        homes.keySet().forEach(node -> ip("-n", namespace(node), "neigh", "flush", "dev", "eth0"));
    }

    @Override
    public String memberLine(String reader, NodeAddress member) {
        return member.line(member.peerPort());
    }

    @Override
    public List<String> commandPrefix(String node) {
        return List.of("ip", "netns", "exec", namespace(node));
    }

    @Override
    public synchronized void set(String from, String to, LinkCondition condition) {
        Way way = new Way(from, to);
        if (condition.equals(LinkCondition.PASS)) {
            mend(way);
        } else if (condition.equals(LinkCondition.DROP)) {
            cut(way);
        } else {
            throw new IllegalArgumentException("namespaces can pass and drop, not " + condition);
        }
    }

    private void cut(Way way) {
        if (cuts.add(way)) {
            rule("add", way);
        }
    }

    private void mend(Way way) {
        if (cuts.remove(way)) {
            rule("del", way);
        }
    }

    private void rule(String verb, Way way) {
        NodeAddress home = homes.get(way.from());
        if (home == null) {
            throw new IllegalArgumentException(way.from() + " has not settled");
        }
        ip("-n", namespace(way.to()), "rule", verb, "pref", CUT_PREFERENCE, "from", home.host(), "blackhole");
    }

    @Override
    public synchronized void heal() {
        List.copyOf(cuts).forEach(this::mend);
    }

    @Override
    public void close() {
        lifeline.close();
        SystemCommand.run(List.of("sh", "-c", removal(tag) + " 2>&1; true"));
    }
}
