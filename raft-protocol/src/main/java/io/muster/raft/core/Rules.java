package io.muster.raft.core;

import io.muster.member.NodeId;
import io.muster.raft.core.log.LogEntry;
import io.muster.raft.core.log.LogView;
import io.muster.raft.core.membership.Configuration;
import io.muster.raft.core.membership.ConfigurationHistory;
import io.muster.raft.core.quorum.Majority;
import java.util.List;
import java.util.Optional;

/**
 * The sentences of the paper and the dissertation on which safety hangs, each as one small question without a state of its own. The role machine
 * asks; everything else about a step is plumbing.
 *
 * <p>It is a class and not a set of constants so that a test can answer one question wrongly and see that a checker notices ({@code
 * spec/simulation.md} §10). Production uses it as it is.
 */
public class Rules {

    /** How many of so many voters decide (R11). */
    public int majority(int voterCount) {
        return Majority.size(voterCount);
    }

    /** Figure 2, RequestVote 2, first half: one vote a term, first come first served. */
    public boolean mayVoteFor(NodeId candidate, Optional<NodeId> votedFor) {
        return votedFor.isEmpty() || votedFor.get().equals(candidate);
    }

    /** Figure 2, RequestVote 2, second half; §5.4.1: the candidate's log is at least as up to date. */
    public boolean isUpToDate(long lastLogIndex, long lastLogTerm, LogView own) {
        return own.isCoveredBy(lastLogIndex, lastLogTerm);
    }

    /** Figure 2, AppendEntries 3 and 4: how many of the entries, from the first on, the log has already. The others replace what is there. */
    public int entriesKnown(List<LogEntry> entries, LogView log) {
        int known = 0;
        for (LogEntry entry : entries) {
            boolean covered = entry.index() <= log.snapshotIndex();
            boolean same = covered || (log.knows(entry.index()) && log.termAt(entry.index()) == entry.term());
            if (!same) {
                break;
            }
            known++;
        }
        return known;
    }

    /** Figure 2, AppendEntries 5. */
    public long followerCommit(long leaderCommit, long lastNewIndex, LogView log) {
        return Math.min(leaderCommit, lastNewIndex);
    }

    /** §5.4.2, figure 8: only entries of the leader's own term are committed by counting copies. */
    public boolean commitsByCounting(long entryTerm, long term) {
        return entryTerm == term;
    }

    /** §5.1: answers of another term say nothing about this one. */
    public boolean isCurrent(long answerTerm, long term) {
        return answerTerm == term;
    }

    /** Dissertation §6.4, step 1: a leader does not know the commit index before it has committed an entry of its term (R24). */
    public boolean mayReadAt(long commitIndex, long termStartIndex) {
        return commitIndex >= termStartIndex;
    }

    /** Dissertation §6.4, step 3: a majority has confirmed the leadership in a round that began after the read came. */
    public boolean readIsConfirmed(long readRound, long confirmedRound) {
        return readRound <= confirmedRound;
    }

    /** Dissertation §9.6: nobody raises its term before a majority would vote for it. */
    public boolean preVote() {
        return true;
    }

    /** Dissertation §6.2: a leader without a majority steps down. */
    public boolean checkQuorum() {
        return true;
    }

    /** Dissertation §4.2.3: who heard a leader lately helps nobody to depose it. */
    public boolean staysWithLeader() {
        return true;
    }

    /** Dissertation §4.1: the latest configuration in the log is in force, committed or not. */
    public Optional<Configuration> inForce(ConfigurationHistory configurations, long commitIndex) {
        return configurations.current();
    }

    /** Dissertation §4.1: a configuration goes with its entry. */
    public void truncate(ConfigurationHistory configurations, long fromIndex) {
        configurations.truncateFrom(fromIndex);
    }

    /** Dissertation §4.1 and the correction to it (raft-dev, 2015): no change before the leader has committed an entry of its term. */
    public boolean mayChangeMembersBeforeOwnCommit() {
        return false;
    }

    /** R32: a format is put in force when all who belong to the group have announced that they read it. */
    public boolean mayPutInForce(int announcing, int members) {
        return announcing == members;
    }

    /** Dissertation §4.1: at most one change is uncommitted, or unfinished. */
    public boolean mayChangeMembersDuringAChange() {
        return false;
    }
}
