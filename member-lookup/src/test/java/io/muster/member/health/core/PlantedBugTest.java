package io.muster.member.health.core;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.muster.member.NodeId;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** The tests of the rules can fail: each planted bug breaks the one that holds its rule. */
class PlantedBugTest {

    @Test
    void missesCountedWhileStandingStill() {
        HealthRules broken = new HealthRules() {
            @Override
            protected boolean forgivesStandStill() {
                return false;
            }
        };
        assertCaught(broken, BeliefTest::standingStill_blamesNobody);
    }

    @Test
    void downWithoutAsking() {
        HealthRules broken = new HealthRules() {
            @Override
            protected boolean asksBeforeDown() {
                return false;
            }
        };
        assertCaught(broken, SuspicionTest::reachedByOthers_staysInTheRing);
    }

    @Test
    void addressBelieved() {
        HealthRules broken = new HealthRules() {
            @Override
            protected NodeId nodeAt(Optional<NodeId> known, NodeId answering) {
                return known.orElse(answering);
            }
        };
        assertCaught(broken, FoundAddressesTest::identitiesFollowNodes);
    }

    @Test
    void runIdIgnored() {
        HealthRules broken = new HealthRules() {
            @Override
            protected boolean isNewRun(long known, long heard) {
                return false;
            }
        };
        assertCaught(broken, RestartAndLeaveTest::newRun_leavesTheRing);
    }

    @Test
    void anyAnswerTaken() {
        HealthRules broken = new HealthRules() {
            @Override
            protected boolean dropsUnaskedAnswers() {
                return false;
            }
        };
        assertCaught(broken, BeliefTest::unaskedAnswers_keepNobodyAlive);
    }

    private static void assertCaught(HealthRules broken, Consumer<HealthRules> test) {
        assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> test.accept(broken));
    }
}
