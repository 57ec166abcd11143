package io.muster.raft.core;

import static io.muster.raft.core.CoreFixture.ELECTION_TIMEOUT;
import static io.muster.raft.core.CoreFixture.HEARTBEAT;
import static io.muster.raft.core.CoreFixture.RESEND;
import static io.muster.raft.core.CoreFixture.SELF;
import static io.muster.raft.core.CoreFixture.STEP_DOWN;
import static io.muster.raft.core.CoreFixture.THREE;
import static io.muster.raft.core.CoreFixture.TWO;
import static io.muster.raft.core.CoreFixture.append;
import static io.muster.raft.core.CoreFixture.follower;
import static io.muster.raft.core.CoreFixture.group;
import static io.muster.raft.core.CoreFixture.leader;
import static io.muster.raft.core.CoreFixture.matched;
import static io.muster.raft.core.CoreFixture.node;
import static io.muster.raft.core.CoreFixture.refused;
import static io.muster.raft.core.CoreFixture.vote;
import static org.assertj.core.api.Assertions.assertThat;

import io.muster.member.ClusterId;
import io.muster.member.NodeId;
import io.muster.raft.RaftRole;
import io.muster.raft.core.digest.DigestClaim;
import io.muster.raft.core.digest.DigestVerdict;
import io.muster.raft.core.digest.StateDigest;
import io.muster.raft.core.log.LogEntry;
import io.muster.raft.core.log.Payload;
import io.muster.raft.core.membership.Configuration;
import io.muster.raft.core.membership.MembershipChange;
import io.muster.raft.core.membership.MembershipChange.Verdict;
import io.muster.raft.core.message.PeerMessage.AppendEntries;
import io.muster.raft.core.message.PeerMessage.AppendEntriesReply;
import io.muster.raft.core.message.PeerMessage.InstallSnapshot;
import io.muster.raft.core.message.PeerMessage.InstallSnapshotReply;
import io.muster.raft.core.message.PeerMessage.PreVote;
import io.muster.raft.core.message.PeerMessage.PreVoteReply;
import io.muster.raft.core.message.PeerMessage.ReadIndexReply;
import io.muster.raft.core.message.PeerMessage.ReadIndexRequest;
import io.muster.raft.core.message.PeerMessage.RequestVote;
import io.muster.raft.core.message.PeerMessage.RequestVoteReply;
import io.muster.raft.core.message.PeerMessage.TimeoutNow;
import io.muster.raft.core.progress.Progress;
import io.muster.raft.core.snapshot.SnapshotHead;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What the dissertation adds to the paper, one test a sentence. */
class RaftDissertationTest {

    private static final NodeId FOUR = node(4);
    private static final NodeId FIVE = node(5);

    /** A leader in term 2 whose noop, at index 1, is committed. */
    private static CoreFixture effectiveLeader() {
        return leader(1).from(TWO, matched(2, 1)).from(THREE, matched(2, 1)).clear();
    }

    /** §9.6; R12; invariant NoTermInflation. */
    @Nested
    class PreVoting {

        @Test
        void silence_isAnsweredByAQuestionFirst_inTheSameTerm() {
            CoreFixture core = follower(4, 4).clear().due();

            assertThat(core.core().role()).isEqualTo(RaftRole.FOLLOWER);
            assertThat(core.core().term()).isEqualTo(4);
            assertThat(core.sent(TWO, PreVote.class)).containsExactly(new PreVote(4, 1, 4, 1));
            assertThat(core.effects(Effect.Persist.class)).isEmpty();
        }

        @Test
        void nodeThatNobodyAnswers_neverRaisesItsTerm() {
            CoreFixture core = follower(4, 4);
            for (int i = 0; i < 100; i++) {
                core.due();
            }
            assertThat(core.core().term()).isEqualTo(4);
        }

        @Test
        void majorityThatWouldVote_startsTheElection() {
            CoreFixture core = follower(4, 4).due().from(TWO, new PreVoteReply(4, true, 1));

            assertThat(core.core().role()).isEqualTo(RaftRole.CANDIDATE);
            assertThat(core.core().term()).isEqualTo(5);
            assertThat(core.sent(TWO, RequestVote.class)).containsExactly(new RequestVote(5, 1, 4));
        }

        @Test
        void answersToEarlierQuestions_andOfStrangers_doNotCount() {
            CoreFixture core = follower(4, 4).due().due();

            core.from(TWO, new PreVoteReply(4, true, 1)).from(node(9), new PreVoteReply(4, true, 2));

            assertThat(core.core().role()).isEqualTo(RaftRole.FOLLOWER);
        }

        @Test
        void question_changesNothingAtTheReceiver() {
            CoreFixture core = follower(4, 4).clear();
            long due = core.core().dueNanos();

            core.from(TWO, new PreVote(7, 1, 4, 3));

            assertThat(core.answer(TWO)).isEqualTo(new PreVoteReply(4, true, 3));
            assertThat(core.core().term()).isEqualTo(4);
            assertThat(core.core().votedFor()).isEmpty();
            assertThat(core.core().dueNanos()).isEqualTo(due);
            assertThat(core.effects(Effect.Persist.class)).isEmpty();
        }

        @Test
        void question_isRefused_forAnOlderLogOrTerm_orWhereALeaderIsHeard() {
            CoreFixture core = follower(4, 4).clear();
            core.from(TWO, new PreVote(4, 9, 3, 1));
            assertThat(core.answer(TWO)).as("older log").isEqualTo(new PreVoteReply(4, false, 1));
            core.from(TWO, new PreVote(3, 9, 4, 2));
            assertThat(core.answer(TWO)).as("older term").isEqualTo(new PreVoteReply(4, false, 2));

            core.from(THREE, append(4, 1, 4, 0));
            core.from(TWO, new PreVote(4, 9, 4, 3));
            assertThat(core.answer(TWO)).as("the leader is heard").isEqualTo(new PreVoteReply(4, false, 3));
        }

        @Test
        void askerThatLagsBehind_learnsTheTermFromTheRefusal() {
            CoreFixture core = follower(4, 4).due().from(TWO, new PreVoteReply(9, false, 1));

            assertThat(core.core().term()).isEqualTo(9);
        }

