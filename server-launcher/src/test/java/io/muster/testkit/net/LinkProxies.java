package io.muster.testkit.net;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * TCP proxies between nodes, on loopback: one for each node that dials and each endpoint that it may dial. Which {@link
 * Link} the bytes of a connection take is told by who dialled and who lives at the endpoint, so that a cut holds in
 * connections that either side dialled.
 *
 * <p>Close it, and all its connections are reset, its ports closed, its thread ended. Any thread may use it.
 */
public final class LinkProxies implements AutoCloseable {

    private record Way(String from, String to) {}

    private record DoorKey(String dialler, InetSocketAddress target) {}

    private final ConcurrentMap<Way, Link> links = new ConcurrentHashMap<>();
    private final ConcurrentMap<InetSocketAddress, String> residents = new ConcurrentHashMap<>();

    /** Guarded by itself. */
    private final Map<DoorKey, Door> doors = new HashMap<>();

    private final FreePorts ports;
    private final RandomGenerator rng;
    private final ProxyLoop loop;

    private LinkProxies(FreePorts ports, RandomGenerator rng) {
        this.ports = ports;
        this.rng = rng;
        this.loop = new ProxyLoop(new Doorkeeper());
    }

    /**
     * No proxies yet.
     *
     * @param rng draws ports and, on the loop's thread, jitter and corruption; one that threads may share
     */
    public static LinkProxies open(FreePorts ports, RandomGenerator rng) {
        LinkProxies proxies = new LinkProxies(ports, rng);
        proxies.loop.start();
        return proxies;
    }

    /** From now on this node lives at this endpoint, and connections set up to there are with it. */
    public void lives(String node, InetSocketAddress endpoint) {
        residents.put(endpoint, node);
    }

    /** The way of bytes from one node to another. */
    public Link link(String from, String to) {
        if (from.equals(to)) {
            throw new IllegalArgumentException(from + " needs no link to itself");
        }
        return links.computeIfAbsent(new Way(from, to), way -> new Link(from, to, loop));
    }

    /** The port, on the endpoint's host, by which this node reaches the endpoint; the same each time. */
    public int port(String dialler, InetSocketAddress target) {
        synchronized (doors) {
            return doors.computeIfAbsent(new DoorKey(dialler, target), key -> open(dialler, target))
                    .port();
        }
    }

    private Door open(String dialler, InetSocketAddress target) {
        return ports.take(target.getAddress(), port -> {
            Door door = new Door(dialler, target, target.getAddress(), port, loop.selector());
            loop.call(() -> loop.add(door));
            return door;
        });
    }

    /** All links pass again; connections that lost bytes break. */
    public void heal() {
        links.values().forEach(link -> link.set(LinkCondition.PASS));
    }

    @Override
    public void close() {
        loop.close();
    }

    /** Of the loop's thread. */
    private final class Doorkeeper implements ProxyLoop.Doorkeeper {

        private @Nullable String resident(Door door) {
            return residents.get(door.target());
        }

        @Override
        public boolean lets(Door door) {
            String resident = resident(door);
            return resident == null
                    || resident.equals(door.dialler())
                    || link(door.dialler(), resident).condition().flow() != LinkCondition.Flow.REFUSE;
        }

        @Override
        public @Nullable ProxiedConnection admit(Door door, SocketChannel socket, Selector selector)
                throws IOException {
            String resident = resident(door);
            if (resident == null || resident.equals(door.dialler())) {
                // A node that moved may find itself at an address of its list; a proxy between a node and itself has no
                // links.
                return reset(socket);
            }
            return ProxiedConnection.accepted(
                    socket,
                    door.target(),
                    link(door.dialler(), resident),
                    link(resident, door.dialler()),
                    selector,
                    rng);
        }

        private @Nullable ProxiedConnection reset(SocketChannel socket) throws IOException {
            socket.setOption(StandardSocketOptions.SO_LINGER, 0);
            socket.close();
            return null;
        }
    }
}
