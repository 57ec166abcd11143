package io.muster.distro.core;

import io.muster.distro.core.Message.Cursor;
import io.muster.distro.core.Message.SnapshotChunk;
import io.muster.distro.core.Message.SnapshotNotReady;
import io.muster.distro.core.Message.SnapshotRequest;
import io.muster.distro.core.Notice.LoadRetried;
import io.muster.distro.core.Peers.Peer;
import io.muster.member.NodeId;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Loads all that another loaded member holds, before this node serves (R49): from one, in parts, and from another where the first one fails to
 * answer. It ends with the last part; or when all members say that they are not loaded themselves; or when nothing has come for the load wait.
 */
final class SnapshotLoad<V> {

    private static final long ANSWER_WAIT_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** So long a member that said no, or nothing, is not asked again. */
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /** That a member is not loaded is known for so long. */
    private static final long NOT_READY_NANOS = TimeUnit.SECONDS.toNanos(3);

    /** How many load waits pass before a node serves with nothing although a loaded member is there, which never answers. */
    private static final int LOAD_WAITS_FOR_LOADED = 3;

    /** How it ended. */
    enum End {
        /** With all that a loaded member held. */
        COMPLETE,
        /** Nobody has anything to load. */
        NOBODY_LOADED,
        /** Nobody answered for the load wait. */
        WAITED
    }

    private final long loadWaitNanos;
    private final Map<NodeId, Long> notReady = new TreeMap<>();
    private final Map<NodeId, Long> pausedUntil = new TreeMap<>();

    private boolean running;

    /** This node holds data already, and goes on with them where nobody alive has others. */
    private boolean anew;

    /** The longest that a part's sender said. */
    private long warmUpMillis;

    /** The longest that a member said that is not loaded either. */
    private long warmUpMillisOfOthers;

    private long load;
    private long progressNanos;
    private @Nullable NodeId source;
    private long answerDueNanos;
    private Optional<Cursor> cursor = Optional.empty();
    private long received;
    private long total;
    private long retriesTotal;

    SnapshotLoad(PeerLimits limits) {
        this.loadWaitNanos = TimeUnit.MILLISECONDS.toNanos(limits.loadWaitMillis());
    }

    /** @param loadsAnew not for the first time */
    void begin(boolean loadsAnew, Step<V> step) {
        running = true;
        anew = loadsAnew;
        warmUpMillis = 0;
        warmUpMillisOfOthers = 0;
        load++;
        progressNanos = step.nowNanos;
        source = null;
        cursor = Optional.empty();
        received = 0;
        total = 0;
        notReady.clear();
        pausedUntil.clear();
    }

    boolean running() {
        return running;
    }

    /** The member from which a part is awaited. */
    Optional<NodeId> source() {
        return Optional.ofNullable(source);
    }

    /** 0 to 1. */
    double progress() {
        return total == 0 ? 0 : Math.min(1, (double) received / total);
    }

    /**
     * For how long what was loaded may still be short, since its source has had a cold start; where there is no whole load, whoever has said so: what came in parts may
     * be of one that went then.
     */
    long warmUpMillis(End how) {
        return how == End.COMPLETE ? warmUpMillis : Math.max(warmUpMillis, warmUpMillisOfOthers);
    }

    /** How often another source had to be asked because one did not answer. */
    long retriesTotal() {
        return retriesTotal;
    }

    /** Asks on, or ends. With each tick and view while it runs. */
    Optional<End> work(Peers peers, Step<V> step) {
        if (!running) {
            return Optional.empty();
        }
        if (source != null && (step.nowNanos - answerDueNanos >= 0 || !peers.isAlive(source))) {
            retriesTotal++;
            pausedUntil.put(source, step.nowNanos + PAUSE_NANOS);
            step.notice(new LoadRetried(source));
            source = null;
        }
        if (source == null) {
            if (peers.shunned()) {
                // Those who hold the data do not know this node yet: it has nothing to serve.
                progressNanos = step.nowNanos;
            } else if (nobodyLoaded(peers, step)) {
                return end(End.NOBODY_LOADED);
            } else if (step.nowNanos - progressNanos >= patienceNanos(peers)) {
                return end(End.WAITED);
            }
            choose(peers, step).ifPresent(chosen -> ask(chosen, step));
        }
        return Optional.empty();
    }

    /** Takes note of a part; its records are merged already. */
    Optional<End> chunk(NodeId from, SnapshotChunk<V> chunk, Step<V> step) {
        if (!running
                || chunk.load() != load
                || !from.equals(source)
                || !chunk.after().equals(cursor)) {
            return Optional.empty();
        }
        received += chunk.records().size();
        total = Math.max(chunk.total(), received);
        progressNanos = step.nowNanos;
        warmUpMillis = Math.max(warmUpMillis, chunk.warmUpMillis());
        if (chunk.next().isEmpty()) {
            return end(End.COMPLETE);
        }
        cursor = chunk.next();
        ask(from, step);
        return Optional.empty();
    }

    void notReady(NodeId from, SnapshotNotReady<V> answer, Step<V> step) {
        if (running && answer.load() == load) {
            warmUpMillisOfOthers = Math.max(warmUpMillisOfOthers, answer.warmUpMillis());
            notReady.put(from, step.nowNanos);
            pausedUntil.put(from, step.nowNanos + PAUSE_NANOS);
            if (from.equals(source)) {
                source = null;
            }
        }
    }

    /** Nobody is left to load from. */
    void abandon() {
        running = false;
        source = null;
    }

    private Optional<End> end(End how) {
        running = false;
        source = null;
        return Optional.of(how);
    }

    /** A member that has come back loaded, and was asked in vain while it was away, is waited for somewhat longer: it holds what this node would lack. */
    private long patienceNanos(Peers peers) {
        boolean anyLoaded = peers.all().stream().anyMatch(peer -> peer.alive() && peer.loaded());
        return anyLoaded ? LOAD_WAITS_FOR_LOADED * loadWaitNanos : loadWaitNanos;
    }

    /**
     * All that are listed must have said so, heard of or not: one that is silent may be the one that holds everything. Who holds data itself waits for
     * none that is not alive.
     */
    private boolean nobodyLoaded(Peers peers, Step<V> step) {
        return (anew || peers.all().size() == peers.listedOthers())
                && peers.all().stream().filter(peer -> !anew || peer.alive()).allMatch(peer -> {
                    Long said = notReady.get(peer.id());
                    return said != null && step.nowNanos - said < NOT_READY_NANOS;
                });
    }

    private Optional<NodeId> choose(Peers peers, Step<V> step) {
        return peers.all().stream()
                .filter(Peer::alive)
                .filter(peer -> {
                    Long until = pausedUntil.get(peer.id());
                    return until == null || step.nowNanos - until >= 0;
                })
                .min(Comparator.comparing((Peer peer) -> !peer.loaded())
                        .thenComparing(peer -> pausedUntil.getOrDefault(peer.id(), Long.MIN_VALUE))
                        .thenComparing(Peer::id))
                .map(Peer::id);
    }

    private void ask(NodeId chosen, Step<V> step) {
        source = chosen;
        answerDueNanos = step.nowNanos + ANSWER_WAIT_NANOS;
        step.send(chosen, new SnapshotRequest<>(load, cursor));
    }
}
