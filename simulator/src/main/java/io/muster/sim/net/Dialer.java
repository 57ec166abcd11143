package io.muster.sim.net;

import io.muster.member.MemberAddress;
import io.muster.member.PeerIdentity;
import io.muster.member.port.LinkEvent;
import io.muster.sim.net.FrameChance.Use;
import io.muster.sim.net.NetworkCounters.Fate;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Keeps one address dialled from one process, with back-off, until told to stop. */
final class Dialer {

    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final long BACK_OFF_MIN_NANOS = 100 * NANOS_PER_MILLI;
    private static final long BACK_OFF_MAX_NANOS = 5_000 * NANOS_PER_MILLI;
    private static final long REFUSED_NANOS = NANOS_PER_MILLI;
    private static final long HANDSHAKE_NANOS_MAX = 2_000 * NANOS_PER_MILLI;

    private final SimNetwork network;
    private final Endpoint owner;
    private final MemberAddress address;
    private final RandomGenerator random;
    private long backOffNanos = BACK_OFF_MIN_NANOS;
    private @Nullable Connection connection;
    private boolean answeredItself;
    private boolean stopped;

    Dialer(SimNetwork network, Endpoint owner, MemberAddress address, RandomGenerator random) {
        this.network = network;
        this.owner = owner;
        this.address = address;
        this.random = random;
    }

    MemberAddress address() {
        return address;
    }

    boolean holds(Connection candidate) {
        return connection == candidate;
    }

    void start() {
        owner.time().deliver(0, this::attempt);
    }

    void stop() {
        stopped = true;
        Connection open = connection;
        if (open != null) {
            owner.close(open);
        }
    }

    /** The connection is gone; it is dialled again. */
    void lost(String reason) {
        Connection gone = connection;
        connection = null;
        if (gone != null) {
            owner.tell(new LinkEvent.Closed(address, gone.peerOf(owner).nodeId(), reason));
            againLater();
        }
    }

    /** The address leads elsewhere now: who had found itself there looks again. */
    void addressMoved(String reason) {
        if (answeredItself) {
            answeredItself = false;
            owner.tell(new LinkEvent.Closed(address, owner.nodeId(), reason));
            againLater();
        }
    }

    private void attempt() {
        if (stopped) {
            return;
        }
        Optional<Integer> host = network.hostAt(address);
        if (host.isEmpty() || network.endpoint(host.get()).isEmpty()) {
            owner.time().deliver(REFUSED_NANOS, () -> failed("connection refused"));
            return;
        }
        long roundTripNanos = delayNanos(owner.host(), host.get()) + delayNanos(host.get(), owner.host());
        if (roundTripNanos > HANDSHAKE_NANOS_MAX || !network.connected(owner.host(), host.get())) {
            owner.time().deliver(HANDSHAKE_NANOS_MAX, () -> failed("no answer"));
            return;
        }
        owner.time().deliver(roundTripNanos, () -> answered(host.get()));
    }

    private void answered(int host) {
        if (stopped) {
            return;
        }
        Optional<Endpoint> there = network.endpoint(host);
        if (there.isEmpty() || !network.hostAt(address).equals(Optional.of(host))) {
            failed("connection reset");
        } else if (there.get() == owner) {
            answeredItself = true;
            backOffNanos = BACK_OFF_MIN_NANOS;
            owner.tell(new LinkEvent.Opened(address, owner.identity()));
        } else if (there.get().time().paused() || !network.connected(owner.host(), host)) {
            owner.time().deliver(HANDSHAKE_NANOS_MAX, () -> failed("no answer"));
        } else {
            shakeHands(there.get());
        }
    }

    private void shakeHands(Endpoint acceptor) {
        PeerIdentity mine = owner.identity();
        PeerIdentity theirs = acceptor.identity();
        if (mine.clusterId().isPresent()
                && theirs.clusterId().isPresent()
                && !mine.clusterId().equals(theirs.clusterId())) {
            failed("belongs to another cluster: " + theirs.clusterId().get());
            return;
        }
        network.count(Fate.OPENED);
        backOffNanos = BACK_OFF_MIN_NANOS;
        Connection opened = new Connection(network, address, owner, acceptor);
        connection = opened;
        owner.opened(opened);
        acceptor.time().deliver(0, () -> acceptor.accepted(opened, mine));
        owner.tell(new LinkEvent.Opened(address, theirs));
    }

    private void failed(String reason) {
        if (!stopped) {
            network.count(Fate.DIAL_FAILED);
            owner.tell(new LinkEvent.Failed(address, reason));
            againLater();
        }
    }

    private void againLater() {
        if (!stopped) {
            long jitterNanos = (long) (random.nextDouble() * backOffNanos);
            owner.time().deliver(backOffNanos / 2 + jitterNanos, this::attempt);
            backOffNanos = Math.min(2 * backOffNanos, BACK_OFF_MAX_NANOS);
        }
    }

    private long delayNanos(int from, int to) {
        Link link = network.link(from, to);
        return link.drawDelayNanos(link.nextFrame(), Use.HANDSHAKE);
    }
}
