package io.muster.testkit.net;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/**
 * Where a node listens.
 *
 * @param host a literal IPv4 address
 * @param port for clients; with the host it is the member's name
 * @param peerPort for members, the true one
 */
public record NodeAddress(String host, int port, int peerPort) {

    /** The member's name, {@code host:port}. */
    public String name() {
        return host + ":" + port;
    }

    public String url() {
        return "http://" + name();
    }

    public InetSocketAddress peerEndpoint() {
        try {
            return new InetSocketAddress(InetAddress.getByName(host), peerPort);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(host + " is no literal address", e);
        }
    }

    /** The member's line in a list by which it is reached at this peer port. */
    public String line(int reachedAtPeerPort) {
        return name() + "?peer_port=" + reachedAtPeerPort;
    }
}
