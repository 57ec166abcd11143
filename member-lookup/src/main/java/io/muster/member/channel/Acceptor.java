package io.muster.member.channel;

import io.muster.member.NodeIdentity;
import io.muster.member.PeerIdentity;
import io.muster.member.port.LinkEvent;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import java.net.BindException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The listener: takes connections from anybody, but few at a time from those that have not proven the secret. The channel's thread only. */
final class Acceptor {

    private final Environment environment;
    private final PeerTable peers;
    private final LinkEvents events;
    private final NetServer server;

    private final Strangers<Accepted> unproven;

    /** Every connection that was accepted and is not closed. */
    private final Set<Accepted> all = new LinkedHashSet<>();

    private boolean stopping;

    Acceptor(Vertx vertx, Environment environment, PeerTable peers, LinkEvents events) {
        this.environment = environment;
        this.peers = peers;
        this.events = events;
        this.unproven = new Strangers<>(environment.limits().unprovenMax());
        this.server = vertx.createNetServer(new NetServerOptions()
                .setHost(environment.config.listenHost())
                .setPort(environment.config.listenPort())
                .setSendBufferSize(environment.limits().frames().socketBufferBytes())
                .setTcpNoDelay(true));
        server.connectHandler(this::accept);
    }

    /** @return the port */
    Future<Integer> listen() {
        return server.listen().map(NetServer::actualPort).recover(failure -> {
            BindException clear = new BindException("the peer port can't be opened on "
                    + environment.config.listenHost() + ":" + environment.config.listenPort() + ": "
                    + failure.getMessage());
            clear.initCause(failure);
            return Future.failedFuture(clear);
        });
    }

    /** Closes the listener, and every connection that it brought. */
    Future<Void> stop(String reason) {
        stopping = true;
        List.copyOf(all).forEach(accepted -> accepted.close(reason));
        return server.close();
    }

    private void accept(NetSocket socket) {
        if (stopping) {
            socket.close();
            return;
        }
        String host = PeerSocket.host(socket);
        Accepted accepted = new Accepted(host);
        all.add(accepted);
        accepted.connection = Connection.accepted(socket, host, environment, peers, accepted);
        unproven.add(host, accepted)
                .ifPresent(oldest -> oldest.refuse(new Refusal(
                        RefusalKind.CROWD,
                        "the oldest of the host with the most of more than " + unproven.count()
                                + " connections without a proof of the secret")));
    }

    /** One accepted connection. */
    private final class Accepted implements Connection.Origin {

        private final String host;
        private @Nullable Connection connection;

        Accepted(String host) {
            this.host = host;
        }

        @Override
        public void self(PeerIdentity identity) {
            // The end that dialled tells it.
        }

        @Override
        public void opened(PeerIdentity identity) {
            unproven.remove(host, this);
            events.tell(new LinkEvent.Accepted(identity));
        }

        @Override
        public void closed(Optional<NodeIdentity> opened, String reason) {
            unproven.remove(host, this);
            all.remove(this);
            opened.ifPresent(peer -> events.tell(new LinkEvent.AcceptedClosed(peer.nodeId(), reason)));
        }

        void refuse(Refusal refusal) {
            if (connection != null) {
                connection.refuse(refusal);
            }
        }

        void close(String reason) {
            if (connection != null) {
                connection.close(reason);
            }
        }
    }
}
