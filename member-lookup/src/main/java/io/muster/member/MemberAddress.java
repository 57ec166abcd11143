package io.muster.member;

/**
 * Where a member is reached: an attribute that may change, not an identity.
 *
 * @param host name, IPv4 or bare IPv6 address
 * @param port for clients, 1 to 65535
 * @param peerPort for members, 0 where none is opened (standalone)
 */
public record MemberAddress(String host, int port, int peerPort) implements Comparable<MemberAddress> {

    /** A member's peer port is this much below its client port unless its line says otherwise. */
    public static final int PEER_PORT_OFFSET = -1000;

    public MemberAddress {
        if (host.isBlank()) {
            throw new IllegalArgumentException("a member needs a host");
        }
        if (port < 0 || port > 65535 || peerPort < 0 || peerPort > 65535) {
            throw new IllegalArgumentException("ports run from 0 to 65535: " + port + ", peer " + peerPort);
        }
    }

    /** {@code host:port}, with an IPv6 host in brackets: the member's name in lists. */
    public String name() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }

    @Override
    public int compareTo(MemberAddress other) {
        return name().compareTo(other.name());
    }

    @Override
    public String toString() {
        return name();
    }
}
