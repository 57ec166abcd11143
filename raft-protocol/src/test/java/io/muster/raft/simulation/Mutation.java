package io.muster.raft.simulation;

import io.muster.member.NodeId;
import io.muster.member.port.Disk;
import io.muster.member.port.Net;
import io.muster.raft.StateMachine;
import io.muster.raft.core.Machine;
import io.muster.raft.core.RaftCore;
import io.muster.raft.core.Rules;
import io.muster.raft.core.message.PeerMessage;
import io.muster.raft.datum.DatumCommand;
import io.muster.raft.datum.DatumResult;
import io.muster.raft.datum.ForgetfulState;
import io.muster.raft.storage.Checksum;
import io.muster.sim.cluster.SimCluster;
import io.muster.sim.cluster.SimProcess;
import io.muster.sim.run.KillMatrix;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** The planted bugs of {@code spec/simulation.md} §10, by their numbers, and the invariants of which any may notice each. */
enum Mutation implements PlantedBug {
    M01_VOTE_KEPT_IN_MEMORY("VoteOnce") {
        @Override
        public Machine around(RaftCore core, SimProcess process) {
            return BrokenMachine.storing(core, BrokenMachine::withoutVote);
        }
    },
    M02_TERM_NOT_PERSISTED("VoteOnce ElectionSafety") {
        @Override
        public Machine around(RaftCore core, SimProcess process) {
            return BrokenMachine.storing(core, BrokenMachine::withoutTerm);
        }
    },
    M03_VOTE_SENT_BEFORE_ITS_SYNC("VoteOnce") {
        @Override
        public Machine around(RaftCore core, SimProcess process) {
            return BrokenMachine.sendingEarly(
                    core,
                    message -> message instanceof PeerMessage.RequestVote
                            || message instanceof PeerMessage.RequestVoteReply);
        }
    },
    M04_FAILED_WRITE_IGNORED("VoteOnce") {
        @Override
        public Disk around(Disk disk, SimProcess process) {
            return BrokenDisk.ignoringWriteErrors(disk);
        }
    },
    M05_NO_LOG_COMPARISON("LeaderCompleteness", BrokenRules.NoLogComparison::new),
    M06_LENGTH_BEFORE_TERM("LeaderCompleteness", BrokenRules.LengthBeforeTerm::new),
    M07_TWO_VOTES_A_TERM("VoteOnce ElectionSafety", BrokenRules.TwoVotesATerm::new),
    M08_VOTES_COUNTED_TWICE("VoteOnce ElectionSafety") {
        @Override
        public Machine around(RaftCore core, SimProcess process) {
            return BrokenMachine.countingVotesTwice(core);
        }
    },
    M09_HALF_IS_A_MAJORITY("ElectionSafety LeaderCompleteness", BrokenRules.HalfIsAMajority::new),
    M10_OLD_TERMS_COMMITTED_BY_COUNTING(
            "CommitMonotone LeaderCompleteness", BrokenRules.OldTermsCommittedByCounting::new),
    M11_LEADER_COUNTS_ITSELF_EARLY("AckIsDurable") {
        @Override
        public Machine around(RaftCore core, SimProcess process) {
            return BrokenMachine.countingItselfEarly(core);
        }
    },
    M12_ACKNOWLEDGED_BEFORE_SYNC("AckIsDurable") {
        @Override
        public Machine around(RaftCore core, SimProcess process) {
            return BrokenMachine.sendingEarly(
                    core,
                    message -> message instanceof PeerMessage.AppendEntriesReply reply
                            && reply.success()
                            && reply.index() > 0);
        }
    },
    M13_SYNC_ERROR_IGNORED("AckIsDurable RecoveryFaithful") {
        @Override
        public Disk around(Disk disk, SimProcess process) {
            return BrokenDisk.ignoringSyncErrors(disk);
        }
    },
    M14_CONFLICT_NOT_TRUNCATED("LogMatching StateMachineSafety", BrokenRules.ConflictNotTruncated::new),
    M15_ALWAYS_TRUNCATED("CommittedNeverLost AckIsDurable", BrokenRules.AlwaysTruncated::new),
    M16_FOLLOWER_COMMITS_WHAT_THE_LEADER_DID("StateMachineSafety", BrokenRules.CommitsWhatTheLeaderDid::new),
    M17_COMMITTED_ON_APPEND("AckIsDurable Linearizable") {
        @Override
        public Machine around(RaftCore core, SimProcess process) {
            return BrokenMachine.committingOnAppend(core);
        }
    },
    M18_READ_WITHOUT_A_ROUND("Linearizable", BrokenRules.ReadWithoutARound::new),
    M19_READ_BEFORE_AN_OWN_COMMIT("Linearizable", BrokenRules.ReadBeforeAnOwnCommit::new),
    M20_LEASE_BY_WALL_CLOCK("Linearizable") {
        @Override
        public Machine around(RaftCore core, SimProcess process) {
            return BrokenMachine.readingByWallClock(core, process.time(), Duration.ofMillis(500));
        }
    },
    M21_NO_PRE_VOTE("NoTermInflation", BrokenRules.NoPreVote::new),
    M21_NO_CHECK_QUORUM("StepDown", BrokenRules.NoCheckQuorum::new),
    M22_MEMBERS_CHANGED_BEFORE_AN_OWN_COMMIT("ConfigSafety", BrokenRules.MembersChangedBeforeAnOwnCommit::new),
    M22_TWO_CHANGES_AT_ONCE("ConfigSafety", BrokenRules.TwoChangesAtOnce::new),
    M23_CONFIGURATION_TAKEN_AT_COMMIT("ConfigSafety", BrokenRules.ConfigurationTakenAtCommit::new),
    M23_CONFIGURATION_NOT_ROLLED_BACK("ConfigSafety", BrokenRules.ConfigurationNotRolledBack::new),
    M24_SNAPSHOT_OF_WRONG_TERM("LogMatching") {
        @Override
        public Machine around(RaftCore core, SimProcess process) {
            return BrokenMachine.mistakingSnapshotTerm(core);
        }
    },
    M24_SNAPSHOT_WITHOUT_REQUESTS("ExactlyOnce") {
        @Override
        public StateMachine<DatumCommand<String>, DatumResult<String>> around(
                StateMachine<DatumCommand<String>, DatumResult<String>> state) {
            return new ForgetfulState(state);
        }
    },
    M25_SNAPSHOT_NOT_SYNCED("RecoveryFaithful") {
        @Override
        public Disk around(Disk disk, SimProcess process) {
            return BrokenDisk.notSyncing(disk, file -> file.contains("snapshot"));
        }
    },
    M25_DIRECTORY_NOT_SYNCED("RecoveryFaithful") {
        @Override
        public Disk around(Disk disk, SimProcess process) {
            return BrokenDisk.notSyncingDirectories(disk);
        }
    },
    M26_CHECKSUMS_NOT_COMPARED("RecoveryFaithful") {
        @Override
        public Checksum checksum() {
            return new Checksum() {
                @Override
                public int of(byte[] bytes, int offset, int length) {
                    return Checksum.CRC32C.of(bytes, offset, length);
                }

                @Override
                public boolean matches(int stored, byte[] bytes, int offset, int length) {
                    return true;
                }
            };
        }
    },
    M26_DAMAGE_CUT_OFF_AS_A_TORN_TAIL("RecoveryFaithful") {
        @Override
        public Disk around(Disk disk, SimProcess process) {
            return new MarklessDisk(disk);
        }
    },
    M27_OLD_TERMS_ANSWERS_COUNT("AckIsDurable Linearizable", BrokenRules.OldAnswersTakenForNew::new),
    M27_OLD_ROUNDS_ANSWERS_COUNT("Linearizable") {
        @Override
        public Machine around(RaftCore core, SimProcess process) {
            return BrokenMachine.takingOldRounds(core);
        }
    },
    M28_EMPTIED_NODE_KEEPS_ITS_NAME("NoGhostMember") {
        @Override
        public Disk around(Disk disk, SimProcess process) {
            return new EmptiedDisk(disk, process.rng().stream("emptied").nextInt(3) == 0);
        }
    },
    M29_SILENCE_IS_CONSENT("ConfigSafety") {
        @Override
        public Net around(Net net, SimCluster cluster, List<NodeId> firstIds, SimProcess process) {
            return BrokenNet.takingSilenceForConsent(net, cluster, process.time());
        }
    },
    M30_ADDRESS_TAKEN_FOR_THE_NODE("NoGhostMember") {
        @Override
        public Net around(Net net, SimCluster cluster, List<NodeId> firstIds, SimProcess process) {
            return BrokenNet.takingAddressesForNodes(net, cluster, firstIds);
        }
    },
    M31_RELOADED_FROM_A_CORRUPT_LEADER("SnapshotFaithful") {
        @Override
        public boolean stateRots() {
            return true;
        }

        @Override
        public Machine around(RaftCore core, SimProcess process) {
            return BrokenMachine.believingTheLeaderAlone(core);
        }
    },
    M32_FORMAT_OF_THE_MAJORITY(FormatWatch.INVARIANT, BrokenRules.FormatOfTheMajority::new);

