package io.muster.raft.core;

import static io.muster.raft.core.CoreState.check;

import io.muster.member.NodeId;
import io.muster.raft.RaftRole;
import io.muster.raft.core.message.PeerMessage.PreVote;
import io.muster.raft.core.message.PeerMessage.PreVoteReply;
import io.muster.raft.core.message.PeerMessage.RequestVote;
import io.muster.raft.core.message.PeerMessage.RequestVoteReply;
import io.muster.raft.core.message.PeerMessage.TimeoutNow;
import java.util.List;
import java.util.Optional;

/**
 * Elections, from both sides: standing for one, and voting (Raft paper, §5.2 and §5.4.1).
 *
 * <p>A node whose log names no group stands idle. A sole voter elects itself at once, since nobody else could vote or lead. Everybody else asks for
 * pre-votes first, as a follower, and raises its term only when a majority would vote for it (dissertation §9.6).
 */
final class Elections {

    /** A node whose state is being replaced leaves so many elections to others; perhaps only its log is long enough to win. */
    private static final int LEFT_TO_OTHERS = 3;

    private final CoreState node;
    private final RoleState role;
    private final RoleTimer timer;
    private final VoteRound votes;
    private final IncomingSnapshot snapshot;

    /** How many elections in a row this node has left to others because its state is being replaced. */
    private int leftToOthers;

    Elections(CoreState node, RoleState role, RoleTimer timer, VoteRound votes, IncomingSnapshot snapshot) {
        this.node = node;
        this.role = role;
        this.timer = timer;
        this.votes = votes;
        this.snapshot = snapshot;
    }

    // Standing for election.

    /** A group has just become known: wait for its leader, or lead it if there is nobody else. */
    void takeUpGroup() {
        if (node.isSoleVoter()) {
            campaign(false);
        } else {
            role.awaitLeader();
        }
    }

    /** Nothing was heard of a leader for an election timeout. */
    void timedOut() {
        if (!node.mayStand()) {
            // Nothing to stand for; but the leader that was known is silent.
            role.become(RaftRole.FOLLOWER, Optional.empty());
            timer.stop();
        } else if (snapshot.isLoading() || (role.is(RaftRole.CANDIDATE) && !votes.ownVoteIsDurable())) {
            // Nobody would gain: the log is being replaced, or nobody was asked yet since the disk is slow.
            role.forgetSilentLeader();
            timer.awaitElection();
        } else if (node.repairing && leftToOthers < LEFT_TO_OTHERS) {
            leftToOthers++;
            role.forgetSilentLeader();
            timer.awaitElection();
        } else if (node.rules.preVote() && !node.isSoleVoter()) {
            askForPreVotes();
        } else {
            campaign(false);
        }
    }

    /** There is a leader, or the state is being replaced only now. */
    void countAnew() {
        leftToOthers = 0;
    }

    /** Asks who would vote for this node, without raising the term. */
    private void askForPreVotes() {
        if (!role.is(RaftRole.FOLLOWER) || role.leader().isPresent()) {
            role.become(RaftRole.FOLLOWER, Optional.empty());
        }
        long attempt = votes.beginPreVotes();
        timer.awaitPreVotes();
        PreVote question = new PreVote(node.term, node.log.lastIndex(), node.log.lastTerm(), attempt);
        otherVoters().forEach(voter -> node.reply(voter, question));
    }

    private void campaign(boolean transfer) {
        check(role.leadership() == null, "ElectionSafety", "the leader of term " + node.term + " would campaign");
        node.term++;
        node.votedFor = Optional.of(node.self);
        votes.beginVotes();
        role.become(RaftRole.CANDIDATE, Optional.empty());
        if (node.isSoleVoter()) {
            // It waits for nothing but its own disk; a new term would only make it wait anew.
            timer.stop();
        } else {
            timer.awaitElection();
        }
        long ownVoteWrite = node.persist(List.of());
        votes.ownVoteIsIn(ownVoteWrite);
        RequestVote question = new RequestVote(node.term, node.log.lastIndex(), node.log.lastTerm(), transfer);
        otherVoters().forEach(voter -> node.emit(new Effect.Send(voter, question, ownVoteWrite)));
    }

    private List<NodeId> otherVoters() {
        return node.group().members().stream()
                .filter(member -> node.isVoter(member) && !member.equals(node.self))
                .toList();
    }

    /** Dissertation §3.10: the leader wants this node to lead. Pre-votes would be refused, since everybody hears the leader. */
    void timeoutNow(NodeId from, TimeoutNow message) {
        boolean fromLeader = message.term() == node.term && role.leader().equals(Optional.of(from));
        boolean able = node.isVoter(node.self) && !snapshot.isLoading() && !node.repairing;
        if (fromLeader && role.is(RaftRole.FOLLOWER) && able) {
            campaign(true);
        }
    }

    // Counting.

    /** Candidates: a write has become durable, be it that of the own vote. */
    void persisted() {
        if (votes.ownVoteIsDurable()) {
            votes.record(node.self, true);
            leadIfElected();
        }
    }

    void preVoteReply(NodeId from, PreVoteReply message) {
        if (votes.asksForPreVotes(message.attempt())) {
            votes.record(from, message.granted());
            if (votes.won()) {
                campaign(false);
            }
        }
    }

    void requestVoteReply(NodeId from, RequestVoteReply message) {
        if (role.is(RaftRole.CANDIDATE) && node.rules.isCurrent(message.term(), node.term)) {
            votes.record(from, message.granted());
            leadIfElected();
        }
    }

    private void leadIfElected() {
        if (role.is(RaftRole.CANDIDATE) && votes.won() && votes.ownVoteIsDurable()) {
            role.lead();
        }
    }

    // Voting.

    /** Dissertation §9.6: would this node vote for the sender? It forgets the question at once. */
    void preVote(NodeId from, PreVote message) {
        boolean granted = message.term() >= node.term
                && !role.heardLeaderLately()
                && node.rules.isUpToDate(message.lastLogIndex(), message.lastLogTerm(), node.log);
        node.reply(from, new PreVoteReply(node.term, granted, message.attempt()));
    }

    /** Raft paper §5.2 and §5.4.1. */
    void requestVote(NodeId from, RequestVote message) {
        boolean granted = message.term() == node.term
                && node.rules.mayVoteFor(from, node.votedFor)
                && node.rules.isUpToDate(message.lastLogIndex(), message.lastLogTerm(), node.log);
        if (granted) {
            if (!node.votedFor.equals(Optional.of(from))) {
                node.votedFor = Optional.of(from);
                node.persist(List.of());
            }
            role.awaitLeader();
        }
        node.reply(from, new RequestVoteReply(node.term, granted));
    }
}
