package io.muster.raft.core;

import static io.muster.raft.core.CoreFixture.ELECTION_TIMEOUT;
import static io.muster.raft.core.CoreFixture.HEARTBEAT;
import static io.muster.raft.core.CoreFixture.SELF;
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
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.member.ClusterId;
import io.muster.raft.InvariantBroken;
import io.muster.raft.RaftRole;
import io.muster.raft.core.log.LogEntry;
import io.muster.raft.core.log.Payload;
import io.muster.raft.core.membership.Configuration;
import io.muster.raft.core.message.PeerMessage.AppendEntries;
import io.muster.raft.core.message.PeerMessage.AppendEntriesReply;
import io.muster.raft.core.message.PeerMessage.InstallSnapshot;
import io.muster.raft.core.message.PeerMessage.InstallSnapshotReply;
import io.muster.raft.core.message.PeerMessage.RequestVote;
import io.muster.raft.core.message.PeerMessage.RequestVoteReply;
import io.muster.raft.core.snapshot.SnapshotHead;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/**
 * What the Raft paper says, one test a sentence. Sections and "Figure 2" are those of the extended version (2014). Each rule of the figure is named by a test: "All Servers 1",
 * "RequestVote 2", "AppendEntries 3" and so on, counted as they stand there.
 */
class RaftPaperTest {

    /** Figure 2, "Rules for Servers", "All Servers"; §5.1. */
    @Nested
    class AllServers {

        /** All Servers 2. */
        @Test
        void higherTermInAnyMessage_makesAFollower() {
            CoreFixture leader = leader(1);
            leader.from(THREE, refused(9, 0, 0, 0));
            assertThat(leader.core().role()).isEqualTo(RaftRole.FOLLOWER);
            assertThat(leader.core().term()).isEqualTo(9);

            CoreFixture candidate = follower(1).electionTimeout();
            candidate.from(THREE, new RequestVoteReply(9, false));
            assertThat(candidate.core().role()).isEqualTo(RaftRole.FOLLOWER);
            assertThat(candidate.core().term()).isEqualTo(9);
        }

        /** R11: the adopted term is durable before anything is said in it. */
        @Test
        void adoptedTerm_isPersistedBeforeTheAnswer() {
            CoreFixture core = follower(1).clear();

            core.from(TWO, append(5, 0, 0, 0));

            assertThat(core.lastPersist().hardState().term()).isEqualTo(5);
            assertThat(core.answerWaitsFor(TWO)).isEqualTo(core.lastPersist().id());
        }

        /** AppendEntries 1, RequestVote 1, §5.1: a stale term is refused, with the present one (R14, epoch fencing). */
        @Test
        void olderTerm_isRefusedWithThePresentOne() {
            CoreFixture core = follower(5, 5).clear();

            core.from(TWO, append(4, 1, 5, 1));
            core.from(THREE, vote(4, 100, 4));

            assertThat(core.answer(TWO)).isEqualTo(refused(5, 1, 0, 0));
            assertThat(core.answer(THREE)).isEqualTo(new RequestVoteReply(5, false));
            assertThat(core.core().commitIndex()).isZero();
        }

        @Test
        void answersOfOlderTerms_changeNothing() {
            CoreFixture core = leader(5, 5).clear();

            core.from(TWO, matched(5, 2));
            core.from(THREE, new RequestVoteReply(5, true));

            assertThat(core.effects()).isEmpty();
            assertThat(core.core().commitIndex()).isZero();
        }

        @Test
        void term_neverDecreases() {
            CoreFixture core = follower(7);
            core.from(TWO, append(3, 0, 0, 0));
            assertThat(core.core().term()).isEqualTo(7);
        }
    }

    /** Figure 2, "RequestVote RPC"; §5.2, §5.4.1. */
    @Nested
    class Voting {

        /** RequestVote 2, first half; R11, invariant VoteOnce. */
        @Test
        void oneVoteATerm_firstComeFirstServed() {
            CoreFixture core = follower(1);

            core.from(TWO, vote(2, 0, 0));
            assertThat(core.answer(TWO)).isEqualTo(new RequestVoteReply(2, true));
            core.from(THREE, vote(2, 0, 0));
            assertThat(core.answer(THREE)).isEqualTo(new RequestVoteReply(2, false));
            core.clear().from(TWO, vote(2, 0, 0));
            assertThat(core.answer(TWO)).as("asked again").isEqualTo(new RequestVoteReply(2, true));
        }

