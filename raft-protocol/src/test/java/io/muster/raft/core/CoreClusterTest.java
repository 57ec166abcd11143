package io.muster.raft.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.raft.core.message.PeerMessage;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** The rules that are there hold among one to five voters, whatever the network, the disks and the processes do. */
class CoreClusterTest {

    private static final int SEEDS = 100;
    private static final int STEPS = 2_500;

    @Test
    void seeds_holdAllInvariants_andMakeProgressWhenHealed() {
        int committed = 0;
        long terms = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            CoreCluster cluster = new CoreCluster(seed);
            try {
                cluster.run(STEPS);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
            committed += cluster.committedCount();
            terms += cluster.termsLed();
        }
        assertThat(committed).isGreaterThan(20 * SEEDS);
        assertThat(terms).as("elections among them").isGreaterThan(2 * SEEDS);
    }

    /** M01, M03: a vote leaves before it is stored. */
    @Test
    void votesThatAreNotStoredFirst_breakVoteOnce() {
        assertThat(killer(machine -> (input, now) -> machine.on(input, now).stream()
                        .map(effect -> effect instanceof Effect.Send send
                                        && send.message() instanceof PeerMessage.RequestVoteReply
                                ? new Effect.Send(send.to(), send.message(), 0)
                                : effect)
                        .toList()))
                .contains("VoteOnce");
    }

    /** M12: a follower acknowledges before its sync. */
    @Test
    void acknowledgementsThatAreNotStoredFirst_breakAckIsDurable() {
        assertThat(killer(machine -> (input, now) -> machine.on(input, now).stream()
                        .map(effect -> effect instanceof Effect.Send send
                                        && send.message() instanceof PeerMessage.AppendEntriesReply
                                ? new Effect.Send(send.to(), send.message(), 0)
                                : effect)
                        .toList()))
                .containsAnyOf("AckIsDurable", "StateMachineSafety", "LeaderCompleteness");
    }

    /** M05: the candidate's log is not looked at. */
    @Test
    void votesWithoutLogComparison_breakLeaderCompleteness() {
        assertThat(killer(machine -> (input, now) -> machine.on(flattered(input), now)))
                .containsAnyOf("LeaderCompleteness", "StateMachineSafety", "CommittedNeverLost", "LogMatching");
    }

    private static Input flattered(Input input) {
        return input instanceof Input.Received received && received.message() instanceof PeerMessage.RequestVote vote
                ? new Input.Received(
                        received.from(), new PeerMessage.RequestVote(vote.term(), Long.MAX_VALUE, Long.MAX_VALUE))
                : input;
    }

    /** What finds the bug within a bound of seeds. */
    private static String killer(UnaryOperator<Machine> bug) {
        Optional<String> found = Optional.empty();
        for (long seed = 0; seed < 200 && found.isEmpty(); seed++) {
            try {
                new CoreCluster(seed, bug).run(STEPS);
            } catch (AssertionError | RuntimeException e) {
                found = Optional.of(String.valueOf(e.getMessage()));
            }
        }
        return found.orElse("survived");
    }
}
