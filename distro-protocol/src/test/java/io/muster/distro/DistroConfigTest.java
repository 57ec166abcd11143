package io.muster.distro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.distro.core.GuardLimits;
import io.muster.distro.core.LeaseLimits;
import io.muster.distro.core.PeerLimits;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class DistroConfigTest {

    @Test
    void defaults_areThoseOfTheDesign() {
        assertThat(DistroConfig.DEFAULTS)
                .isEqualTo(new DistroConfig(
                        new LeaseLimits(3_600_000, 10_000, 600_000, 1_000),
                        new GuardLimits(0.3, 10, 15_000, 60_000),
                        new PeerLimits(20, 5_000, 10_000, 500),
                        15_000,
                        100_000));
    }

    static Stream<Arguments> wrong() {
        LeaseLimits leases = LeaseLimits.DEFAULTS;
        GuardLimits guard = GuardLimits.DEFAULTS;
        PeerLimits peers = PeerLimits.DEFAULTS;
        return Stream.of(
                wrong("leaseMaxMillis", () -> new LeaseLimits(999, 10_000, 600_000, 1_000)),
                wrong("tombstoneMinMillis", () -> new LeaseLimits(3_600_000, 0, 10, 1_000)),
                wrong("justRemovedMillis", () -> new LeaseLimits(3_600_000, 600_001, 600_000, 1_000)),
                wrong("standStillMillis", () -> new LeaseLimits(3_600_000, 10_000, 600_000, 100)),
                wrong("share", () -> new GuardLimits(1.1, 10, 15_000, 60_000)),
                wrong("share", () -> new GuardLimits(Double.NaN, 10, 15_000, 60_000)),
                wrong("minInstances", () -> new GuardLimits(0.3, -1, 15_000, 60_000)),
                wrong("windowMillis", () -> new GuardLimits(0.3, 10, 0, 60_000)),
                wrong("maxMillis", () -> new GuardLimits(0.3, 10, 15_000, -1)),
                wrong("syncDelayMillis", () -> new PeerLimits(-1, 5_000, 10_000, 500)),
                wrong("verifyIntervalMillis", () -> new PeerLimits(20, 1, 10_000, 500)),
                wrong("loadWaitMillis", () -> new PeerLimits(20, 5_000, -1, 500)),
                wrong("passOnTimeoutMillis", () -> new PeerLimits(20, 5_000, 10_000, 0)),
                wrong("coldStartHoldMillis", () -> new DistroConfig(leases, guard, peers, -1, 100_000)),
                wrong("queuedChangesMax", () -> new DistroConfig(leases, guard, peers, 15_000, 9_999)));
    }

    private static Arguments wrong(String setting, ThrowingCallable construction) {
        return Arguments.of(setting, construction);
    }

    @ParameterizedTest
    @MethodSource("wrong")
    void outOfBounds_isRefusedByName(String setting, ThrowingCallable construction) {
        assertThatThrownBy(construction)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(setting);
    }
}
