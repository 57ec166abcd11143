package io.muster.raft.core;

import io.muster.member.NodeId;
import io.muster.raft.core.quorum.Quorum;
import io.muster.raft.core.quorum.Tally;
import java.util.List;

/** The votes or pre-votes that this node is asking for, as they come in. */
final class VoteRound {

    private final CoreState node;

    /** Counts while votes or pre-votes are asked for. */
    private Tally tally = new Tally(new Quorum(List.of(), List.of()));

    /** Followers only: whether pre-votes are being asked for. */
    private boolean preVoting;

    /** Names the last round of pre-votes. */
    private long preVoteAttempt;

    /** Candidates only: which write holds the own vote. */
    private long ownVoteWrite;

    VoteRound(CoreState node) {
        this.node = node;
    }

    /** @return the round's name, so that an answer to an earlier one does not count */
    long beginPreVotes() {
        preVoting = true;
        preVoteAttempt++;
        tally = new Tally(node.quorum());
        tally.record(node.self, true);
        return preVoteAttempt;
    }

    void endPreVotes() {
        preVoting = false;
    }

    boolean asksForPreVotes(long attempt) {
        return preVoting && attempt == preVoteAttempt;
    }

    void beginVotes() {
        tally = new Tally(node.quorum());
    }

    /** The own vote counts once this write is durable. */
    void ownVoteIsIn(long write) {
        ownVoteWrite = write;
    }

    boolean ownVoteIsDurable() {
        return node.durability.isDurable(ownVoteWrite);
    }

    void record(NodeId voter, boolean granted) {
        tally.record(voter, granted);
    }

    boolean won() {
        return tally.won();
    }
}
