package io.muster.sim.net;

import io.muster.member.MemberAddress;

/**
 * One connection, from the process that dialled to the one that accepted. Each end believes in it or not, by itself: what dies at one end, or on
 * the way, reaches the other end later or not at all.
 */
final class Connection {

    private final MemberAddress dialed;
    private final Endpoint dialer;
    private final Endpoint acceptor;
    private final Pipe forth;
    private final Pipe back;
    private boolean openAtDialer = true;
    private boolean openAtAcceptor = true;

    Connection(SimNetwork network, MemberAddress dialed, Endpoint dialer, Endpoint acceptor) {
        this.dialed = dialed;
        this.dialer = dialer;
        this.acceptor = acceptor;
        this.forth = new Pipe(network, network.link(dialer.host(), acceptor.host()), this, dialer, acceptor);
        this.back = new Pipe(network, network.link(acceptor.host(), dialer.host()), this, acceptor, dialer);
    }

    MemberAddress dialed() {
        return dialed;
    }

    boolean dialedBy(Endpoint endpoint) {
        return dialer == endpoint;
    }

    Endpoint peerOf(Endpoint endpoint) {
        return dialer == endpoint ? acceptor : dialer;
    }

    Pipe pipeFrom(Endpoint endpoint) {
        return dialer == endpoint ? forth : back;
    }

    boolean openAt(Endpoint endpoint) {
        return dialer == endpoint ? openAtDialer : openAtAcceptor;
    }

    void closeAt(Endpoint endpoint) {
        if (dialer == endpoint) {
            openAtDialer = false;
        } else {
            openAtAcceptor = false;
        }
    }
}