        @Test
        void leaderThatIsHeardMeanwhile_endsTheQuestion() {
            CoreFixture core = follower(4, 4).due().from(THREE, append(4, 1, 4, 0));

            core.from(TWO, new PreVoteReply(4, true, 1));

            assertThat(core.core().role()).isEqualTo(RaftRole.FOLLOWER);
            assertThat(core.core().leader()).contains(THREE);
        }
    }

    /** §4.2.3: disruptive servers. */
    @Nested
    class StayingWithTheLeader {

        @Test
        void requestForVotes_isIgnored_whileALeaderIsHeard() {
            CoreFixture core = follower(4, 4).from(THREE, append(4, 1, 4, 0)).clear();

            core.from(TWO, vote(9, 9, 9));

            assertThat(core.core().term()).isEqualTo(4);
            assertThat(core.answer(TWO)).isEqualTo(new RequestVoteReply(4, false));
        }

        @Test
        void requestForVotes_counts_whenTheLeaderHasBeenSilent() {
            CoreFixture core = follower(4, 4).from(THREE, append(4, 1, 4, 0));

            core.advance(ELECTION_TIMEOUT).from(TWO, vote(9, 9, 9));

            assertThat(core.answer(TWO)).isEqualTo(new RequestVoteReply(9, true));
        }

        @Test
        void requestForVotes_counts_whenTheLeaderItselfWantsIt() {
            CoreFixture core = follower(4, 4).from(THREE, append(4, 1, 4, 0));

            core.from(TWO, new RequestVote(5, 1, 4, true));

            assertThat(core.answer(TWO)).isEqualTo(new RequestVoteReply(5, true));
        }

        /** Decision 0053: nobody waits an election timeout for a process that has ended. */
        @Test
        void endOfTheLeadersProcess_isFollowedByAQuestionSoon() {
            CoreFixture core = follower(4, 4).from(THREE, append(4, 1, 4, 0)).clear();

            core.on(new Input.PeerGone(THREE));

            assertThat(core.core().leader()).isEmpty();
            assertThat(core.core().dueNanos() - core.now())
                    .isBetween(ELECTION_TIMEOUT / 40, ELECTION_TIMEOUT / 40 + ELECTION_TIMEOUT / 4);
            assertThat(core.due().sent(TWO, PreVote.class)).hasSize(1);
            assertThat(core.core().term()).isEqualTo(4);
        }

        @Test
        void requestForVotes_counts_whenTheLeadersProcessHasEnded() {
            CoreFixture core = follower(4, 4).from(THREE, append(4, 1, 4, 0)).on(new Input.PeerGone(THREE));

            core.from(TWO, vote(9, 9, 9));

            assertThat(core.answer(TWO)).isEqualTo(new RequestVoteReply(9, true));
        }

        @Test
        void leaderThatIsHeardAfterAll_isFollowedAsBefore() {
            CoreFixture core = follower(4, 4).from(THREE, append(4, 1, 4, 0)).on(new Input.PeerGone(THREE));

            core.from(THREE, append(4, 1, 4, 0)).clear();

            assertThat(core.core().leader()).contains(THREE);
            assertThat(core.core().dueNanos() - core.now()).isGreaterThanOrEqualTo(ELECTION_TIMEOUT);
            assertThat(core.from(TWO, vote(9, 9, 9)).answer(TWO)).isEqualTo(new RequestVoteReply(4, false));
        }

        @Test
        void endOfAnotherProcess_changesNothing() {
            CoreFixture core = follower(4, 4).from(THREE, append(4, 1, 4, 0)).clear();
            long due = core.core().dueNanos();

            core.on(new Input.PeerGone(TWO));

            assertThat(core.core().leader()).contains(THREE);
            assertThat(core.core().dueNanos()).isEqualTo(due);
            assertThat(core.effects()).isEmpty();
        }

        @Test
        void leaderThatAMajorityAnswers_isNotDeposedByACandidate() {
            CoreFixture core = effectiveLeader().from(THREE, vote(9, 9, 9));

            assertThat(core.core().role()).isEqualTo(RaftRole.LEADER);
            assertThat(core.core().term()).isEqualTo(2);
        }

        /** IR15: a removed node, or one that never voted, raises nobody's term by its answers. */
        @Test
        void answersOfWhoHasNoVote_doNotDepose_butThoseOfVotersDo() {
            CoreFixture core = effectiveLeader();
            core.from(FIVE, refused(9, 0, 0, 0)).from(FIVE, new RequestVoteReply(9, false));
            assertThat(core.core().role()).isEqualTo(RaftRole.LEADER);

            core.from(TWO, refused(9, 0, 0, 0));
            assertThat(core.core().role()).isEqualTo(RaftRole.FOLLOWER);
            assertThat(core.core().term()).isEqualTo(9);
        }

        @Test
        void learner_forgetsASilentLeader_andStandsForNothing() {
            Configuration group =
                    new Configuration(new ClusterId(1, 1), List.of(TWO, THREE), List.of(), List.of(SELF), 0, false);
            CoreFixture core = CoreFixture.started(1, group, new HardState(1, Optional.empty(), 0));
            core.from(TWO, append(1, 0, 0, 0)).clear();
            assertThat(core.core().leader()).contains(TWO);

            core.due();

            assertThat(core.core().leader()).isEmpty();
            assertThat(core.effects(Effect.Send.class)).isEmpty();
            assertThat(core.core().dueNanos()).isEqualTo(Long.MAX_VALUE);
        }
    }

    /** §6.2; invariant StepDown. */
    @Nested
    class CheckQuorum {

        @Test
        void leaderWithoutAMajority_stepsDown_inTheSameTerm_andRefusesItsReads() {
            CoreFixture core = effectiveLeader().on(new Input.ReadIndex(1)).clear();

            for (long waited = 0; waited < STEP_DOWN; waited += HEARTBEAT) {
                assertThat(core.core().role()).isEqualTo(RaftRole.LEADER);
                core.due();
            }

            assertThat(core.core().role()).isEqualTo(RaftRole.FOLLOWER);
            assertThat(core.core().leader()).isEmpty();
            assertThat(core.core().term()).isEqualTo(2);
            assertThat(core.effects(Effect.ReadRefused.class)).containsExactly(new Effect.ReadRefused(1));
        }

        /** IL1: the others hear a deaf leader until it steps down; they need not wait for an election timeout more. */
        @Test
        void leaderWithoutAMajority_asksOneItDoesNotHear_toTakeOver() {
            CoreFixture core = effectiveLeader().clear();

            while (core.core().role() == RaftRole.LEADER) {
                core.due();
            }

            assertThat(core.effects(Effect.Send.class))
                    .filteredOn(send -> send.message().equals(new TimeoutNow(2)))
                    .hasSize(1);
        }

