package io.muster.member.channel;

import io.muster.member.ClusterId;
import io.muster.member.MemberAddress;
import io.muster.member.NodeIdentity;
import io.muster.member.PeerIdentity;
import io.muster.member.port.LinkEvent;
import io.muster.member.port.Time;
import io.vertx.core.AsyncResult;
import io.vertx.core.net.NetSocket;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The attempts to keep a connection to one address, one at a time. An address of this node itself is told once and looked at again now and then:
 * another node may take it over.
 */
final class Dial implements Connection.Origin {

    private final MemberAddress address;
    private final Dialer dialer;
    private final DialBackOff backOff;
    private @Nullable Connection connection;
    private Time.@Nullable Timer timer;

    /** When the present connection opened. */
    private long openedNanos;

    /** Whether the present attempt has reached this node itself. */
    private boolean self;

    /** Whether the listener takes the address for this node's own. */
    private boolean selfTold;

    private boolean stopped;

    /** To which the other end of the present attempt belongs, if that is not ours. */
    private Optional<ClusterId> otherCluster = Optional.empty();

    Dial(MemberAddress address, Dialer dialer) {
        this.address = address;
        this.dialer = dialer;
        this.backOff = dialer.backOff();
    }

    void attempt() {
        timer = null;
        self = false;
        if (address.peerPort() == 0) {
            failed("it has no peer port", Optional.empty());
            return;
        }
        dialer.client().connect(address.peerPort(), address.host()).onComplete(this::connected);
    }

    /** Ends it for good. */
    void stop(String reason) {
        stopped = true;
        if (timer != null) {
            timer.cancel();
        }
        if (connection != null) {
            connection.close(reason);
        }
    }

    @Override
    public void self(PeerIdentity identity) {
        self = true;
        if (!selfTold) {
            selfTold = true;
            dialer.tell(new LinkEvent.Opened(address, identity));
        }
    }

    @Override
    public void otherCluster(ClusterId cluster) {
        otherCluster = Optional.of(cluster);
    }

    @Override
    public void opened(PeerIdentity identity) {
        selfTold = false;
        openedNanos = dialer.environment().time.monoNanos();
        dialer.tell(new LinkEvent.Opened(address, identity));
    }

    @Override
    public void closed(Optional<NodeIdentity> opened, String reason) {
        connection = null;
        if (opened.isPresent()) {
            dialer.tell(new LinkEvent.Closed(address, opened.get().nodeId(), reason));
            long connectedNanos = dialer.environment().time.monoNanos() - openedNanos;
            again(backOff.next(Duration.ofNanos(connectedNanos)));
        } else if (self) {
            again(backOff.longest());
        } else {
            failed(reason, otherCluster);
        }
    }

    private void connected(AsyncResult<NetSocket> result) {
        if (stopped) {
            if (result.succeeded()) {
                result.result().close();
            }
        } else if (result.failed()) {
            failed(String.valueOf(result.cause().getMessage()), Optional.empty());
        } else {
            otherCluster = Optional.empty();
            connection = Connection.dialed(result.result(), address.name(), dialer.environment(), dialer.peers(), this);
        }
    }

    private void failed(String reason, Optional<ClusterId> cluster) {
        if (!stopped) {
            selfTold = false;
            dialer.environment().metrics.dialFailed();
            dialer.tell(new LinkEvent.Failed(address, reason, cluster));
            again(backOff.next(Duration.ZERO));
        }
    }

    private void again(Duration wait) {
        if (!stopped) {
            timer = dialer.environment().time.after(wait, this::attempt);
        }
    }
}
