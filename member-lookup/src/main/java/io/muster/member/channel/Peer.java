package io.muster.member.channel;

import io.muster.member.PeerIdentity;
import io.muster.member.channel.PeerMetrics.DropReason;
import io.muster.member.port.Lane;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One node that is connected: its connections and what waits for it. Messages go over the newest connection that was dialled, else over the
 * newest that was accepted. {@link #offer} and {@link #status} are for any thread, all else for the channel's.
 */
final class Peer {

    /** After so many batches other connections get their turn. */
    private static final int BATCHES_A_TURN = 4;

    /** Until the next turn. A task that followed at once would come before what the sockets have; a timer comes after. */
    private static final Duration TURN_PAUSE = Duration.ofMillis(1);

    private final Environment environment;
    private final Outbox outbox;
    private final AtomicBoolean pumpDue = new AtomicBoolean();

    /** Oldest first. */
    private final List<Connection> connections = new ArrayList<>();

    private @Nullable Connection sending;

    /** As last told. Written by the channel's thread. */
    private volatile PeerIdentity identity;

    /** For {@link #status}. Written by the channel's thread. */
    private volatile int connectionCount;

    Peer(PeerIdentity identity, Environment environment) {
        this.identity = identity;
        this.environment = environment;
        this.outbox = new Outbox(identity.identity().nodeId(), environment.limits(), environment.metrics);
    }

    PeerIdentity identity() {
        return identity;
    }

    /** Queues a message and has it sent soon; any thread. */
    void offer(Lane lane, byte[] message) {
        if (outbox.offer(lane, message, environment.time.monoNanos()) && pumpDue.compareAndSet(false, true)) {
            environment.time.execute(this::pump);
        }
    }

    /**
     * Takes an open connection in.
     *
     * @return those that it replaces, for the caller to close: all of another run, and the oldest accepted ones beyond their bound
     */
    List<Connection> add(Connection added, PeerIdentity told) {
        long runId = told.identity().runId();
        identity = told;
        List<Connection> replaced = new ArrayList<>();
        int acceptedBefore = 0;
        for (int at = connections.size() - 1; at >= 0; at--) {
            Connection older = connections.get(at);
            if (older.identity().runId() != runId) {
                replaced.add(older);
            } else if (!older.dialed()
                    && !added.dialed()
                    && ++acceptedBefore >= environment.limits().acceptedPerPeerMax()) {
                replaced.add(older);
            }
        }
        connections.add(added);
        choose();
        return replaced;
    }

    /** Lets a closed connection go. */
    void remove(Connection closed) {
        connections.remove(closed);
        choose();
        pump();
    }

    boolean connected() {
        return !connections.isEmpty();
    }

    List<Connection> connections() {
        return List.copyOf(connections);
    }

    /** Writes what waits until the connection is full; the rest follows when it has drained. */
    void pump() {
        pumpDue.set(false);
        if (sending == null) {
            outbox.clear(DropReason.CONNECTION_LOST);
            return;
        }
        outbox.newTurn();
        for (int batches = 0; sending.writable(); batches++) {
            if (batches == BATCHES_A_TURN || outbox.turnSpent()) {
                if (pumpDue.compareAndSet(false, true)) {
                    environment.time.after(TURN_PAUSE, this::pump);
                }
                return;
            }
            if (!sending.writeFrom(outbox)) {
                return;
            }
        }
    }

    /** Once a ping interval. */
    void tick() {
        outbox.expire(environment.time.monoNanos());
        connections().forEach(Connection::tick);
    }

    /** Whether nothing waits. */
    boolean idle() {
        return outbox.isEmpty();
    }

    /** Any thread. */
    PeerStatus status() {
        PeerIdentity present = identity;
        return new PeerStatus(
                present.identity(), present.address(), connectionCount, outbox.queuedBytes(), outbox.framesDropped());
    }

    private void choose() {
        Connection best = null;
        for (Connection each : connections) {
            if (best == null || each.dialed() || !best.dialed()) {
                best = each;
            }
        }
        if (best != sending) {
            sending = best;
            outbox.restart();
        }
        connectionCount = connections.size();
    }
}
