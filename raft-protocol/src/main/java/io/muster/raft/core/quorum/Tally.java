package io.muster.raft.core.quorum;

import io.muster.member.NodeId;
import java.util.List;
import java.util.TreeMap;

/** The votes of one election. Each voter counts once, whatever it repeats; nobody else counts. */
public final class Tally {

    private final List<NodeId> voters;

    /** Invariant: keys are voters. */
    private final TreeMap<NodeId, Boolean> votes = new TreeMap<>();

    public Tally(List<NodeId> voters) {
        this.voters = List.copyOf(voters);
    }

    /** Counts a vote; the first one of a voter stands. */
    public void record(NodeId voter, boolean granted) {
        if (voters.contains(voter)) {
            votes.putIfAbsent(voter, granted);
        }
    }

    /** Whether a majority of the voters granted their vote. */
    public boolean won() {
        long granted = votes.values().stream().filter(vote -> vote).count();
        return granted >= Majority.size(voters.size());
    }
}