        @Test
        void answersOfAMajority_keepTheLeader() {
            CoreFixture core = effectiveLeader();
            for (int i = 0; i < 50; i++) {
                core.due().from(TWO, matched(2, 1));
            }
            assertThat(core.core().role()).isEqualTo(RaftRole.LEADER);
        }

        @Test
        void answersOfLearners_doNotKeepTheLeader() {
            Configuration group = new Configuration(
                    new ClusterId(1, 1), List.of(SELF, TWO, THREE), List.of(), List.of(FOUR), 0, false);
            CoreFixture core = CoreFixture.started(1, group, new HardState(1, Optional.empty(), 0));
            core.electionTimeout().durable().from(TWO, new RequestVoteReply(2, true));
            for (int i = 0; i < 20; i++) {
                core.due().from(FOUR, matched(2, 1));
            }
            assertThat(core.core().role()).isEqualTo(RaftRole.FOLLOWER);
        }
    }

    /** §10.2.1 and §5.3, end: pipelining, flow control, conflict hints. */
    @Nested
    class Replicating {

        @Test
        void entries_followEachOtherWithoutWaiting_upToTheWindow() {
            CoreFixture core = effectiveLeader().entriesAMessage(2);

            core.propose("a", "b", "c", "d", "e", "f", "g", "h", "i", "j");

            assertThat(core.effects(Effect.Replicate.class))
                    .filteredOn(sent -> sent.to().equals(TWO))
                    .extracting(Effect.Replicate::prevLogIndex)
                    .as("four messages of two entries")
                    .containsExactly(1L, 3L, 5L, 7L);
            core.clear().from(TWO, matched(2, 5));
            assertThat(core.effects(Effect.Replicate.class))
                    .extracting(Effect.Replicate::prevLogIndex)
                    .containsExactly(9L);
        }

        @Test
        void slowFollower_doesNotHoldUpOthers() {
            CoreFixture core = effectiveLeader().entriesAMessage(1);
            core.propose("a", "b", "c", "d", "e", "f").clear();

            core.from(TWO, matched(2, 3));

            assertThat(core.effects(Effect.Replicate.class))
                    .extracting(Effect.Replicate::to)
                    .containsOnly(TWO);
        }

        @Test
        void heartbeats_beginWhereTheLogsMatch_andAreNeverRefused() {
            CoreFixture core = effectiveLeader().propose("a", "b").clear().due();

            assertThat(core.sent(TWO, AppendEntries.class)).singleElement().satisfies(heartbeat -> {
                assertThat(heartbeat.prevLogIndex()).isEqualTo(1);
                assertThat(heartbeat.prevLogTerm()).isEqualTo(2);
                assertThat(heartbeat.entries()).isEmpty();
                assertThat(heartbeat.leaderCommit()).isEqualTo(1);
            });
        }

        @Test
        void whatIsCommitted_isToldAtOnce() {
            CoreFixture core = effectiveLeader().propose("a").durable().clear();

            core.from(TWO, matched(2, 2));

            assertThat(core.commits()).containsExactly(2L);
            assertThat(core.sent(TWO, AppendEntries.class))
                    .extracting(AppendEntries::leaderCommit)
                    .containsExactly(2L);
        }

        @Test
        void lostEntries_areSentAgain_afterTheTimeoutAndNotBefore() {
            CoreFixture core = effectiveLeader().propose("a").clear();
            for (long waited = HEARTBEAT; waited < RESEND; waited += HEARTBEAT) {
                core.due().from(THREE, matched(2, 2));
            }
            assertThat(core.effects(Effect.Replicate.class)).isEmpty();

            core.due();

            assertThat(core.effects(Effect.Replicate.class))
                    .singleElement()
                    .satisfies(again -> assertThat(again.prevLogIndex()).isEqualTo(1));
        }

        /** The hint names the conflicting term and its first index, so that a whole term is skipped at once. */
        @Test
        void refusal_namesTheConflictingTermAndItsFirstIndex() {
            CoreFixture core = follower(5, 1, 3, 3, 3);

            core.from(TWO, append(5, 4, 4, 0));

            assertThat(core.answer(TWO)).isEqualTo(refused(5, 4, 2, 3));
        }

        @Test
        void leader_skipsTheConflictingTerm() {
            CoreFixture core = leader(5, 1, 4, 4, 4).clear();
            core.from(TWO, refused(6, 4, 2, 3));
            assertThat(core.effects(Effect.Replicate.class))
                    .singleElement()
                    .as("it has nothing of term 3")
                    .satisfies(sent -> assertThat(sent.prevLogIndex()).isEqualTo(1));

            core.clear().from(THREE, refused(6, 4, 2, 1));
            assertThat(core.effects(Effect.Replicate.class))
                    .singleElement()
                    .as("its own last entry of term 1 may match")
                    .satisfies(sent -> assertThat(sent.prevLogIndex()).isEqualTo(1));
        }
    }

    /** §3.10; R22. */
    @Nested
    class HandingOver {

        @Test
        void targetThatHasAll_isAskedAtOnce_andProposalsAreHeldOff() {
            CoreFixture core = effectiveLeader().on(new Input.TransferLeadership(7, Optional.of(TWO)));

            assertThat(core.sent(TWO, TimeoutNow.class)).containsExactly(new TimeoutNow(2));
            assertThat(core.core().takesProposals()).isFalse();
            assertThat(core.propose("a").effects(Effect.Refused.class)).hasSize(1);
        }

        @Test
        void targetThatLags_getsTheRestFirst() {
            CoreFixture core = effectiveLeader().propose("a").clear();
            core.on(new Input.TransferLeadership(7, Optional.of(TWO)));
            assertThat(core.sent(TWO, TimeoutNow.class)).isEmpty();

            core.from(TWO, matched(2, 2));

            assertThat(core.sent(TWO, TimeoutNow.class)).hasSize(1);
        }

        @Test
        void target_standsForElectionWithoutPreVotes_andSaysWhy() {
            CoreFixture core = follower(2).from(TWO, append(2, 0, 0, 0)).clear();

            core.from(TWO, new TimeoutNow(2));

            assertThat(core.sent(THREE, RequestVote.class)).containsExactly(new RequestVote(3, 0, 0, true));
            assertThat(core.core().role()).isEqualTo(RaftRole.CANDIDATE);
        }