        @Test
        void voteIsPersistedBeforeItIsGiven() {
            CoreFixture core = follower(2).clear();

            core.from(TWO, vote(2, 0, 0));

            assertThat(core.lastPersist().hardState()).isEqualTo(new HardState(2, Optional.of(TWO), 0));
            assertThat(core.answerWaitsFor(TWO)).isEqualTo(core.lastPersist().id());
        }

        @Test
        void voteOutlivesARestart() {
            CoreFixture core = CoreFixture.started(1, group(SELF, TWO, THREE), new HardState(2, Optional.of(TWO), 0));

            core.from(THREE, vote(2, 50, 2));

            assertThat(core.answer(THREE)).isEqualTo(new RequestVoteReply(2, false));
        }

        /** RequestVote 2, second half; §5.4.1. */
        @Test
        void candidateWithAnOlderLastTerm_isRefused_howeverLongItsLog() {
            CoreFixture core = follower(3, 1, 3);
            core.from(TWO, vote(4, 100, 2));
            assertThat(core.answer(TWO)).isEqualTo(new RequestVoteReply(4, false));
        }

        /** RequestVote 2, second half; §5.4.1. */
        @Test
        void candidateWithTheSameLastTermAndAShorterLog_isRefused() {
            CoreFixture core = follower(3, 3, 3);
            core.from(TWO, vote(4, 1, 3));
            assertThat(core.answer(TWO)).isEqualTo(new RequestVoteReply(4, false));
        }

        /** RequestVote 2, second half; §5.4.1. */
        @Test
        void candidateAtLeastAsUpToDate_getsTheVote() {
            CoreFixture core = follower(3, 3, 3);
            core.from(TWO, vote(4, 2, 3));
            assertThat(core.answer(TWO)).isEqualTo(new RequestVoteReply(4, true));
        }

        @Test
        void leaderDoesNotVoteForAnotherInItsTerm() {
            CoreFixture core = leader(1).clear();
            core.from(THREE, vote(2, 100, 2));
            assertThat(core.answer(THREE)).isEqualTo(new RequestVoteReply(2, false));
        }
    }

    /** Figure 2, "AppendEntries RPC"; §5.3. The numbers are the figure's. */
    @Nested
    class Appending {

        /** AppendEntries 2. */
        @Test
        void gapBeforeTheEntries_isRefusedWithTheOwnEnd() {
            CoreFixture core = follower(1, 1, 1);
            core.from(TWO, append(1, 5, 1, 0, 1));
            assertThat(core.answer(TWO)).isEqualTo(refused(1, 5, 3, 0));
        }

        /** AppendEntries 2. */
        @Test
        void otherTermBeforeTheEntries_isRefused() {
            CoreFixture core = follower(2, 1, 1);
            core.from(TWO, append(2, 2, 2, 0, 2));
            assertThat(core.answer(TWO)).isEqualTo(refused(2, 2, 1, 1));
            assertThat(core.logTerms()).containsExactly(1L, 1L);
        }

        /** AppendEntries 3 and 4, the figure 7 of the paper. */
        @Test
        void conflictingEntries_andAllBehindThem_areReplaced() {
            CoreFixture core = follower(3, 1, 1, 2, 2, 2).clear();

            core.from(TWO, append(4, 2, 1, 0, 3, 3));

            assertThat(core.logTerms()).containsExactly(1L, 1L, 3L, 3L);
            assertThat(core.effects(Effect.Discarded.class)).containsExactly(new Effect.Discarded(3, 3));
            assertThat(core.lastPersist().entries()).extracting(LogEntry::index).containsExactly(3L, 4L);
        }

