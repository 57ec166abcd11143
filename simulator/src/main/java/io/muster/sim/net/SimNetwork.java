package io.muster.sim.net;

import io.muster.member.MemberAddress;
import io.muster.member.NodeId;
import io.muster.member.PeerIdentity;
import io.muster.member.port.Lane;
import io.muster.sim.NodeTime;
import io.muster.sim.SeededRng;
import io.muster.sim.VirtualTime;
import io.muster.sim.net.NetworkCounters.Fate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A network of hosts, with one {@link Link} for each direction between two of them. A host stands for a machine; addresses lead to hosts and
 * can be taken away, moved and exchanged; at most one process at a time runs on a host, as an {@link Endpoint}.
 */
public final class SimNetwork {

    /** How {@code Net.send} finds the process of a node id. */
    public enum Routing {
        /** Whoever runs under the node id gets the frame, connected or not: the simplest network for an engine. */
        BY_NODE_ID,
        /** Only over an open connection, as in production: who was not dialled, or whose connection broke, gets nothing. */
        BY_CONNECTION
    }

    /** A peer that does not answer for so long is taken for gone. */
    static final Duration KEEP_ALIVE = Duration.ofSeconds(5);

    private final VirtualTime clock;
    private final SeededRng seeds;
    private final Routing routing;
    private final List<String> hosts = new ArrayList<>();
    private final List<List<Link>> links = new ArrayList<>();
    private final List<Optional<Endpoint>> endpoints = new ArrayList<>();
    private final Map<MemberAddress, Integer> hostByAddress = new LinkedHashMap<>();
    private final Map<NodeId, Endpoint> endpointByNodeId = new HashMap<>();
    private final NetworkCounters counters = new NetworkCounters();
    private LinkQuality quality = LinkQuality.GOOD;

    public SimNetwork(VirtualTime clock, SeededRng seeds, Routing routing) {
        this.clock = clock;
        this.seeds = seeds;
        this.routing = routing;
    }

    // Hosts, addresses, processes

    /** Adds a machine, and says its number: 0 for the first. */
    public int addHost(String name) {
        int added = hosts.size();
        hosts.add(name);
        endpoints.add(Optional.empty());
        links.add(new ArrayList<>());
        for (int other = 0; other <= added; other++) {
            if (other < added) {
                links.get(other).add(newLink(other, added));
            }
            links.get(added).add(newLink(added, other));
        }
        return added;
    }

    /** Lets an address lead to a host from now on, wherever it led before; connections made through it break. */
    public void bind(MemberAddress address, int host) {
        Integer before = hostByAddress.put(address, host);
        if (before != null && before != host) {
            breakDialed(address, "the address has moved");
        }
    }

    /** Lets an address lead nowhere; connections made through it break. */
    public void unbind(MemberAddress address) {
        if (hostByAddress.remove(address) != null) {
            breakDialed(address, "the address is gone");
        }
    }

    /** The host to which an address leads. */
    public Optional<Integer> hostAt(MemberAddress address) {
        return Optional.ofNullable(hostByAddress.get(address));
    }

    /**
     * Connects a process that has just started on a host; one that was there before must have been taken away.
     *
     * @param identity asked at each handshake, since a cluster id may be learned
     */
    public Endpoint attach(int host, NodeTime time, SeededRng processSeeds, Supplier<PeerIdentity> identity) {
        if (endpoints.get(host).isPresent()) {
            throw new IllegalStateException("a process runs on " + hostName(host));
        }
        Endpoint endpoint = new Endpoint(this, host, time, processSeeds, identity);
        endpoints.set(host, Optional.of(endpoint));
        endpointByNodeId.put(endpoint.nodeId(), endpoint);
        return endpoint;
    }

    /**
     * Takes away the process of a host.
     *
     * @param resets whether the machine lives and tells its peers at once; else they notice by keep-alive
     */
    public void detach(int host, boolean resets) {
        Optional<Endpoint> gone = endpoints.set(host, Optional.empty());
        gone.ifPresent(endpoint -> {
            endpointByNodeId.remove(endpoint.nodeId(), endpoint);
            endpoint.end(resets);
        });
    }

    /** The process on a host now. */
    public Optional<Endpoint> endpoint(int host) {
        return endpoints.get(host);
    }

    // Links

    public Link link(int from, int to) {
        return links.get(from).get(to);
    }

