package io.muster.raft.simulation;

import io.muster.member.NodeId;
import io.muster.raft.core.membership.Configuration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Who has voted for whom, and who would, in one cluster and over all lives of its nodes. */
final class VoteBook {

    private record Ballot(NodeId voter, long term) {}

    private record Question(NodeId candidate, long attempt) {}

    private final Map<Ballot, NodeId> votes = new HashMap<>();
    private final Map<Question, Set<NodeId>> wouldVote = new HashMap<>();
    private final Map<NodeId, Long> lastAttempt = new HashMap<>();

    /** @return for whom else it has voted in that term */
    Optional<NodeId> grant(NodeId voter, long term, NodeId candidate) {
        NodeId before = votes.putIfAbsent(new Ballot(voter, term), candidate);
        return before == null || before.equals(candidate) ? Optional.empty() : Optional.of(before);
    }

    boolean hasVoted(NodeId voter, long term, NodeId candidate) {
        return candidate.equals(votes.get(new Ballot(voter, term)));
    }

    void asks(NodeId candidate, long attempt) {
        lastAttempt.put(candidate, attempt);
    }

    void wouldVote(NodeId voter, NodeId candidate, long attempt) {
        wouldVote
                .computeIfAbsent(new Question(candidate, attempt), first -> new HashSet<>())
                .add(voter);
    }

    /** Whether a majority has said that it would vote for the candidate, the last time that it asked. */
    boolean wouldWin(NodeId candidate, Configuration group) {
        Set<NodeId> agreeing =
                wouldVote.getOrDefault(new Question(candidate, lastAttempt.getOrDefault(candidate, 0L)), Set.of());
        return ConfigurationOverlap.majority(group, voter -> voter.equals(candidate) || agreeing.contains(voter));
    }
}
