package io.muster.raft.core;

import io.muster.member.NodeId;
import io.muster.raft.core.log.LogEntry;
import io.muster.raft.core.log.LogView;
import io.muster.raft.core.membership.Configuration;
import io.muster.raft.core.membership.ConfigurationHistory;
import io.muster.raft.core.message.PeerMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Deliberate bugs ({@code spec/simulation.md} §10): a rule answered wrongly, or a core whose driver does something wrong, and the invariants of which one
 * must notice.
 */
enum PlantedRule {
    NONE(""),

    VOTE_SENT_UNSTORED("M01 M03: VoteOnce") {
        @Override
        Machine around(Machine machine) {
            return early(machine, message -> message instanceof PeerMessage.RequestVoteReply);
        }
    },

    NO_LOG_COMPARISON("M05: LeaderCompleteness StateMachineSafety CommittedNeverLost LogMatching") {
        @Override
        Rules rules() {
            return new Rules() {
                @Override
                public boolean isUpToDate(long lastLogIndex, long lastLogTerm, LogView own) {
                    return true;
                }
            };
        }
    },

    LENGTH_BEFORE_TERM("M06: LeaderCompleteness StateMachineSafety CommittedNeverLost LogMatching") {
        @Override
        Rules rules() {
            return new Rules() {
                @Override
                public boolean isUpToDate(long lastLogIndex, long lastLogTerm, LogView own) {
                    return lastLogIndex >= own.lastIndex();
                }
            };
        }
    },

    TWO_VOTES_A_TERM("M07: VoteOnce ElectionSafety") {
        @Override
        Rules rules() {
            return new Rules() {
                @Override
                public boolean mayVoteFor(NodeId candidate, Optional<NodeId> votedFor) {
                    return true;
                }
            };
        }
    },

    VOTES_COUNTED_TWICE("M08: VoteOnce ElectionSafety") {
        @Override
        Machine around(Machine machine) {
            return (input, now) -> {
                List<Effect> effects = new ArrayList<>(machine.on(input, now));
                if (input instanceof Input.Received received
                        && received.message() instanceof PeerMessage.RequestVoteReply) {
                    for (int i = 1; i <= 5; i++) {
                        effects.addAll(machine.on(new Input.Received(CoreFixture.node(i), received.message()), now));
                    }
                }
                return effects;
            };
        }
    },

    HALF_IS_A_MAJORITY("M09: VoteOnce ElectionSafety AckIsDurable LeaderCompleteness") {
        @Override
        Rules rules() {
            return new Rules() {
                @Override
                public int majority(int voterCount) {
                    return Math.max(1, voterCount / 2);
                }
            };
        }
    },

    OLD_TERMS_COMMITTED_BY_COUNTING("M10: CommitMonotone LeaderCompleteness") {
        @Override
        Rules rules() {
            return new Rules() {
                @Override
                public boolean commitsByCounting(long entryTerm, long term) {
                    return true;
                }
            };
        }
    },

    LEADER_COUNTS_ITSELF_EARLY("M11: AckIsDurable") {
        @Override
        Machine around(Machine machine) {
            return (input, now) -> {
                List<Effect> effects = new ArrayList<>(machine.on(input, now));
                if (input instanceof Input.Propose) {
                    for (Effect effect : List.copyOf(effects)) {
                        if (effect instanceof Effect.Persist persist) {
                            effects.addAll(machine.on(new Input.Persisted(persist.id()), now));
                        }
                    }
                }
                return effects;
            };
        }
    },

    ACKNOWLEDGED_UNSTORED("M12: AckIsDurable StateMachineSafety LeaderCompleteness") {
        @Override
        Machine around(Machine machine) {
            return early(machine, message -> message instanceof PeerMessage.AppendEntriesReply);
        }
    },

    CONFLICT_NOT_TRUNCATED("M14: LogMatching StateMachineSafety LogWithoutGaps AckIsDurable") {
        @Override
        Rules rules() {
            return new Rules() {
                @Override
                public int entriesKnown(List<LogEntry> entries, LogView log) {
                    return (int) entries.stream()
                            .filter(entry -> entry.index() <= log.lastIndex())
                            .count();
                }
            };
        }
    },

    ALWAYS_TRUNCATED("M15: CommittedNeverLost AckIsDurable LeaderCompleteness") {
        @Override
        Rules rules() {
            return new Rules() {
                @Override
                public int entriesKnown(List<LogEntry> entries, LogView log) {
                    return (int) entries.stream()
                            .filter(entry -> entry.index() <= log.snapshotIndex())
                            .count();
                }
            };
        }
    },

    FOLLOWER_COMMITS_WHAT_THE_LEADER_DID("M16: StateMachineSafety AckIsDurable LogMatching") {
        @Override
        Rules rules() {
            return new Rules() {
                @Override
                public long followerCommit(long leaderCommit, long lastNewIndex, LogView log) {
                    return Math.min(leaderCommit, log.lastIndex());
                }
            };
        }
    },

    READ_WITHOUT_A_ROUND("M18 M20: Linearizable") {
        @Override
        Rules rules() {
            return new Rules() {
                @Override
                public boolean readIsConfirmed(long readRound, long confirmedRound) {
                    return true;
                }
            };
        }
    },

    READ_BEFORE_AN_OWN_COMMIT("M19: Linearizable") {
        @Override
        Rules rules() {
            return new Rules() {
                @Override
                public boolean mayReadAt(long commitIndex, long termStartIndex) {
                    return true;
                }
            };
        }
    },

    MEMBERS_CHANGED_BEFORE_AN_OWN_COMMIT("M22: ConfigSafety") {
        @Override
        Rules rules() {
            return new Rules() {
                @Override
                public boolean mayChangeMembersBeforeOwnCommit() {
                    return true;
                }
            };
        }
    },

    TWO_CHANGES_AT_ONCE("M22: ConfigSafety") {
        @Override
        Rules rules() {
            return new Rules() {
                @Override
                public boolean mayChangeMembersDuringAChange() {
                    return true;
                }
            };
        }
    },

    CONFIGURATION_TAKEN_AT_COMMIT("M23: ConfigSafety") {
        @Override
        Rules rules() {
            return new Rules() {
                @Override
                public Optional<Configuration> inForce(ConfigurationHistory configurations, long commitIndex) {
                    return configurations.at(commitIndex);
                }
            };
        }
    },

    CONFIGURATION_NOT_ROLLED_BACK("M23: ConfigSafety") {
        @Override
        Rules rules() {
            return new Rules() {
                @Override
                public void truncate(ConfigurationHistory configurations, long fromIndex) {}
            };
        }
    },

    OLD_ANSWERS_TAKEN_FOR_NEW("M27: VoteOnce AckIsDurable Linearizable LogMatching ElectionSafety MatchBelowNext") {
        @Override
        Rules rules() {
            return new Rules() {
                @Override
                public boolean isCurrent(long answerTerm, long term) {
                    return true;
                }
            };
        }
    };

    private final String killers;

    PlantedRule(String killers) {
        this.killers = killers;
    }

    Rules rules() {
        return new Rules();
    }

    Machine around(Machine machine) {
        return machine;
    }

    /** The names of the invariants of which any may find it, with spaces between; the bug's number first. */
    String killers() {
        return killers;
    }

    /** Messages of a kind do not wait for what they stand on. */
    private static Machine early(Machine machine, Predicate<PeerMessage> kind) {
        return (input, now) -> machine.on(input, now).stream()
                .map(effect -> effect instanceof Effect.Send send && kind.test(send.message())
                        ? new Effect.Send(send.to(), send.message(), 0)
                        : effect)
                .toList();
    }
}
