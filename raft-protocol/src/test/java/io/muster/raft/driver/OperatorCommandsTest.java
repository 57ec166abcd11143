package io.muster.raft.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.consistency.ConsistencyException.OutcomeUnknown;
import io.muster.member.ClusterId;
import io.muster.member.NodeId;
import io.muster.raft.core.Effect;
import io.muster.raft.core.membership.Configuration;
import io.muster.raft.core.membership.MembershipChange.Verdict;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A command is done when what it wanted is so, and nothing else makes it so (R21, R22). */
class OperatorCommandsTest {

    private static final NodeId ONE = new NodeId(0, 1);
    private static final NodeId TWO = new NodeId(0, 2);
    private static final long DEADLINE = 1_000;

    private final OperatorCommands commands = new OperatorCommands();
    private final CompletableFuture<String> result = new CompletableFuture<>();

    private static Configuration group(NodeId... voters) {
        return new Configuration(new ClusterId(1, 1), List.of(voters));
    }

    private static Configuration joint() {
        return new Configuration(new ClusterId(1, 1), List.of(ONE), List.of(ONE, TWO), List.of(), 0, false);
    }

    /** Asks for ONE alone; the first step is in the log at index 7. */
    private void askForOneAlone() {
        commands.askForMembers(
                result,
                DEADLINE,
                members -> members.equals(group(ONE)),
                request -> () -> commands.membersJudged(new Effect.MembersJudged(request, Verdict.FINE, 7), 6));
    }

    @Test
    void membersAsWanted_areDone_whenTheChangeIsNoLongerJoint() {
        askForOneAlone();
        commands.configurationCommitted(7, joint());
        assertThat(result).isNotDone();

        commands.configurationCommitted(8, group(ONE));
        assertThat(result).isCompletedWithValueMatching(said -> said.startsWith("members as of index 8"));
    }

    /** The entry lost to another leader's, which changed the members otherwise. */
    @Test
    void otherMembersInThatPlace_areNotWhatWasAskedFor() {
        askForOneAlone();
        commands.configurationCommitted(7, group(TWO));

        assertThatThrownBy(result::join)
                .hasCauseInstanceOf(OutcomeUnknown.class)
                .hasMessageContaining("another change came between");
    }

    @Test
    void aTransferWithoutANextLeader_isUnknown() {
        commands.askToHandOver(result, DEADLINE, request -> () -> {});
        commands.expire(DEADLINE);

        assertThatThrownBy(result::join)
                .hasCauseInstanceOf(OutcomeUnknown.class)
                .hasMessageContaining("no leader is known");
    }
}