        @Test
        void strangersCannotStartAnElection() {
            CoreFixture core = follower(2).from(TWO, append(2, 0, 0, 0)).clear();

            core.from(THREE, new TimeoutNow(2)).from(TWO, new TimeoutNow(1));

            assertThat(core.core().role()).isEqualTo(RaftRole.FOLLOWER);
        }

        /** That this node leads no longer says nothing yet: the target may lose its election. */
        @Test
        void newLeader_endsTheTransfer() {
            CoreFixture core = effectiveLeader().on(new Input.TransferLeadership(7, Optional.of(TWO)));

            core.from(TWO, new RequestVote(3, 1, 2, true));
            assertThat(core.core().role()).isEqualTo(RaftRole.FOLLOWER);
            assertThat(core.answer(TWO)).isEqualTo(new RequestVoteReply(3, true));
            assertThat(core.effects(Effect.TransferEnded.class)).isEmpty();

            core.from(TWO, append(3, 1, 2, 1));
            assertThat(core.effects(Effect.TransferEnded.class))
                    .containsExactly(new Effect.TransferEnded(7, true, "node " + TWO + " leads"));
        }

        @Test
        void anotherLeaderThanTheTarget_isNotWhatWasAskedFor() {
            CoreFixture named = effectiveLeader().on(new Input.TransferLeadership(7, Optional.of(TWO)));
            named.from(THREE, append(3, 1, 2, 1));
            assertThat(named.effects(Effect.TransferEnded.class))
                    .containsExactly(new Effect.TransferEnded(7, false, "node " + THREE + " leads, not " + TWO));

            CoreFixture anybody = effectiveLeader().on(new Input.TransferLeadership(7, Optional.empty()));
            anybody.from(THREE, append(3, 1, 2, 1));
            assertThat(anybody.effects(Effect.TransferEnded.class))
                    .containsExactly(new Effect.TransferEnded(7, true, "node " + THREE + " leads"));
        }

        @Test
        void targetThatDoesNotTakeOver_isGivenUp_andTheLeaderGoesOn() {
            CoreFixture core = effectiveLeader().on(new Input.TransferLeadership(7, Optional.of(TWO)));
            while (core.effects(Effect.TransferEnded.class).isEmpty()) {
                core.due().from(THREE, matched(2, 1));
            }

            assertThat(core.now()).as("an election timeout").isLessThanOrEqualTo(4 * ELECTION_TIMEOUT);
            assertThat(core.effects(Effect.TransferEnded.class))
                    .singleElement()
                    .satisfies(ended -> assertThat(ended.handedOver()).isFalse());
            assertThat(core.core().takesProposals()).isTrue();
        }

        @Test
        void whoCannotLead_isRefused_andNobodyNamedMeansTheFurthest() {
            CoreFixture core = effectiveLeader();
            core.on(new Input.TransferLeadership(1, Optional.of(FIVE)));
            core.on(new Input.TransferLeadership(2, Optional.of(SELF)));
            assertThat(core.effects(Effect.TransferEnded.class)).hasSize(2).allMatch(ended -> !ended.handedOver());

            core.propose("a").from(THREE, matched(2, 2)).on(new Input.TransferLeadership(3, Optional.empty()));
            assertThat(core.sent(THREE, TimeoutNow.class)).isNotEmpty();
        }
    }

    /** §4; R21; invariant ConfigSafety. */
    @Nested
    class ChangingMembers {

        private MembershipChange change(CoreFixture core) {
            return MembershipChange.of(core.core().configuration().orElseThrow());
        }

        private Verdict verdict(CoreFixture core, MembershipChange change) {
            core.clear().on(new Input.ChangeMembers(1, change));
            return core.effects(Effect.MembersJudged.class).get(0).verdict();
        }

        /** A leader with learner 4, which has caught up; all is committed up to index 2. */
        private CoreFixture withLearner() {
            CoreFixture core = effectiveLeader();
            assertThat(verdict(core, change(core).withLearner(FOUR))).isEqualTo(Verdict.FINE);
            return core.durable()
                    .from(FOUR, matched(2, 2))
                    .from(TWO, matched(2, 2))
                    .from(THREE, matched(2, 2))
                    .clear();
        }

        /** §4.2.1: learners get the log and count for nothing. */
        @Test
        void learner_getsTheLog_andCountsForNothing() {
            CoreFixture core = effectiveLeader();
            core.on(new Input.ChangeMembers(1, change(core).withLearner(FOUR)));
            assertThat(core.effects(Effect.Replicate.class))
                    .extracting(Effect.Replicate::to)
                    .contains(FOUR);

            core.durable().from(FOUR, matched(2, 2));
            assertThat(core.commits()).isEmpty();
            core.from(TWO, matched(2, 2));
            assertThat(core.commits()).containsExactly(2L);
        }

        /** It has voted before it was removed and added again, and would refuse everything until an election passed its term. */
        @Test
        void learnerOfAHigherTerm_endsTheLeadership_soThatTheNextOneCanReachIt() {
            CoreFixture core = withLearner();
            core.from(FOUR, new RequestVoteReply(9, false));
            assertThat(core.core().role()).isEqualTo(RaftRole.LEADER);

            core.from(FOUR, refused(9, 0, 0, 0));

            assertThat(core.core().role()).isEqualTo(RaftRole.FOLLOWER);
            assertThat(core.core().term()).isEqualTo(9);
        }

        @Test
        void nodeThatHasNotCaughtUp_doesNotVote() {
            CoreFixture core = effectiveLeader();

            assertThat(verdict(core, change(core).withVoter(FOUR))).isEqualTo(Verdict.NOT_CAUGHT_UP);
        }

