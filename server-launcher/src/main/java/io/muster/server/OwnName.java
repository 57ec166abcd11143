package io.muster.server;

import io.muster.member.MemberAddress;
import io.muster.server.cli.ExitCode;
import io.muster.server.config.ServerConfig;
import java.util.List;

/**
 * Under which name this node stands in a list, as a configuration that was read later may have it: the listener stays where it is.
 *
 * @param host of both listeners
 * @param port of the listener for clients, as opened
 */
record OwnName(String host, int port) {

    /** Of a node that stands alone. */
    MemberAddress whenAlone(ServerConfig by) {
        return by.listen().advertise().orElseGet(() -> new MemberAddress(host, port, 0));
    }

    /** To listen on for members. */
    int peerPort(ServerConfig by) {
        return by.listen().peerPort().orElse(port + MemberAddress.PEER_PORT_OFFSET);
    }

    /**
     * As the list names it, else as it calls itself. Names are looked up, which blocks.
     *
     * @throws ServerFailure if it has no name of its own, and nobody listed is here
     */
    MemberAddress among(List<MemberAddress> members, ServerConfig by) {
        return by.lookup().clustered() ? names(by).in(members) : whenAlone(by);
    }

    /**
     * As the list names it. Names are looked up, which blocks.
     *
     * @throws ServerFailure if the list does not
     */
    MemberAddress required(List<MemberAddress> members, ServerConfig by) {
        MemberAddress self = among(members, by);
        if (by.lookup().clustered() && !isNamed(self, members, by)) {
            throw new ServerFailure(
                    ExitCode.CONFIGURATION,
                    "the list names " + members + ", and not this node, " + self
                            + ": it would own no data. Add it to the list, or say which member it is by --advertise");
        }
        return self;
    }

    /** Whether the list names it. Names are looked up, which blocks. */
    boolean isNamed(MemberAddress self, List<MemberAddress> members, ServerConfig by) {
        return names(by).isListed(members, self);
    }

    private SelfAddress names(ServerConfig by) {
        ServerConfig.Listen listen = new ServerConfig.Listen(
                host, port, by.listen().peerPort(), by.listen().advertise());
        return new SelfAddress(listen, port, peerPort(by));
    }
}
