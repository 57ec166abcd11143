package io.muster.raft.core.quorum;

import io.muster.member.NodeId;
import java.util.TreeMap;

/** The votes of one election. Each voter counts once, whatever it repeats; nobody else counts. */
public final class Tally {

    private final Quorum quorum;

    /** Invariant: keys are voters. */
    private final TreeMap<NodeId, Boolean> votes = new TreeMap<>();

    public Tally(Quorum quorum) {
        this.quorum = quorum;
    }

    /** Counts a vote; the first one of a voter stands. */
    public void record(NodeId voter, boolean granted) {
        if (quorum.counts(voter)) {
            votes.putIfAbsent(voter, granted);
        }
    }

    /** Whether a majority of the voters granted their vote; while the configuration is joint, of either half. */
    public boolean won() {
        return quorum.agrees(voter -> votes.getOrDefault(voter, false));
    }
}