        /** §4.3: C_old,new needs both majorities; then C_new follows by itself. */
        @Test
        void voters_changeThroughAJointConfiguration() {
            CoreFixture core = withLearner();
            assertThat(verdict(core, change(core).withVoter(FOUR).without(THREE)))
                    .isEqualTo(Verdict.FINE);
            Configuration joint = core.core().configuration().orElseThrow();
            assertThat(joint.voters()).containsExactly(SELF, TWO, FOUR);
            assertThat(joint.outgoing()).containsExactly(SELF, TWO, THREE);

            core.durable().from(THREE, matched(2, 3));
            assertThat(core.commits()).as("a majority of the old voters alone").isEmpty();
            core.from(FOUR, matched(2, 3));

            assertThat(core.commits()).containsExactly(3L);
            assertThat(core.core().configuration().orElseThrow().isJoint()).isFalse();
            assertThat(core.core().configuration().orElseThrow().voters()).containsExactly(SELF, TWO, FOUR);
            core.durable().from(TWO, matched(2, 4));
            assertThat(core.effects(Effect.ConfigurationCommitted.class))
                    .extracting(Effect.ConfigurationCommitted::index)
                    .containsExactly(3L, 4L);
            assertThat(core.core().followers()).extracting(FollowerStatus::node).containsExactly(TWO, FOUR);
        }

        @Test
        void joinedElection_needsBothMajorities() {
            Configuration joint = new Configuration(
                    new ClusterId(1, 1), List.of(SELF, FOUR, FIVE), List.of(SELF, TWO, THREE), List.of(), 0, false);
            CoreFixture core = CoreFixture.started(1, joint, new HardState(1, Optional.empty(), 0));
            core.electionTimeout().durable();

            core.from(TWO, new RequestVoteReply(2, true)).from(THREE, new RequestVoteReply(2, true));
            assertThat(core.core().role()).isEqualTo(RaftRole.CANDIDATE);
            core.from(FOUR, new RequestVoteReply(2, true));

            assertThat(core.core().role()).isEqualTo(RaftRole.LEADER);
        }

        @Test
        void nextLeader_finishesAJointConfiguration() {
            Configuration joint = new Configuration(
                    new ClusterId(1, 1), List.of(SELF, TWO), List.of(SELF, TWO, THREE), List.of(), 0, false);
            CoreFixture core = CoreFixture.started(1, joint, new HardState(1, Optional.empty(), 0));
            core.electionTimeout()
                    .durable()
                    .from(TWO, new RequestVoteReply(2, true))
                    .durable();

            core.from(TWO, matched(2, 1));

            assertThat(core.core().configuration().orElseThrow().isJoint()).isFalse();
        }

        @Test
        void oneChangeAtATime_andNoneBeforeAnOwnCommit() {
            CoreFixture fresh = leader(1);
            assertThat(verdict(fresh, change(fresh).withLearner(FOUR))).isEqualTo(Verdict.NOT_EFFECTIVE);

            CoreFixture core = effectiveLeader();
            assertThat(verdict(core, change(core).withLearner(FOUR))).isEqualTo(Verdict.FINE);
            assertThat(verdict(core, change(core).withLearner(FIVE))).isEqualTo(Verdict.IN_PROGRESS);
        }

        /** R21. */
        @Test
        void halfOfTheVoters_leaveByForceOnly() {
            CoreFixture core = effectiveLeader();
            MembershipChange two = change(core).without(TWO).without(THREE);

            assertThat(verdict(core, two)).isEqualTo(Verdict.REMOVES_HALF);
            assertThat(verdict(core, two.withForce())).isEqualTo(Verdict.FINE);
        }

        @Test
        void wrongChanges_areRefusedWithTheReason() {
            CoreFixture core = effectiveLeader();
            assertThat(verdict(core, new MembershipChange(List.of(), List.of(), List.of(), false, true)))
                    .isEqualTo(Verdict.INVALID);
            assertThat(verdict(core, change(core).withLearner(TWO).withVoter(TWO)))
                    .isEqualTo(Verdict.FINE);

            CoreFixture follower = follower(1);
            assertThat(verdict(follower, change(follower).withLearner(FOUR))).isEqualTo(Verdict.NOT_LEADER);
            for (Verdict any : Verdict.values()) {
                assertThat(any.text()).isNotBlank();
            }
        }

        @Test
        void changeThatIsDone_isFineAndWritesNothing() {
            CoreFixture core = effectiveLeader();

            assertThat(verdict(core, change(core))).isEqualTo(Verdict.FINE);
            assertThat(core.effects(Effect.Persist.class)).isEmpty();
        }

        /** §4.2.2: the leader manages a group without itself until that is committed, then another leads. */
        @Test
        void leaderThatLeaves_stepsDown_whenCNewIsCommitted_andNamesASuccessor() {
            CoreFixture core = effectiveLeader();
            assertThat(verdict(core, change(core).without(SELF))).isEqualTo(Verdict.FINE);
            core.durable().from(TWO, matched(2, 2)).from(THREE, matched(2, 2)).durable();
            assertThat(core.core().role()).isEqualTo(RaftRole.LEADER);
            assertThat(core.core().configuration().orElseThrow().voters()).containsExactly(TWO, THREE);

            core.from(TWO, matched(2, 3));
            assertThat(core.core().role()).as("it counts itself no longer").isEqualTo(RaftRole.LEADER);
            core.from(THREE, matched(2, 3));

            assertThat(core.core().role()).isEqualTo(RaftRole.FOLLOWER);
            assertThat(core.commits()).containsExactly(2L, 3L);
            assertThat(core.effects(Effect.Send.class))
                    .extracting(Effect.Send::message)
                    .contains(new TimeoutNow(2));
            assertThat(core.core().dueNanos()).as("it has no vote").isEqualTo(Long.MAX_VALUE);
        }

        /** §4.1: in force from its entry on, and gone with it. */
        @Test
        void configuration_isRolledBackWithItsEntry() {
            CoreFixture core = follower(1);
            Configuration larger = group(SELF, TWO, THREE, FOUR);
            core.from(TWO, new AppendEntries(1, 0, 0, List.of(new LogEntry(1, 1, new Payload.Members(larger))), 0, 0));
            assertThat(core.core().configuration()).contains(larger);
            assertThat(core.core().configurationIndex()).isEqualTo(1);

            core.from(THREE, append(2, 0, 0, 0, 2));

            assertThat(core.core().configuration()).contains(group(SELF, TWO, THREE));
        }

