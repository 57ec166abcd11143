package io.muster.distro.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Design §5, "Expiry guard": more than 30 % and more than 10 within 15 s wait, 60 s at most, if there is doubt. */
class ExpiryGuardTest {

    private static final long SECOND = 1_000_000_000L;

    private final ExpiryGuard guard = new ExpiryGuard(GuardLimits.DEFAULTS, 0);

    @Test
    void lets_fewRemovals_pass() {
        for (int i = 0; i < 10; i++) {
            assertThat(guard.lets(SECOND, 20 - i, 10 - i, true))
                    .as("removal %d of 10", i)
                    .isTrue();
        }
    }

    @Test
    void lets_aSmallShare_passes() {
        for (int i = 0; i < 300; i++) {
            assertThat(guard.lets(SECOND, 1_000 - i, 300 - i, true)).isTrue();
        }
        assertThat(guard.lets(SECOND, 700, 1, true))
                .as("the one that exceeds 30 %")
                .isFalse();
    }

    @Test
    void lets_aMassInDoubt_waitsFromTheFirstOn() {
        assertThat(guard.lets(SECOND, 100, 40, true)).isFalse();
        assertThat(guard.holding()).isTrue();
    }

    @Test
    void lets_aMassWithoutDoubt_passes() {
        assertThat(guard.lets(SECOND, 100, 40, false)).isTrue();
        assertThat(guard.holding()).isFalse();
    }

    @Test
    void lets_aMass_waitsForTheBoundAtMost_andThenAllOfItPasses() {
        for (int second = 0; second < 60; second++) {
            assertThat(guard.lets(second * SECOND, 100, 40, true)).isFalse();
        }
        for (int i = 0; i < 40; i++) {
            assertThat(guard.lets(60 * SECOND + i, 100 - i, 40 - i, true)).isTrue();
        }
    }

    /** Sessions with an hour until removal that have been UNHEALTHY for long do not keep the guard from holding when others end. */
    @Test
    void lets_aMassAfterTheBoundOfAnother_waitsAgain() {
        for (int second = 0; second < 60; second++) {
            guard.lets(second * SECOND, 100, 40, true);
        }
        assertThat(guard.lets(60 * SECOND, 100, 40, true)).isTrue();
        assertThat(guard.lets(100 * SECOND, 99, 60, true)).isFalse();
        assertThat(guard.holding()).isTrue();
    }

    @Test
    void lets_removalsFarApart_areNoMass() {
        for (int i = 0; i < 90; i++) {
            assertThat(guard.lets(2L * i * SECOND, 100 - i, 1, true))
                    .as("removal %d", i)
                    .isTrue();
        }
    }

    @Test
    void lets_removalsOfShortLeases_countTogetherWithinTheWindow() {
        int passed = 0;
        for (int i = 0; i < 100; i++) {
            passed += guard.lets(i * SECOND / 10, 100 - passed, 0, true) ? 1 : 0;
        }
        assertThat(passed).as("leases that are never unhealthy").isEqualTo(31);
    }

    @Test
    void reassess_thoseMissedAreBack_endsTheHolding() {
        guard.lets(SECOND, 100, 40, true);
        guard.reassess(2 * SECOND, 100, 3, true);
        assertThat(guard.holding()).isFalse();
        assertThat(guard.lets(3 * SECOND, 100, 3, true)).isTrue();
    }

    @Test
    void share_ofOne_switchesItOff() {
        ExpiryGuard off = new ExpiryGuard(new GuardLimits(1, 0, 15_000, 60_000), 0);
        assertThat(off.lets(SECOND, 50, 50, true)).isTrue();
    }
}