        /** AppendEntries 3, the other way round: a message that came late must not cut what was acknowledged since (M15). */
        @Test
        void lateMessageThatMatches_cutsNothing() {
            CoreFixture core = follower(1);
            core.from(TWO, append(1, 0, 0, 0, 1, 1, 1)).durable().clear();

            core.from(TWO, append(1, 0, 0, 0, 1));

            assertThat(core.logTerms()).containsExactly(1L, 1L, 1L);
            assertThat(core.effects(Effect.Persist.class)).isEmpty();
            assertThat(core.answer(TWO)).isEqualTo(matched(1, 1));
        }

        /** R11, M12: the acknowledgement stands on the stored entries. */
        @Test
        void entriesAreDurableBeforeTheyAreAcknowledged() {
            CoreFixture core = follower(1).clear();

            core.from(TWO, append(1, 0, 0, 0, 1, 1));

            assertThat(core.answer(TWO)).isEqualTo(matched(1, 2));
            assertThat(core.answerWaitsFor(TWO)).isEqualTo(core.lastPersist().id());
            core.from(TWO, append(1, 0, 0, 0, 1, 1));
            assertThat(core.answerWaitsFor(TWO))
                    .as("doubled while the write is still on its way")
                    .isEqualTo(core.lastPersist().id());
            core.durable().from(TWO, append(1, 0, 0, 0, 1, 1));
            assertThat(core.answerWaitsFor(TWO)).isZero();
        }

        /** AppendEntries 5, M16: no further than the last new entry. */
        @Test
        void commitIndex_isTheLeaders_butNotBeyondTheLastNewEntry() {
            CoreFixture core = follower(2, 1, 1, 1);

            core.from(TWO, append(2, 1, 1, 3));
            assertThat(core.core().commitIndex())
                    .as("entries 2 and 3 may differ from the leader's")
                    .isEqualTo(1);
            core.from(TWO, append(2, 1, 1, 3, 2, 2));
            assertThat(core.core().commitIndex()).isEqualTo(3);
            core.from(TWO, append(2, 3, 2, 1));
            assertThat(core.core().commitIndex()).as("never goes back").isEqualTo(3);
            assertThat(core.commits()).containsExactly(1L, 3L);
        }

        /** Invariant CommittedNeverLost: such a message proves that something is broken, and stops the engine. */
        @Test
        void conflictAtACommittedEntry_isNotGoneOnWith() {
            CoreFixture core = follower(2, 1, 1);
            core.from(TWO, append(2, 2, 1, 2));

            assertThatThrownBy(() -> core.from(THREE, append(3, 0, 0, 0, 3)))
                    .isInstanceOf(InvariantBroken.class)
                    .hasMessageContaining("CommittedNeverLost");
        }

        /** Invariant ElectionSafety: this node was elected, so the other was not; the node goes on, and says what it was told. */
        @Test
        void secondLeaderInOneTerm_isRefused() {
            CoreFixture core = leader(1);
            core.from(THREE, append(2, 0, 0, 0, 2));

            assertThat(core.answer(THREE)).isEqualTo(refused(2, 0, 0, 0));
            assertThat(core.core().role()).isEqualTo(RaftRole.LEADER);
            assertThat(core.logTerms()).containsExactly(2L);
            assertThat(core.effects(Effect.SecondLeader.class)).containsExactly(new Effect.SecondLeader(THREE, 2));

            // And so is its snapshot.
            SnapshotHead head = new SnapshotHead(5, 2, group(SELF, TWO, THREE));
            core.clear().from(THREE, new InstallSnapshot(2, head, 0, new byte[1], true));
            assertThat(core.answer(THREE)).isEqualTo(new InstallSnapshotReply(2, 5, 0, false));
            assertThat(core.effects(Effect.StoreChunk.class)).isEmpty();
        }