        /** Design §4, "Founding": persistent writes are accepted once a majority of the list are voters. */
        @Test
        void foundedGroup_takesWrites_onceAMajorityOfTheListVotes() {
            CoreFixture core = CoreFixture.empty()
                    .on(new Input.Found(new ClusterId(4, 2), 2))
                    .durable()
                    .durable();
            assertThat(core.core().leadershipEffective()).isTrue();
            assertThat(core.core().takesProposals()).isFalse();

            core.on(new Input.ChangeMembers(1, change(core).withLearner(TWO))).durable();
            core.from(TWO, matched(2, 3));
            core.on(new Input.ChangeMembers(2, change(core).withVoter(TWO))).durable();
            assertThat(core.core().takesProposals()).isFalse();
            core.from(TWO, matched(2, 4));

            assertThat(core.core().takesProposals()).isTrue();
        }

        /** R23: by an operator's command only, and not against a living leader. */
        @Test
        void resetMembers_makesTheRestServeAgain_butNotAgainstALeader() {
            CoreFixture led = follower(1, 1).from(TWO, append(1, 1, 1, 0)).clear();
            led.on(new Input.ResetMembers(1, List.of(SELF)));
            assertThat(led.effects(Effect.MembersJudged.class).get(0).verdict()).isEqualTo(Verdict.STILL_LED);

            CoreFixture core = follower(1, 1).clear().on(new Input.ResetMembers(1, List.of(SELF)));
            core.durable().durable();

            assertThat(core.core().role()).isEqualTo(RaftRole.LEADER);
            assertThat(core.core().configuration().orElseThrow().voters()).containsExactly(SELF);
            assertThat(core.core().leadershipEffective()).isTrue();
        }
    }

    /** §7 of the paper, Figure 13; §5 of the dissertation. */
    @Nested
    class Snapshots {

        private static final byte[] BYTES = new byte[10];
        private final SnapshotHead head = new SnapshotHead(5, 2, group(SELF, TWO, THREE));

        private InstallSnapshot piece(long term, long offset, boolean last) {
            return new InstallSnapshot(term, head, offset, BYTES, last);
        }

        private Effect.StoreChunk stored(CoreFixture core) {
            List<Effect.StoreChunk> all = core.effects(Effect.StoreChunk.class);
            return all.get(all.size() - 1);
        }

        /** A leader whose log begins behind index 4, where a snapshot stands. */
        private CoreFixture compacted() {
            CoreFixture core = leader(2, 1, 2, 2, 2);
            core.from(TWO, matched(3, 5)).on(new Input.SnapshotSaved(4));
            return core.clear();
        }

        @Test
        void followerThatLacksWhatIsGone_getsTheSnapshot_asFarAsTheWindowGoes() {
            CoreFixture core = compacted().from(THREE, refused(3, 4, 1, 0));
            assertThat(core.effects(Effect.SendChunk.class)).containsExactly(new Effect.SendChunk(THREE, 3, 4, 0, 10));
            core.clear().on(new Input.ChunkSent(THREE, 3, 4, 0, 10, false));
            assertThat(core.effects(Effect.SendChunk.class))
                    .as("one piece to begin with")
                    .isEmpty();

            core.clear().propose("a");
            assertThat(core.effects(Effect.Replicate.class))
                    .as("no entries meanwhile")
                    .extracting(Effect.Replicate::to)
                    .containsOnly(TWO);
            core.clear().from(THREE, new InstallSnapshotReply(3, 4, 10, false));
            assertThat(core.effects(Effect.SendChunk.class)).containsExactly(new Effect.SendChunk(THREE, 3, 4, 10, 10));
            core.clear().on(new Input.ChunkSent(THREE, 2, 4, 10, 10, false));
            assertThat(core.effects(Effect.SendChunk.class))
                    .as("of an older term")
                    .isEmpty();
            core.on(new Input.ChunkSent(THREE, 3, 4, 10, 10, false));
            assertThat(core.effects(Effect.SendChunk.class))
                    .as("two on their way")
                    .containsExactly(new Effect.SendChunk(THREE, 3, 4, 20, 10));

            core.clear().from(THREE, new InstallSnapshotReply(3, 4, 0, true));
            assertThat(core.effects(Effect.Replicate.class))
                    .singleElement()
                    .satisfies(sent -> assertThat(sent.prevLogIndex()).isEqualTo(4));
            assertThat(core.core().followers().get(1).state()).isEqualTo(Progress.State.PROBE);
        }

        @Test
        void lostPiece_isSentAgainAfterTheTimeout() {
            CoreFixture core = compacted().from(THREE, refused(3, 4, 1, 0)).clear();
            core.on(new Input.ChunkSent(THREE, 3, 4, 0, 10, true));

            for (long waited = 0; waited < RESEND; waited += HEARTBEAT) {
                core.due().from(TWO, matched(3, 5));
            }

            assertThat(core.effects(Effect.SendChunk.class)).containsExactly(new Effect.SendChunk(THREE, 3, 4, 0, 10));
        }

        @Test
        void snapshotThatIsGone_isReplacedByANewerOne() {
            CoreFixture core = compacted().from(THREE, refused(3, 4, 1, 0));
            core.on(new Input.SnapshotSaved(5)).clear();

            core.on(new Input.SnapshotUnavailable(THREE, 4));
            assertThat(core.effects(Effect.SendChunk.class)).as("not in a loop").isEmpty();
            for (long waited = 0; waited < RESEND; waited += HEARTBEAT) {
                core.due().from(TWO, matched(3, 5));
            }

            assertThat(core.effects(Effect.SendChunk.class))
                    .extracting(Effect.SendChunk::index)
                    .containsExactly(5L);
        }

        @Test
        void pieces_areStoredInOrder_andTheNextIsAskedFor() {
            CoreFixture core = follower(3, 1).clear().from(TWO, piece(3, 0, false));
            assertThat(stored(core).offset()).isZero();

            core.from(TWO, piece(3, 0, false));
            assertThat(core.effects(Effect.StoreChunk.class)).as("doubled").hasSize(1);
            core.on(new Input.ChunkStored(stored(core).id()));
            assertThat(core.answer(TWO)).isEqualTo(new InstallSnapshotReply(3, 5, 10, false));

            core.from(TWO, piece(3, 0, false));
            assertThat(core.answer(TWO)).as("resumed").isEqualTo(new InstallSnapshotReply(3, 5, 10, false));
            assertThat(core.effects(Effect.StoreChunk.class)).hasSize(1);
        }

