package io.muster.distro.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.consistency.Lease;
import io.muster.distro.core.Effects.MarkerChange;
import io.muster.distro.core.Notice.RemovalsHeld;
import org.junit.jupiter.api.Test;

/** What members keep by leases is no client's session: it means no cold start, and no mass of silent clients. */
class SessionRuleTest {

    private static final Lease LONG = new Lease(30_000, 30_000);

    private final CoreFixture node =
            new CoreFixture(1, LeaseLimits.DEFAULTS, GuardLimits.DEFAULTS, id -> !id.startsWith("h/"));

    @Test
    void withoutSessions_theNextStartIsNoColdStart() {
        node.loaded();
        node.register("h/a");
        node.pass(1_000);
        assertThat(node.markers).isEmpty();
        node.register("i/a");
        assertThat(node.markers).containsExactly(MarkerChange.WRITE);
        node.deregister("i/a");
        node.pass(100);
        assertThat(node.markers).as("the verdict still stands").containsExactly(MarkerChange.WRITE, MarkerChange.CLEAR);
    }

    @Test
    void counts_tellSessionsApart() {
        node.loaded();
        node.register("h/a");
        node.register("i/a");
        node.register("i/b");
        assertThat(node.core.counts().records()).isEqualTo(3);
        assertThat(node.core.counts().ownSessions()).isEqualTo(2);
        node.deregister("i/a");
        node.deregister("h/a");
        assertThat(node.core.counts().ownSessions()).isEqualTo(1);
    }

    @Test
    void aMassOfVerdictsThatEnd_holdsNoSessionBack() {
        endAHundredVerdicts(node);
        assertThat(node.notices).noneMatch(RemovalsHeld.class::isInstance);
        assertThat(node.core.counts().records()).as("one client went silent").isEqualTo(19);
    }

    /** The same, if nobody tells the two apart: what the rule is for. */
    @Test
    void aMassOfSessionsThatEnd_isHeldBack() {
        CoreFixture all = new CoreFixture();
        endAHundredVerdicts(all);
        assertThat(all.notices).anyMatch(RemovalsHeld.class::isInstance);
    }

    private static void endAHundredVerdicts(CoreFixture node) {
        node.loaded();
        node.pass(120_000);
        for (int i = 0; i < 100; i++) {
            node.register("h/" + i, "v", LONG);
        }
        for (int i = 0; i < 20; i++) {
            node.register("i/" + i);
        }
        // Long enough for this node to be in doubt about itself.
        node.standStill(5_000);
        for (int i = 0; i < 60; i++) {
            node.pass(1_000);
            for (int k = 1; k < 20; k++) {
                node.beat("i/" + k);
            }
        }
    }
}