        /** A sender for whom no channel vouches is asked first whether it can be true; nothing changes by that. */
        @Test
        void whatNoLeaderSays_isObjectedTo() {
            CoreFixture core = follower(2, 1, 1, 2);
            core.from(TWO, append(2, 3, 2, 2));

            assertThat(core.core().objectionTo(append(2, 3, 2, 2, 2))).isEmpty();
            assertThat(core.core().objectionTo(append(3, 2, 1, 2, 3)))
                    .as("what is not committed may be replaced")
                    .isEmpty();
            assertThat(core.core().objectionTo(append(1, 2, 7, 0)))
                    .as("an older term is refused by itself")
                    .isEmpty();
            assertThat(core.core().objectionTo(append(3, 2, 3, 2)))
                    .hasValue("the entry that is committed here at index 2 is of term 1");
            assertThat(core.core().objectionTo(append(3, 1, 1, 2, 3))).isPresent();
            assertThat(core.core().objectionTo(append(3, 3, 2, 2, 1)))
                    .hasValue("entry 4 of term 1 cannot follow one of term 2 in a message of term 3");
            assertThat(core.core().objectionTo(append(3, 3, 2, 2, 4))).isPresent();
            assertThat(core.core().objectionTo(vote(Long.MAX_VALUE, 9, 9))).isPresent();
            assertThat(leader(1).core().objectionTo(append(2, 0, 0, 0))).hasValue("this node itself leads term 2");
        }

        @Test
        void configuration_isInForceFromItsEntryOn_andGoesWithIt() {
            CoreFixture core = follower(1);
            var larger = group(SELF, TWO, THREE, node(4));
            core.from(TWO, new AppendEntries(1, 0, 0, List.of(new LogEntry(1, 1, new Payload.Members(larger))), 0, 0));
            assertThat(core.core().configuration()).contains(larger);

            core.from(THREE, append(2, 0, 0, 0, 2));

            assertThat(core.core().configuration()).contains(group(SELF, TWO, THREE));
        }
    }

    /** Figure 2, "Followers" and "Candidates"; §5.2. */
    @Nested
    class Electing {

        /** Followers 2, Candidates 1. */
        @Test
        void silence_startsAnElection() {
            CoreFixture core = follower(4, 4).clear();

            core.electionTimeout();

            assertThat(core.core().role()).isEqualTo(RaftRole.CANDIDATE);
            assertThat(core.core().term()).isEqualTo(5);
            assertThat(core.core().votedFor()).contains(SELF);
            assertThat(core.sent(TWO, RequestVote.class)).containsExactly(new RequestVote(5, 1, 4));
            assertThat(core.sent(THREE, RequestVote.class)).hasSize(1);
        }

        /** M03: the own vote is stored before others are asked. */
        @Test
        void ownVoteIsPersistedBeforeOthersAreAsked() {
            CoreFixture core = follower(4).clear().electionTimeout();

            assertThat(core.lastPersist().hardState()).isEqualTo(new HardState(5, Optional.of(SELF), 0));
            assertThat(core.answerWaitsFor(TWO)).isEqualTo(core.lastPersist().id());
        }

        @Test
        void othersVotesDoNotElect_beforeTheOwnVoteIsDurable() {
            CoreFixture core = follower(4).electionTimeout();

            core.from(TWO, new RequestVoteReply(5, true)).from(THREE, new RequestVoteReply(5, true));
            assertThat(core.core().role()).isEqualTo(RaftRole.CANDIDATE);
            core.durable();

            assertThat(core.core().role()).isEqualTo(RaftRole.LEADER);
        }

        /** Candidates 2. */
        @Test
        void majorityOfVotes_makesALeader_andDoubledVotesCountOnce() {
            CoreFixture core = CoreFixture.started(
                    1, group(SELF, TWO, THREE, node(4), node(5)), new HardState(1, Optional.empty(), 0));
            core.electionTimeout().durable();

            core.from(TWO, new RequestVoteReply(2, true)).from(TWO, new RequestVoteReply(2, true));
            core.from(node(9), new RequestVoteReply(2, true));
            assertThat(core.core().role()).isEqualTo(RaftRole.CANDIDATE);
            core.from(THREE, new RequestVoteReply(2, true));

            assertThat(core.core().role()).isEqualTo(RaftRole.LEADER);
            assertThat(core.core().leader()).contains(SELF);
        }

        /** R11: an even split elects nobody. */
        @Test
        void halfOfAnEvenGroup_isNoMajority() {
            CoreFixture core =
                    CoreFixture.started(1, group(SELF, TWO, THREE, node(4)), new HardState(1, Optional.empty(), 0));
            core.electionTimeout().durable().from(TWO, new RequestVoteReply(2, true));

            assertThat(core.core().role()).isEqualTo(RaftRole.CANDIDATE);
        }