        @Test
        void piecesThatFollowEachOther_areTakenWhileThoseBeforeAreStored_andAnsweredOneByOne() {
            CoreFixture core = follower(3, 1).clear().from(TWO, piece(3, 0, false));
            core.from(TWO, piece(3, 10, true));
            List<Effect.StoreChunk> taken = core.effects(Effect.StoreChunk.class);
            assertThat(taken).extracting(Effect.StoreChunk::offset).containsExactly(0L, 10L);

            core.on(new Input.ChunkStored(taken.get(0).id()));
            assertThat(core.answer(TWO)).isEqualTo(new InstallSnapshotReply(3, 5, 10, false));
            core.on(new Input.ChunkStored(taken.get(1).id()));
            assertThat(core.effects(Effect.LoadSnapshot.class)).containsExactly(new Effect.LoadSnapshot(head, false));
        }

        /** What the disk says of the others that were taken counts for nothing then. */
        @Test
        void pieceThatCannotBeStored_endsTheReceiptOfThoseBehindIt() {
            CoreFixture core = follower(3, 1).clear().from(TWO, piece(3, 0, false));
            core.from(TWO, piece(3, 10, true));
            List<Effect.StoreChunk> taken = core.effects(Effect.StoreChunk.class);

            core.on(new Input.ChunkRefused(taken.get(0).id()))
                    .on(new Input.ChunkStored(taken.get(1).id()));

            assertThat(core.answer(TWO)).isEqualTo(new InstallSnapshotReply(3, 5, 0, false));
            assertThat(core.effects(Effect.LoadSnapshot.class)).isEmpty();
        }

        @Test
        void wholeSnapshot_isLoaded_andTakesThePlaceOfTheLog() {
            CoreFixture core = follower(3, 1, 1).clear().from(TWO, piece(3, 0, true));
            core.on(new Input.ChunkStored(stored(core).id()));
            assertThat(core.effects(Effect.LoadSnapshot.class)).containsExactly(new Effect.LoadSnapshot(head, false));
            core.from(TWO, append(3, 2, 1, 0, 3));
            assertThat(core.answer(TWO)).as("nothing is stored meanwhile").isEqualTo(matched(3, 0));
            core.due();
            assertThat(core.core().term()).as("nor does it stand for election").isEqualTo(3);

            core.on(new Input.SnapshotLoaded(5));

            assertThat(core.answer(TWO)).isEqualTo(new InstallSnapshotReply(3, 5, 0, true));
            assertThat(core.core().commitIndex()).isEqualTo(5);
            assertThat(core.core().log().lastIndex()).isEqualTo(5);
            assertThat(core.core().log().lastTerm()).isEqualTo(2);
            core.from(TWO, append(3, 5, 2, 6, 3)).durable();
            assertThat(core.core().commitIndex()).isEqualTo(6);
        }

        /** Figure 13, 6: entries behind the snapshot's last one stay. */
        @Test
        void logThatHasTheSnapshotsLastEntry_keepsWhatFollows() {
            CoreFixture core = follower(3, 1, 1, 1, 2, 2, 2, 2).clear().from(TWO, piece(3, 0, true));
            core.on(new Input.ChunkStored(stored(core).id()));
            assertThat(core.effects(Effect.LoadSnapshot.class)).containsExactly(new Effect.LoadSnapshot(head, true));

            core.on(new Input.SnapshotLoaded(5));

            assertThat(core.core().log().lastIndex()).isEqualTo(7);
            assertThat(core.effects(Effect.Discarded.class)).isEmpty();
        }

        @Test
        void snapshotOfWhatIsCommittedHere_isNotTaken() {
            CoreFixture core =
                    follower(3, 1, 1, 1, 2, 2).from(TWO, append(3, 5, 2, 5)).clear();

            core.from(TWO, piece(3, 0, true));

            assertThat(core.effects(Effect.StoreChunk.class)).isEmpty();
            assertThat(core.answer(TWO)).isEqualTo(new InstallSnapshotReply(3, 5, 0, true));
        }

        /** What is committed here by the time the piece is stored is all that the snapshot holds, and more: to load it would take entries back. */
        @Test
        void entriesThatComeFasterThanTheSnapshot_makeItSuperfluous() {
            CoreFixture core = follower(3, 1, 1, 1, 2).clear().from(TWO, piece(3, 0, true));
            Effect.StoreChunk storing = stored(core);
            core.from(TWO, append(3, 4, 2, 6, 2, 3)).durable();
            assertThat(core.core().commitIndex()).isEqualTo(6);
            core.on(new Input.ChunkStored(storing.id()));

            assertThat(core.effects(Effect.LoadSnapshot.class)).isEmpty();
            assertThat(core.effects(Effect.DropChunks.class)).hasSize(1);
            assertThat(core.answer(TWO)).isEqualTo(new InstallSnapshotReply(3, 5, 0, true));
            assertThat(core.core().log().lastIndex()).isEqualTo(6);
        }

        @Test
        void otherLeader_endsTheReceipt_whichBeginsAnew() {
            CoreFixture core = follower(3, 1).clear().from(TWO, piece(3, 0, false));
            core.on(new Input.ChunkStored(stored(core).id()));

            core.from(THREE, append(4, 0, 0, 0));
            assertThat(core.effects(Effect.DropChunks.class)).hasSize(1);
            core.from(THREE, piece(4, 10, true));

            assertThat(core.answer(THREE)).isEqualTo(new InstallSnapshotReply(4, 5, 0, false));
        }

        @Test
        void pieceThatCannotBeStored_isAskedForFromTheBeginning() {
            CoreFixture core = follower(3, 1).clear().from(TWO, piece(3, 0, false));

            core.on(new Input.ChunkRefused(stored(core).id()));

            assertThat(core.answer(TWO)).isEqualTo(new InstallSnapshotReply(3, 5, 0, false));
        }

        /** What the log keeps behind a snapshot spares a follower that lags a little the whole of it. */
        @Test
        void entriesThatAreStillThere_areSentRatherThanTheSnapshot() {
            CoreFixture core = leader(2, 1, 2, 2, 2);
            core.from(TWO, matched(3, 5)).on(new Input.SnapshotSaved(4, 2)).clear();

            core.from(THREE, refused(3, 4, 3, 0));

            assertThat(core.effects(Effect.Replicate.class))
                    .singleElement()
                    .satisfies(sent -> assertThat(sent.prevLogIndex()).isEqualTo(2));
        }
    }

    /** §6.4, for readers at followers. */
    @Nested
    class FollowerReads {

