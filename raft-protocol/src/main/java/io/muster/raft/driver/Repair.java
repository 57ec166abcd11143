package io.muster.raft.driver;

import io.muster.member.NodeId;
import io.muster.raft.core.Effect;
import io.muster.raft.core.snapshot.SnapshotHead;
import io.muster.raft.storage.RaftStorage;
import io.muster.raft.wire.RepairMessage.Ask;
import io.muster.raft.wire.RepairMessage.Piece;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replaces a state that is known to be wrong by the leader's (R15): nothing is applied until a snapshot of the leader's, as new as the state, has come and
 * taken its place; then what was committed behind it is applied. Terms, votes and the log are not touched: they are not what is wrong.
 */
final class Repair {

    private static final Logger LOG = LoggerFactory.getLogger(Repair.class);

    private final RaftStorage storage;
    private final PeerLink peers;
    private final ReplicaEvents owner;
    private final SnapshotInstall<?, ?> install;

    private boolean running;

    /** The snapshot must be as new as this. */
    private long minIndex;

    /** What is being fetched, and how much of it is there. */
    private Optional<SnapshotHead> head = Optional.empty();

    /** Who sends it: another's file may have its bytes in another order. */
    private Optional<NodeId> sender = Optional.empty();

    private long offset;
    private boolean storing;
    private boolean whole;

    Repair(RaftStorage storage, PeerLink peers, ReplicaEvents owner, SnapshotInstall<?, ?> install) {
        this.storage = storage;
        this.peers = peers;
        this.owner = owner;
        this.install = install;
    }

    /** Whether nothing may be applied. */
    boolean running() {
        return running;
    }

    /** Whether the state is being replaced just now: that must end first, whatever happens. */
    boolean installing() {
        return running && whole && storing;
    }

    void begin(long appliedIndex) {
        if (!running) {
            LOG.warn("The state at index {} is replaced by the leader's", appliedIndex);
            running = true;
            minIndex = appliedIndex;
            restart();
        }
    }

    /** The file is needed for something else, or what came was not sound. */
    void restart() {
        head = Optional.empty();
        sender = Optional.empty();
        offset = 0;
        storing = false;
        whole = false;
    }

    /** The state has been replaced. */
    void end() {
        running = false;
        restart();
    }

    /** Asks for the next piece; from time to time, since question or answer may be lost. */
    void ask(Optional<NodeId> leader) {
        if (running && !storing && !whole) {
            if (sender.isPresent() && leader.isPresent() && !sender.equals(leader)) {
                restart();
            }
            long index = head.map(SnapshotHead::index).orElse(0L);
            leader.filter(other -> !other.equals(peers.self()))
                    .ifPresent(other -> peers.send(other, new Ask(minIndex, index, offset)));
        }
    }

    void received(NodeId from, Piece piece) {
        boolean begins = piece.offset() == 0 && !head.equals(Optional.of(piece.head()));
        boolean goesOn =
                piece.offset() == offset && head.equals(Optional.of(piece.head())) && sender.equals(Optional.of(from));
        if (!running || storing || whole || piece.head().index() < minIndex || !(begins || goesOn)) {
            return;
        }
        head = Optional.of(piece.head());
        sender = Optional.of(from);
        offset = piece.offset();
        storing = true;
        storage.receive(piece.head(), piece.offset(), piece.bytes(), piece.last())
                .whenComplete((ignored, error) -> owner.turn(() -> stored(from, piece, error == null)));
    }

    private void stored(NodeId from, Piece piece, boolean sound) {
        if (!storing || !head.equals(Optional.of(piece.head()))) {
            return;
        }
        if (!sound) {
            restart();
            return;
        }
        storing = false;
        offset += piece.bytes().length;
        whole = piece.last();
        ask(Optional.of(from));
    }

    /**
     * Puts the snapshot in the place of the state, once it is whole and the log here has come as far.
     *
     * @return its index when it is done; empty if it is not time yet
     */
    Optional<CompletableFuture<Long>> install(long commitIndex, long durableIndex) {
        if (!running || !whole || storing || head.isEmpty()) {
            return Optional.empty();
        }
        SnapshotHead fetched = head.get();
        if (fetched.index() > Math.min(commitIndex, durableIndex)) {
            return Optional.empty();
        }
        storing = true;
        return Optional.of(install.begin(new Effect.LoadSnapshot(fetched, true)).thenApply(ignored -> fetched.index()));
    }
}