        /** Candidates 3. */
        @Test
        void leaderOfTheSameTerm_makesACandidateFollow() {
            CoreFixture core = follower(1).electionTimeout();

            core.from(TWO, append(2, 0, 0, 0));

            assertThat(core.core().role()).isEqualTo(RaftRole.FOLLOWER);
            assertThat(core.core().leader()).contains(TWO);
        }

        /** Candidates 4, R12: drawn anew for each election, between one and two times the timeout. */
        @Test
        void electionTimeouts_areDrawnAnew_withinBounds() {
            CoreFixture core = follower(1);
            TreeSet<Long> waits = new TreeSet<>();
            for (int i = 0; i < 50; i++) {
                long wait = core.core().dueNanos() - core.now();
                assertThat(wait).isBetween(ELECTION_TIMEOUT, 2 * ELECTION_TIMEOUT - 1);
                waits.add(wait);
                core.electionTimeout().durable();
            }
            assertThat(waits).hasSizeGreaterThan(25);
            assertThat(core.core().term()).isEqualTo(51);
        }

        /** §5.2: a heartbeat or a granted vote begins the wait anew; a refused vote or a refused heartbeat does not. */
        @Test
        void electionTimer_isResetByALeaderOrAGrantedVoteOnly() {
            CoreFixture core = follower(5, 5);
            long due = core.core().dueNanos();

            core.advance(ELECTION_TIMEOUT / 2).from(TWO, append(4, 0, 0, 0));
            core.from(TWO, vote(5, 0, 0));
            assertThat(core.core().dueNanos()).isEqualTo(due);
            core.from(THREE, append(5, 1, 5, 0));

            assertThat(core.core().dueNanos()).isGreaterThanOrEqualTo(core.now() + ELECTION_TIMEOUT);
        }

        @Test
        void tickBeforeItsTime_doesNothing() {
            CoreFixture core = follower(1);
            long due = core.core().dueNanos();

            core.advance(ELECTION_TIMEOUT / 2);

            assertThat(core.core().role()).isEqualTo(RaftRole.FOLLOWER);
            assertThat(core.effects(Effect.WakeAt.class)).last().isEqualTo(new Effect.WakeAt(due));
        }

        @Test
        void nodeThatIsNoVoter_startsNoElection() {
            CoreFixture core = CoreFixture.started(1, group(TWO, THREE), new HardState(1, Optional.empty(), 0));

            assertThat(core.core().dueNanos()).isEqualTo(Long.MAX_VALUE);
        }
    }

    /** Figure 2, "Leaders"; §5.3, §5.4.2, §8. */
    @Nested
    class Leading {

        /** Leaders 1, first half; §8: a noop at the start of the term; R24. */
        @Test
        void leaderBeginsItsTermWithANoop_andTellsAllAtOnce() {
            CoreFixture core = leader(1, 1, 1);

            assertThat(core.logTerms()).containsExactly(1L, 1L, 2L);
            assertThat(core.lastPersist().entries())
                    .extracting(LogEntry::payload)
                    .containsExactly(new Payload.Noop());
            assertThat(core.effects(Effect.Replicate.class))
                    .extracting(Effect.Replicate::to)
                    .containsExactly(TWO, THREE);
            assertThat(core.core().leadershipEffective()).isFalse();
        }

        /** Leaders 1, second half; R14. */
        @Test
        void leaderSendsHeartbeats_atItsInterval() {
            CoreFixture core = leader(1).clear();
            assertThat(core.core().dueNanos() - core.now()).isEqualTo(HEARTBEAT);

            core.due();

            assertThat(core.sent(TWO, AppendEntries.class)).hasSize(1);
            assertThat(core.sent(THREE, AppendEntries.class)).hasSize(1);
            assertThat(core.core().dueNanos() - core.now()).isEqualTo(HEARTBEAT);
        }

