package io.muster.raft.simulation;

import io.muster.member.NodeId;
import io.muster.raft.core.Rules;
import io.muster.raft.core.log.LogEntry;
import io.muster.raft.core.log.LogView;
import io.muster.raft.core.membership.Configuration;
import io.muster.raft.core.membership.ConfigurationHistory;
import java.util.List;
import java.util.Optional;

/** The core's questions, each answered wrongly in its own way. */
final class BrokenRules {

    private BrokenRules() {}

    static final class NoLogComparison extends Rules {
        @Override
        public boolean isUpToDate(long lastLogIndex, long lastLogTerm, LogView own) {
            return true;
        }
    }

    static final class LengthBeforeTerm extends Rules {
        @Override
        public boolean isUpToDate(long lastLogIndex, long lastLogTerm, LogView own) {
            return lastLogIndex >= own.lastIndex();
        }
    }

    static final class TwoVotesATerm extends Rules {
        @Override
        public boolean mayVoteFor(NodeId candidate, Optional<NodeId> votedFor) {
            return true;
        }
    }

    static final class HalfIsAMajority extends Rules {
        @Override
        public int majority(int voterCount) {
            return Math.max(1, voterCount / 2);
        }
    }

    static final class OldTermsCommittedByCounting extends Rules {
        @Override
        public boolean commitsByCounting(long entryTerm, long term) {
            return true;
        }
    }

    static final class ConflictNotTruncated extends Rules {
        @Override
        public int entriesKnown(List<LogEntry> entries, LogView log) {
            return (int) entries.stream()
                    .filter(entry -> entry.index() <= log.lastIndex())
                    .count();
        }
    }

    static final class AlwaysTruncated extends Rules {
        @Override
        public int entriesKnown(List<LogEntry> entries, LogView log) {
            return (int) entries.stream()
                    .filter(entry -> entry.index() <= log.snapshotIndex())
                    .count();
        }
    }

    static final class CommitsWhatTheLeaderDid extends Rules {
        @Override
        public long followerCommit(long leaderCommit, long lastNewIndex, LogView log) {
            return Math.min(leaderCommit, log.lastIndex());
        }
    }

    static final class ReadWithoutARound extends Rules {
        @Override
        public boolean readIsConfirmed(long readRound, long confirmedRound) {
            return true;
        }
    }

    static final class ReadBeforeAnOwnCommit extends Rules {
        @Override
        public boolean mayReadAt(long commitIndex, long termStartIndex) {
            return true;
        }
    }

    static final class NoPreVote extends Rules {
        @Override
        public boolean preVote() {
            return false;
        }
    }

    static final class NoCheckQuorum extends Rules {
        @Override
        public boolean checkQuorum() {
            return false;
        }
    }

    static final class MembersChangedBeforeAnOwnCommit extends Rules {
        @Override
        public boolean mayChangeMembersBeforeOwnCommit() {
            return true;
        }
    }

    static final class TwoChangesAtOnce extends Rules {
        @Override
        public boolean mayChangeMembersDuringAChange() {
            return true;
        }
    }

    static final class ConfigurationTakenAtCommit extends Rules {
        @Override
        public Optional<Configuration> inForce(ConfigurationHistory configurations, long commitIndex) {
            return configurations.at(commitIndex);
        }
    }

    static final class ConfigurationNotRolledBack extends Rules {
        @Override
        public void truncate(ConfigurationHistory configurations, long fromIndex) {}
    }

    static final class FormatOfTheMajority extends Rules {
        @Override
        public boolean mayPutInForce(int announcing, int members) {
            return announcing >= majority(members);
        }
    }

    static final class OldAnswersTakenForNew extends Rules {
        @Override
        public boolean isCurrent(long answerTerm, long term) {
            return true;
        }
    }
}
