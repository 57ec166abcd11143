package io.muster.distro.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.distro.core.Message.DigestGroups;
import io.muster.distro.core.Message.DigestRoot;
import io.muster.member.NodeId;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which of two members repairs both, where both find that they differ (R48). */
class VerifyTest {

    private static final NodeId LOWER = new NodeId(0, 1);
    private static final NodeId HIGHER = new NodeId(0, 9);
    private static final int TEN_SECONDS = 100;

    private final CoreFixture node = new CoreFixture(5, GuardLimits.DEFAULTS);

    @Test
    void whileTheLowerIdRepairs_theHigherBeginsNoRound_untilASecondAfter() {
        startWith(LOWER);
        repairs(LOWER);
        assertThat(roundsBegunWhileRepairedBy(LOWER)).isZero();

        long begun = 0;
        int ticks = 0;
        while (begun == 0) {
            begun = roundsBegunInATick();
            ticks++;
            assertThat(ticks).as("ticks until it verifies by itself").isLessThanOrEqualTo(10);
        }
        assertThat(ticks).isEqualTo(10);
    }

    @Test
    void whileTheHigherIdRepairs_theLowerVerifiesAllTheSame() {
        startWith(HIGHER);
        repairs(HIGHER);
        assertThat(roundsBegunWhileRepairedBy(HIGHER)).isPositive();
    }

    private void startWith(NodeId other) {
        node.feed(new Input.View<>(node.with(other)));
        node.feed(new Input.Start<>(false));
        node.feed(new Input.Received<>(
                other, 0, new Message.SnapshotChunk<>(1, Optional.empty(), Optional.empty(), 0, 0, List.of())));
    }

    private long roundsBegunWhileRepairedBy(NodeId other) {
        long begun = 0;
        for (int tick = 0; tick < TEN_SECONDS; tick++) {
            begun += roundsBegunInATick();
            repairs(other);
        }
        return begun;
    }

    private long roundsBegunInATick() {
        long[] begun = {0};
        node.pass(
                DistroCore.TICK_MILLIS,
                effects -> begun[0] = effects.sends().stream()
                        .filter(send -> send.message() instanceof DigestRoot<String>)
                        .count());
        return begun[0];
    }

    private void repairs(NodeId other) {
        node.feed(new Input.Received<>(other, 0, new DigestGroups<>(1, 1, List.of())));
    }
}