        private ReadIndexRequest asked(CoreFixture core, NodeId leader) {
            List<ReadIndexRequest> all = core.sent(leader, ReadIndexRequest.class);
            return all.get(all.size() - 1);
        }

        @Test
        void follower_asksTheLeader_andTakesItsWord() {
            CoreFixture core = follower(1).from(TWO, append(1, 0, 0, 0)).on(new Input.ReadIndex(1));
            ReadIndexRequest request = asked(core, TWO);

            core.from(TWO, new ReadIndexReply(1, request.session() + 1, 1, true, 9));
            assertThat(core.effects(Effect.ReadAt.class))
                    .as("to an earlier run")
                    .isEmpty();
            core.from(TWO, new ReadIndexReply(1, request.session(), 1, true, 9));

            assertThat(core.effects(Effect.ReadAt.class)).containsExactly(new Effect.ReadAt(1, 9));
        }

        @Test
        void unansweredQuestion_isAskedAgain_andOneAnswerServesAllBeforeIt() {
            CoreFixture core = follower(1).from(TWO, append(1, 0, 0, 0));
            core.on(new Input.ReadIndex(1)).on(new Input.ReadIndex(2)).clear();

            core.advance(RESEND).from(TWO, append(1, 0, 0, 0));
            ReadIndexRequest again = asked(core, TWO);
            assertThat(again.request()).isEqualTo(2);
            core.from(TWO, new ReadIndexReply(1, again.session(), 2, true, 0));

            assertThat(core.effects(Effect.ReadAt.class)).hasSize(2);
        }

        @Test
        void lossOfTheLeader_refusesWhatWaits() {
            CoreFixture core = follower(1).from(TWO, append(1, 0, 0, 0)).on(new Input.ReadIndex(1));

            core.from(THREE, append(2, 0, 0, 0));

            assertThat(core.effects(Effect.ReadRefused.class)).containsExactly(new Effect.ReadRefused(1));
        }

        @Test
        void leader_answersAfterARoundThatBeganAfterTheQuestion() {
            CoreFixture core = effectiveLeader().from(THREE, new ReadIndexRequest(2, 77, 5));
            long round = core.sent(TWO, AppendEntries.class).get(0).round();
            assertThat(core.sent(THREE, ReadIndexReply.class)).isEmpty();

            core.from(TWO, AppendEntriesReply.matched(2, 1, round));

            assertThat(core.sent(THREE, ReadIndexReply.class)).containsExactly(new ReadIndexReply(2, 77, 5, true, 1));
        }

        @Test
        void readsThatComeDuringARound_shareTheNext() {
            CoreFixture core = effectiveLeader().on(new Input.ReadIndex(1));
            long round = core.sent(TWO, AppendEntries.class).get(0).round();
            core.clear().on(new Input.ReadIndex(2)).on(new Input.ReadIndex(3));
            assertThat(core.sent(TWO, AppendEntries.class))
                    .as("one round at a time")
                    .isEmpty();

            core.from(TWO, AppendEntriesReply.matched(2, 1, round));
            assertThat(core.effects(Effect.ReadAt.class)).hasSize(1);
            assertThat(core.sent(TWO, AppendEntries.class))
                    .extracting(AppendEntries::round)
                    .containsExactly(round + 1);
            core.from(THREE, AppendEntriesReply.matched(2, 1, round + 1));

            assertThat(core.effects(Effect.ReadAt.class)).hasSize(3);
        }

        /**
         * R24: who leads again may still have messages of its former leadership on the way. The refusal of one is of the present term, and says nothing of the
         * present rounds.
         */
        @Test
        void refusalOfAnOlderTerm_confirmsNoRound() {
            CoreFixture member = follower(1);
            member.from(TWO, append(2, 0, 0, 0)).clear();
            member.from(TWO, new AppendEntries(1, 0, 0, List.of(), 0, 70));
            AppendEntriesReply refusal = (AppendEntriesReply) member.answer(TWO);

            CoreFixture core = effectiveLeader();
            assertThat(refusal.term()).isEqualTo(core.core().term());
            core.from(TWO, refusal).from(THREE, refusal).clear();
            core.on(new Input.ReadIndex(1));

            assertThat(core.effects(Effect.ReadAt.class)).isEmpty();
        }

        @Test
        void tooManyReads_areRefused() {
            CoreFixture core = effectiveLeader();
            for (int i = 0; i <= CoreFixture.LIMITS.readsWaitingMax(); i++) {
                core.on(new Input.ReadIndex(i));
            }
            assertThat(core.effects(Effect.ReadRefused.class)).hasSize(1);
        }
    }

    /** R15; what the digests mean is {@link io.muster.raft.core.digest.DigestBookTest}'s. */
    @Nested
    class Digests {

        private final StateDigest own = new StateDigest(1024, "1-own");
        private final StateDigest other = new StateDigest(1024, "1-other");

        @Test
        void heartbeatsAndAnswers_carryTheDigest() {
            CoreFixture leader =
                    effectiveLeader().on(new Input.DigestTaken(own)).due();
            assertThat(leader.sent(TWO, AppendEntries.class).get(0).digest()).contains(new DigestClaim(own, false));

            CoreFixture follower = follower(1).on(new Input.DigestTaken(own)).from(TWO, append(1, 0, 0, 0));
            assertThat(follower.answer(TWO)).isEqualTo(matched(1, 0).withDigest(Optional.of(own)));
        }

        @Test
        void followerThatDiffersFromAMajority_isToldToRepairItself() {
            CoreFixture core = follower(1).on(new Input.DigestTaken(own));

            core.from(TWO, new AppendEntries(1, 0, 0, List.of(), 0, 0, Optional.of(new DigestClaim(other, true))));

            assertThat(core.effects(Effect.DigestJudged.class))
                    .containsExactly(new Effect.DigestJudged(DigestVerdict.REPAIR, other));
        }

        @Test
        void leaderAgainstAMajority_stepsDown() {
            CoreFixture core = effectiveLeader().on(new Input.DigestTaken(own));

            core.from(TWO, matched(2, 1).withDigest(Optional.of(other)));
            core.from(THREE, matched(2, 1).withDigest(Optional.of(other)));

            assertThat(core.core().role()).isEqualTo(RaftRole.FOLLOWER);
            assertThat(core.effects(Effect.DigestJudged.class))
                    .containsExactly(new Effect.DigestJudged(DigestVerdict.STEP_DOWN_AND_REPAIR, other));
        }
    }
}
