package io.muster.raft.core;

import static io.muster.raft.core.CoreState.check;

import io.muster.member.NodeId;
import io.muster.raft.core.message.PeerMessage.InstallSnapshot;
import io.muster.raft.core.message.PeerMessage.InstallSnapshotReply;
import io.muster.raft.core.snapshot.SnapshotHead;
import io.muster.raft.core.snapshot.SnapshotReceipt;
import java.util.Optional;

/** The follower's side of InstallSnapshot: takes the pieces, has the whole loaded, and puts it in the place of the log (Raft paper, §7, Figure 13). */
final class IncomingSnapshot {

    private final CoreState node;
    private final SnapshotReceipt receipt;

    IncomingSnapshot(CoreState node) {
        this.node = node;
        this.receipt = new SnapshotReceipt(node.limits.snapshotInFlightBytesMax());
    }

    /** What is being received or loaded. */
    Optional<SnapshotHead> head() {
        return receipt.head();
    }

    /** Whether the log is being replaced. */
    boolean isLoading() {
        return receipt.isLoading();
    }

    /** The leader of this term has sent a piece. */
    void offered(NodeId from, InstallSnapshot message) {
        SnapshotHead head = message.head();
        boolean differs = node.log.knows(head.index()) && node.log.termAt(head.index()) != head.term();
        if (head.index() <= node.commitIndex
                && differs
                && node.isResetSince(head.configuration().resetTerm())) {
            node.emit(new Effect.Overruled(from, head.configuration().resetTerm()));
            return;
        }
        if (head.index() < node.log.snapshotIndex()
                && node.isResetSince(head.configuration().resetTerm())) {
            // It cannot be told whether this node has what it holds; the leader's log will, when it has come so far.
            return;
        }
        if (head.index() <= node.commitIndex) {
            // What is committed here is what the snapshot holds, and more.
            tellInstalled(from, head);
            return;
        }
        SnapshotReceipt.Answer answer =
                receipt.offered(from, head, message.offset(), message.bytes().length, message.last());
        if (answer == SnapshotReceipt.Answer.STORE) {
            node.emit(new Effect.StoreChunk(
                    receipt.storeId(), from, head, message.offset(), message.bytes(), message.last()));
        } else if (answer == SnapshotReceipt.Answer.TELL_OFFSET) {
            tellOffset(from, head, receipt.offset());
        }
    }

    /** It is not a leader's, not any more at least. */
    void refused(NodeId from, InstallSnapshot message) {
        tellOffset(from, message.head(), 0);
    }

    private void tellOffset(NodeId to, SnapshotHead head, long offset) {
        node.reply(to, new InstallSnapshotReply(node.term, head.index(), offset, false));
    }

    private void tellInstalled(NodeId to, SnapshotHead head) {
        node.reply(to, new InstallSnapshotReply(node.term, head.index(), 0, true));
    }

    /** What another leader than the sender says makes the rest of a snapshot superfluous, or it begins anew with its own. */
    void dropChunksOfOthers(NodeId leader) {
        boolean foreign =
                receipt.sender().filter(sender -> !sender.equals(leader)).isPresent();
        if (foreign && !receipt.isLoading() && receipt.clear()) {
            node.emit(new Effect.DropChunks());
        }
    }

    void chunkStored(Input.ChunkStored input) {
        if (!receipt.isStoring(input.id())) {
            return;
        }
        SnapshotHead head = receipt.head().orElseThrow();
        if (head.index() <= node.commitIndex) {
            // Entries came faster than the snapshot: all of it is committed here, and more.
            NodeId sender = receipt.sender().orElseThrow();
            receipt.clear();
            node.emit(new Effect.DropChunks());
            tellInstalled(sender, head);
        } else if (receipt.stored()) {
            node.emit(new Effect.LoadSnapshot(head, logGoesOnBehind(head)));
        } else {
            tellOffset(receipt.sender().orElseThrow(), head, receipt.offset());
        }
    }

    void chunkRefused(Input.ChunkRefused input) {
        if (receipt.isStoring(input.id())) {
            NodeId sender = receipt.sender().orElseThrow();
            SnapshotHead head = receipt.head().orElseThrow();
            receipt.clear();
            tellOffset(sender, head, 0);
        }
    }

    void loaded(Input.SnapshotLoaded input) {
        SnapshotHead head = receipt.head().orElseThrow();
        NodeId sender = receipt.sender().orElseThrow();
        check(
                receipt.isLoading() && input.index() == head.index(),
                "SnapshotFaithful",
                "loaded " + input.index() + " where " + head + " was asked for");
        takeOver(head);
        receipt.clear();
        tellInstalled(sender, head);
    }

    /** Whether the log has the snapshot's last entry, so that what follows it stays (Figure 13, 6). */
    private boolean logGoesOnBehind(SnapshotHead head) {
        return node.log.knows(head.index()) && node.log.termAt(head.index()) == head.term();
    }

    /** Figure 13, 6 to 8. Nothing committed is lost: the snapshot holds all of it, and more. */
    private void takeOver(SnapshotHead head) {
        check(
                head.index() > node.commitIndex,
                "CommittedNeverLost",
                "snapshot at " + head.index() + ", committed " + node.commitIndex);
        if (logGoesOnBehind(head)) {
            node.log.compactTo(head.index());
        } else {
            if (node.log.lastIndex() > head.index()) {
                node.emit(new Effect.Discarded(head.index() + 1, node.log.lastIndex() - head.index()));
            }
            node.log.reset(head.index(), head.term());
            node.configurations.truncateFrom(head.index() + 1);
        }
        node.configurations.replaceTo(head.index(), head.configuration());
        node.durability.replacedTo(head.index(), node.log.lastIndex());
        node.snapshotIndex = head.index();
        node.commitIndex = head.index();
        node.emit(new Effect.ConfigurationCommitted(head.index(), head.configuration()));
    }
}