    /** All links between different hosts, in the order of their numbers. */
    public List<Link> links() {
        List<Link> all = new ArrayList<>();
        for (List<Link> row : links) {
            for (Link link : row) {
                if (link.from() != link.to()) {
                    all.add(link);
                }
            }
        }
        return all;
    }

    /** Both directions are cut. */
    public void cut(int one, int other) {
        link(one, other).cut();
        link(other, one).cut();
    }

    /** Cuts the host off from all others, in both directions. */
    public void isolate(int host) {
        for (int other = 0; other < hosts.size(); other++) {
            if (other != host) {
                cut(host, other);
            }
        }
    }

    /** Takes away all faults of all links; what was held arrives in a burst. */
    public void heal() {
        links().forEach(Link::heal);
    }

    /** Sets what all links are like without faults. */
    public void quality(LinkQuality newQuality) {
        quality = newQuality;
        links().forEach(link -> link.quality(newQuality));
    }

    /** Whether frames pass in both directions, nothing held, nothing cut. */
    public boolean connected(int one, int other) {
        return passes(one, other) && passes(other, one);
    }

    private boolean passes(int from, int to) {
        return !link(from, to).isCut() && !link(from, to).isClogged();
    }

    /**
     * Leaves the connections between two hosts open at one end alone, as a firewall that forgot them: the end that believes in its connection
     * sends into the void until keep-alive tells it.
     */
    public void halfOpen(int believing, int forgetting) {
        endpoint(believing).ifPresent(endpoint -> endpoint.halfOpen(forgetting));
    }

    public int hostCount() {
        return hosts.size();
    }

    public String hostName(int host) {
        return hosts.get(host);
    }

    public NetworkCounters counters() {
        return counters;
    }

    // For links, pipes and endpoints

    Routing routing() {
        return routing;
    }

    VirtualTime clock() {
        return clock;
    }

    long nowNanos() {
        return clock.monoNanos();
    }

    @Nullable
    Endpoint endpointOf(NodeId nodeId) {
        return endpointByNodeId.get(nodeId);
    }

    void count(Fate fate) {
        counters.count(fate);
    }

    void sent(Endpoint from, NodeId to, Lane lane, byte[] frame) {
        counters.count(Fate.SENT);
        clock.trace().add(from.host());
        clock.trace().add(lane.name());
        clock.trace().add(frame);
        clock.tell(() -> from + " sends " + lane + " " + frame.length + " bytes to " + nameOf(to));
    }

    void lost(Fate why, Link link, Lane lane, byte[] frame) {
        counters.count(why);
        clock.trace().add(why.name());
        clock.tell(() -> link + " loses " + lane + " " + frame.length + " bytes: " + why);
    }

    /** Sees to it that connections over a link that stays cut are noticed to be dead, at both ends. */
    void watchCut(Link link) {
        long cut = link.cutCount();
        clock.after(KEEP_ALIVE, () -> {
            if (link.isCut() && link.cutCount() == cut) {
                endpoint(link.from()).ifPresent(endpoint -> endpoint.breakWith(link.to(), "keep-alive: no answer"));
                endpoint(link.to()).ifPresent(endpoint -> endpoint.breakWith(link.from(), "keep-alive: no answer"));
            }
        });
    }

    /** Tells the other end of a connection that this one is gone: at once where frames pass, else it notices by keep-alive. */
    void reset(Endpoint from, Connection connection, Endpoint to, String reason) {
        Link link = link(from.host(), to.host());
        boolean passes = passes(from.host(), to.host());
        long delayNanos = passes ? link.quality().delayMinNanos() : KEEP_ALIVE.toNanos();
        to.time().deliver(delayNanos, () -> to.lost(connection, passes ? reason : "keep-alive: no answer", passes));
    }

    private void breakDialed(MemberAddress address, String reason) {
        forEachEndpoint(endpoint -> endpoint.breakDialed(address, reason));
    }

    private void forEachEndpoint(Consumer<Endpoint> action) {
        endpoints.forEach(endpoint -> endpoint.ifPresent(action));
    }

    private Link newLink(int from, int to) {
        return new Link(
                this,
                from,
                to,
                quality,
                seeds.child(hostName(from) + ">" + hostName(to)).seed());
    }

    private String nameOf(NodeId nodeId) {
        Endpoint endpoint = endpointByNodeId.get(nodeId);
        return endpoint == null ? nodeId.toString() : endpoint.toString();
    }
}