        /** Leaders 2 and 4, All Servers 1: what is committed is applied, and then answered. */
        @Test
        void entryOnAMajority_isCommitted() {
            CoreFixture core = leader(1);
            core.from(TWO, matched(2, 1));
            assertThat(core.commits()).containsExactly(1L);
            assertThat(core.effects(Effect.LeadershipEffective.class)).hasSize(1);

            core.propose("a", "b").durable();
            assertThat(core.commits()).containsExactly(1L);
            core.from(THREE, matched(2, 3));

            assertThat(core.commits()).containsExactly(1L, 3L);
            assertThat(core.effects(Effect.LeadershipEffective.class))
                    .as("once a term")
                    .hasSize(1);
        }

        /** M11: the leader counts itself only when its own write is durable; a majority without it may be faster. */
        @Test
        void leaderCountsItself_onlyWhenDurable() {
            CoreFixture core = leader(1).propose("a");
            core.from(TWO, matched(2, 2));
            assertThat(core.commits()).as("the noop, whose write is durable").containsExactly(1L);
            core.from(THREE, matched(2, 2));
            assertThat(core.commits()).containsExactly(1L, 2L);
        }

        /** Leaders 4, §5.4.2 and figure 8, M10: entries of older terms are committed only by one of the own term. */
        @Test
        void leaderCommitsOnlyEntriesOfItsOwnTerm() {
            CoreFixture core = leader(3, 1, 2);

            core.from(TWO, matched(4, 2)).from(THREE, matched(4, 2));
            assertThat(core.commits())
                    .as("on all three, and still not committed")
                    .isEmpty();
            core.from(TWO, matched(4, 3));

            assertThat(core.commits()).containsExactly(3L);
        }

        /** Leaders 3, second half. */
        @Test
        void refusal_makesTheLeaderTryEarlier_downToWhereTheLogsMatch() {
            CoreFixture core = leader(3, 1, 2, 2, 3).clear();

            core.from(TWO, refused(4, 4, 3, 0));
            assertThat(core.effects(Effect.Replicate.class)).last().satisfies(sent -> {
                assertThat(sent.prevLogIndex()).isEqualTo(2);
                assertThat(sent.prevLogTerm()).isEqualTo(2);
                assertThat(sent.lastLogIndex()).isEqualTo(5);
            });
            core.from(TWO, refused(4, 2, 2, 1));
            assertThat(core.effects(Effect.Replicate.class))
                    .last()
                    .satisfies(sent -> assertThat(sent.prevLogIndex()).isEqualTo(1));
            core.from(TWO, matched(4, 5));

            assertThat(core.commits()).containsExactly(5L);
        }

        /** Leaders 3: "after successful replication" counts, whatever comes late. */
        @Test
        void lateRefusal_doesNotUndoAMatch() {
            CoreFixture core = leader(1, 1, 1);
            core.from(TWO, matched(2, 3)).clear();

            core.from(TWO, refused(2, 2, 0, 0));

            assertThat(core.effects(Effect.Replicate.class))
                    .as("nothing is lacking")
                    .isEmpty();
        }

        /** R10: only the leader takes proposals. */
        @Test
        void followersAndCandidates_refuseProposals() {
            assertThat(follower(1).propose("a", "b").effects(Effect.Refused.class))
                    .containsExactly(new Effect.Refused(2));
            assertThat(follower(1).electionTimeout().propose("a").effects(Effect.Refused.class))
                    .hasSize(1);
        }

        /** Leaders 3, first half; R18: entries go to the followers beside the local write. */
        @Test
        void entriesAreSent_beforeTheyAreDurableHere() {
            CoreFixture core = leader(1);
            core.from(TWO, matched(2, 1)).from(THREE, matched(2, 1)).clear();

            core.propose("a");

            assertThat(core.effects(Effect.Replicate.class)).hasSize(2);
        }
    }

    /** Dissertation §6.4. */
    @Nested
    class LinearizableReads {

        @Test
        void read_waitsForAMajorityThatConfirmsTheLeadership_askedAfterTheRead() {
            CoreFixture core = leader(1);
            core.from(TWO, matched(2, 1)).clear();

            core.on(new Input.ReadIndex(1));
            long round = core.sent(TWO, AppendEntries.class).get(0).round();
            core.from(TWO, AppendEntriesReply.matched(2, 1, round - 1));
            assertThat(core.effects(Effect.ReadAt.class)).isEmpty();
            core.from(THREE, AppendEntriesReply.matched(2, 1, round));

            assertThat(core.effects(Effect.ReadAt.class)).containsExactly(new Effect.ReadAt(1, 1));
        }

