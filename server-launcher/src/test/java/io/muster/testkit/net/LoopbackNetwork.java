package io.muster.testkit.net;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;

/**
 * A cluster's network on the loopback: each node on a host of its own out of 127/8 (where the system has them; else all
 * on 127.0.0.1), each pair joined by {@link LinkProxies}. Only what goes between peer ports can be cut.
 */
public final class LoopbackNetwork implements ClusterNetwork {

    private static final int HOSTS_MAX = 254;

    private final FreePorts ports;
    private final LinkProxies proxies;
    private final Map<String, NodeAddress> homes = new ConcurrentHashMap<>();

    /** {@code 127.a.b.}, drawn, so that networks of other tests keep out of the way. */
    private final String prefix;

    /** Guarded by this. */
    private int hostsGiven;

    private LoopbackNetwork(RandomGenerator rng) {
        this.ports = new FreePorts(rng);
        this.proxies = LinkProxies.open(ports, rng);
        this.prefix = "127." + rng.nextInt(1, 255) + "." + rng.nextInt(0, 255) + ".";
    }

    /**
     * No nodes yet.
     *
     * @param rng one that threads may share
     */
    public static LoopbackNetwork open(RandomGenerator rng) {
        return new LoopbackNetwork(rng);
    }

    /** The proxies, for faults beside cuts. */
    public LinkProxies proxies() {
        return proxies;
    }

    @Override
    public NodeAddress newAddress() {
        InetAddress host = nextHost();
        return new NodeAddress(host.getHostAddress(), ports.next(host), ports.next(host));
    }

    private synchronized InetAddress nextHost() {
        hostsGiven++;
        try {
            InetAddress own = InetAddress.getByName(prefix + (1 + hostsGiven % HOSTS_MAX));
            return canBind(own) ? own : InetAddress.getLoopbackAddress();
        } catch (UnknownHostException e) {
            throw new IllegalStateException("literal addresses need no resolver", e);
        }
    }

    private static boolean canBind(InetAddress host) {
        try (ServerSocket probe = new ServerSocket()) {
            probe.bind(new InetSocketAddress(host, 0));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void settle(String node, NodeAddress address) {
        homes.put(node, address);
        proxies.lives(node, address.peerEndpoint());
    }

    @Override
    public String memberLine(String reader, NodeAddress member) {
        boolean own = member.equals(homes.get(reader));
        return member.line(own ? member.peerPort() : proxies.port(reader, member.peerEndpoint()));
    }

    @Override
    public List<String> commandPrefix(String node) {
        return List.of();
    }

    @Override
    public void set(String from, String to, LinkCondition condition) {
        proxies.link(from, to).set(condition);
    }

    @Override
    public void heal() {
        proxies.heal();
    }

    @Override
    public void close() {
        proxies.close();
    }
}