    /** Those that may take more seeds than each build has time for: {@link RaftKillMatrix} hunts them, and {@link RareBugScenarioTest} some. */
    private static final Set<Mutation> RARE = Set.of(
            M04_FAILED_WRITE_IGNORED,
            M06_LENGTH_BEFORE_TERM,
            M07_TWO_VOTES_A_TERM,
            M22_MEMBERS_CHANGED_BEFORE_AN_OWN_COMMIT,
            M22_TWO_CHANGES_AT_ONCE,
            M23_CONFIGURATION_NOT_ROLLED_BACK,
            M24_SNAPSHOT_WITHOUT_REQUESTS,
            M26_DAMAGE_CUT_OFF_AS_A_TORN_TAIL,
            M27_OLD_TERMS_ANSWERS_COUNT,
            M27_OLD_ROUNDS_ANSWERS_COUNT,
            M29_SILENCE_IS_CONSENT,
            M32_FORMAT_OF_THE_MAJORITY);

    @SuppressWarnings("ImmutableEnumChecker") // Set.of is
    private final Set<String> expected;

    @SuppressWarnings("ImmutableEnumChecker") // makes rules without state
    private final Supplier<Rules> rules;

    Mutation(String expected) {
        this(expected, Rules::new);
    }

    /** @param expected names, with spaces between */
    Mutation(String expected, Supplier<Rules> rules) {
        this.expected = Set.of(expected.split(" "));
        this.rules = rules;
    }

    @Override
    public Rules rules() {
        return rules.get();
    }

    @Override
    public Set<String> expected() {
        return expected;
    }

    static Set<Mutation> foundSoon() {
        return EnumSet.complementOf(EnumSet.copyOf(RARE));
    }

    KillMatrix.PlantedBug planted() {
        return new KillMatrix.PlantedBug(name(), new RaftSubject(this), expected);
    }
}