        /** R24. */
        @Test
        void read_waitsForTheFirstCommitOfTheTerm() {
            CoreFixture core = leader(1, 1);
            core.on(new Input.ReadIndex(1));
            long round = core.sent(TWO, AppendEntries.class).get(0).round();
            core.from(TWO, AppendEntriesReply.matched(2, 0, round));
            assertThat(core.effects(Effect.ReadAt.class)).isEmpty();

            core.from(TWO, matched(2, 2));

            assertThat(core.effects(Effect.ReadAt.class)).containsExactly(new Effect.ReadAt(1, 2));
        }

        @Test
        void read_isRefusedByFollowers_andByALeaderThatIsDeposed() {
            assertThat(follower(1).on(new Input.ReadIndex(7)).effects(Effect.ReadRefused.class))
                    .containsExactly(new Effect.ReadRefused(7));

            CoreFixture core = leader(1).on(new Input.ReadIndex(8));
            core.from(TWO, refused(9, 0, 0, 0));
            assertThat(core.effects(Effect.ReadRefused.class)).containsExactly(new Effect.ReadRefused(8));
        }
    }

    /** One voter: the case of this repository's standalone server. */
    @Nested
    class SoleVoter {

        @Test
        void foundingNode_leadsWithoutWaiting() {
            CoreFixture core = CoreFixture.empty();
            assertThat(core.core().dueNanos()).as("idle before founding").isEqualTo(Long.MAX_VALUE);

            core.on(new Input.Found(new ClusterId(4, 2)));
            assertThat(core.core().role()).isEqualTo(RaftRole.CANDIDATE);
            core.durable();
            assertThat(core.core().role()).isEqualTo(RaftRole.LEADER);
            core.durable();

            assertThat(core.core().commitIndex()).isEqualTo(2);
            assertThat(core.core().leadershipEffective()).isTrue();
            assertThat(core.core().configuration()).contains(new Configuration(new ClusterId(4, 2), List.of(SELF)));
            assertThat(core.core().dueNanos())
                    .as("nobody to send heartbeats to")
                    .isEqualTo(Long.MAX_VALUE);
        }

        @Test
        void restart_electsItselfAtOnce_inANewTerm() {
            CoreFixture core = CoreFixture.started(1, group(SELF), new HardState(3, Optional.of(SELF), 1), 2, 3);

            core.durable().durable();

            assertThat(core.core().term()).isEqualTo(4);
            assertThat(core.commits()).containsExactly(3L);
        }

        @Test
        void founding_happensOnce() {
            CoreFixture core = CoreFixture.empty().on(new Input.Found(new ClusterId(4, 2)));

            assertThatThrownBy(() -> core.on(new Input.Found(new ClusterId(4, 3))))
                    .isInstanceOf(InvariantBroken.class);
        }

        @Test
        void writesAreCommitted_whenDurable_andReadsAtOnce() {
            CoreFixture core = CoreFixture.empty()
                    .on(new Input.Found(new ClusterId(4, 2)))
                    .durable()
                    .durable();

            core.propose("a", "b");
            assertThat(core.core().commitIndex()).isEqualTo(2);
            core.durable();
            core.on(new Input.ReadIndex(1));

            assertThat(core.core().commitIndex()).isEqualTo(4);
            assertThat(core.effects(Effect.ReadAt.class)).containsExactly(new Effect.ReadAt(1, 4));
        }
    }

    /** §7. */
    @Test
    void snapshot_isOfCommittedEntriesOnly() {
        CoreFixture core = follower(1, 1, 1, 1);
        core.from(TWO, append(1, 3, 1, 2));

        core.on(new Input.SnapshotSaved(2));
        assertThat(core.core().log().firstIndex()).isEqualTo(3);
        assertThat(core.core().log().termAt(2)).isEqualTo(1);
        assertThatThrownBy(() -> core.on(new Input.SnapshotSaved(3))).isInstanceOf(InvariantBroken.class);
    }
}
