package io.muster.raft.core;

import static io.muster.raft.core.CoreState.check;

import io.muster.member.NodeId;
import io.muster.raft.RaftRole;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Which role this node has and who leads it, and what ends with a role (Raft paper, §5.1 and Figure 4). */
final class RoleState {

    private final CoreState node;
    private final RoleTimer timer;
    private final VoteRound votes;
    private final ForwardedReads reads;

    private RaftRole role = RaftRole.FOLLOWER;
    private Optional<NodeId> leader = Optional.empty();

    /** The term of the last reset that the leader knows of; counts while one is known. */
    private long leaderResetTerm;

    /** When the leader was last heard; counts while one is known. */
    private long leaderHeardNanos;

    /** There while, and only while, the role is LEADER. */
    private @Nullable Leadership leadership;

    /** Leadership was being handed over when this node's ended; it shows with the next leader whether that is the right one. */
    private Optional<Handover> handover = Optional.empty();

    RoleState(CoreState node, RoleTimer timer, VoteRound votes, ForwardedReads reads) {
        this.node = node;
        this.timer = timer;
        this.votes = votes;
        this.reads = reads;
    }

    RaftRole role() {
        return role;
    }

    boolean is(RaftRole which) {
        return role == which;
    }

    Optional<NodeId> leader() {
        return leader;
    }

    @Nullable
    Leadership leadership() {
        return leadership;
    }

    void ifLeading(Consumer<Leadership> step) {
        if (leadership != null) {
            step.accept(leadership);
        }
    }

    // Changing.

    void become(RaftRole newRole, Optional<NodeId> newLeader) {
        if (leadership != null) {
            handover = leadership.end();
        }
        leadership = null;
        votes.endPreVotes();
        role = newRole;
        leader = newLeader;
        reads.refuseAll();
        node.emit(new Effect.RoleChanged(role, node.term, leader));
    }

    /** The election is won. */
    void lead() {
        become(RaftRole.LEADER, Optional.of(node.self));
        endHandover(node.self);
        Leadership won = new Leadership(node);
        leadership = won;
        won.begin();
    }

    /** All servers (Figure 2): a higher term makes anyone a follower. */
    void adoptTerm(long newTerm) {
        check(newTerm > node.term, "TermsNeverDecrease", node.term + " to " + newTerm);
        boolean led = leadership != null;
        node.term = newTerm;
        node.votedFor = Optional.empty();
        become(RaftRole.FOLLOWER, Optional.empty());
        if (led || !timer.runs()) {
            // A sole voter that waited for its own vote had no timer, either.
            awaitLeader();
        }
        node.persist(List.of());
    }

    /** Sets the election timer anew. Who has no vote waits only to notice that its leader is gone. */
    void awaitLeader() {
        votes.endPreVotes();
        if (node.mayStand() || leader.isPresent()) {
            timer.awaitElection();
        } else {
            timer.stop();
        }
    }

    void endHandover(NodeId newLeader) {
        handover.ifPresent(ended -> node.emit(ended.endedWith(newLeader, node.self)));
        handover = Optional.empty();
    }

    // The leader.

    void heardLeader() {
        leaderHeardNanos = node.nowNanos;
    }

    void leaderKnowsReset(long resetTerm) {
        leaderResetTerm = resetTerm;
    }

    /** Whether the leader counts its entries from a reset of the members that this node has not seen. */
    boolean isResetUnseen() {
        return node.isResetSince(leaderResetTerm);
    }

    /** Whether there is a leader that this node must not help to depose (dissertation §4.2.3). */
    boolean heardLeaderLately() {
        if (!node.rules.staysWithLeader()) {
            return false;
        }
        long timeout = node.timing.electionTimeoutNanos();
        return leadership != null
                ? leadership.heardMajorityWithin(timeout)
                : leader.isPresent() && node.nowNanos - leaderHeardNanos < timeout;
    }

    /** An election timeout has passed without a word of it: who writes or reads here is to hear that nobody leads, though this node does not stand (R17). */
    void forgetSilentLeader() {
        if (leader.isPresent()) {
            become(RaftRole.FOLLOWER, Optional.empty());
        }
    }

    /** Nobody waits for one whose process has ended. */
    void gone(NodeId peer) {
        if (leadership == null && leader.filter(peer::equals).isPresent()) {
            become(RaftRole.FOLLOWER, Optional.empty());
            if (node.mayStand()) {
                timer.leaderGone();
            } else {
                timer.stop();
            }
        }
    }
}
