package io.muster.raft.core;

import static io.muster.raft.core.CoreState.check;

import io.muster.member.NodeId;
import io.muster.raft.RaftRole;
import io.muster.raft.core.message.PeerMessage.AppendEntries;
import io.muster.raft.core.message.PeerMessage.AppendEntriesReply;
import io.muster.raft.core.message.PeerMessage.InstallSnapshot;
import java.util.Optional;

/** What the word of a leader means: who hears one of its term follows it, and takes over its entries (Raft paper, §5.3). The other side is {@link Leadership}. */
final class Followership {

    private final CoreState node;
    private final RoleState role;
    private final Elections elections;
    private final IncomingSnapshot snapshot;
    private final ForwardedReads reads;

    Followership(CoreState node, RoleState role, Elections elections, IncomingSnapshot snapshot, ForwardedReads reads) {
        this.node = node;
        this.role = role;
        this.elections = elections;
        this.snapshot = snapshot;
        this.reads = reads;
    }

    /** Figure 2 "AppendEntries RPC"; the numbers are those of the figure. */
    void appendEntries(NodeId from, AppendEntries message) {
        long prev = message.prevLogIndex();
        if (message.term() < node.term || isSecondLeader(from, message.term())) { // 1
            // The round is of another leadership, be it of the same node, which may lead this term by now. A negative
            // one is nobody's (R25).
            answer(from, AppendEntriesReply.refused(node.term, prev, 0, 0, Math.min(0, message.round())));
            return;
        }
        follow(from);
        role.leaderKnowsReset(message.resetTerm());
        node.heardCommitIndex = Math.max(node.heardCommitIndex, message.leaderCommit());
        if (snapshot.isLoading()) {
            // The log is being replaced: nothing is stored now, and nothing is claimed.
            answer(from, AppendEntriesReply.matched(node.term, 0, message.round()));
            return;
        }
        if (node.isResetSince(message.resetTerm())
                && LeaderClaim.contradictsCommitted(message, node.log, node.commitIndex)) {
            node.emit(new Effect.Overruled(from, message.resetTerm()));
            return;
        }
        if (node.isResetSince(message.resetTerm()) && prev + message.entries().size() < node.log.snapshotIndex()) {
            // All of it lies below what is known here entry by entry. What is committed is the same elsewhere, but not
            // since a reset.
            answer(from, AppendEntriesReply.matched(node.term, 0, message.round()));
            return;
        }
        if (prev > node.log.lastIndex()) { // 2
            answer(from, AppendEntriesReply.refused(node.term, prev, node.log.lastIndex() + 1, 0, message.round()));
            return;
        }
        if (prev >= node.log.snapshotIndex() && node.log.termAt(prev) != message.prevLogTerm()) { // 2
            check(prev > node.commitIndex, "LogMatching", "committed index " + prev + " differs at leader " + from);
            long hint = node.log.firstIndexOfTermAt(prev);
            answer(from, AppendEntriesReply.refused(node.term, prev, hint, node.log.termAt(prev), message.round()));
            return;
        }
        takeOver(from, message);
    }

    private void takeOver(NodeId from, AppendEntries message) {
        node.store(message.entries()); // 3, 4
        long lastNew = message.prevLogIndex() + message.entries().size();
        node.commitTo(node.rules.followerCommit(message.leaderCommit(), lastNew, node.log)); // 5
        message.digest()
                .ifPresent(claim -> node.digests
                        .claimed(claim)
                        .ifPresent(verdict -> node.emit(new Effect.DigestJudged(verdict, claim.digest()))));
        answer(from, AppendEntriesReply.matched(node.term, lastNew, message.round()));
    }

    private void answer(NodeId to, AppendEntriesReply reply) {
        node.reply(to, reply.withDigest(node.digests.newest()));
    }

    /** Raft paper §7, Figure 13. */
    void installSnapshot(NodeId from, InstallSnapshot message) {
        if (message.term() < node.term || isSecondLeader(from, message.term())) {
            snapshot.refused(from, message);
            return;
        }
        follow(from);
        snapshot.offered(from, message);
    }

    /** This node was elected to lead the term, so nobody else was (§5.2): whoever says so is at fault, and is refused as one of an older term. */
    private boolean isSecondLeader(NodeId from, long term) {
        boolean second = role.leadership() != null && term == node.term;
        if (second) {
            node.emit(new Effect.SecondLeader(from, term));
        }
        return second;
    }

    private void follow(NodeId leader) {
        check(
                role.leadership() == null,
                "ElectionSafety",
                "term " + node.term + " is led by " + node.self + " and " + leader);
        if (!role.is(RaftRole.FOLLOWER) || !role.leader().equals(Optional.of(leader))) {
            role.become(RaftRole.FOLLOWER, Optional.of(leader));
            snapshot.dropChunksOfOthers(leader);
        }
        role.endHandover(leader);
        role.heardLeader();
        elections.countAnew();
        role.awaitLeader();
        reads.askAgainIfOverdue(leader);
    }
}
