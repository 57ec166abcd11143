package io.muster.member.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.member.channel.ChannelLimits.BackOff;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class DialBackOffTest {

    private static final BackOff LIMITS =
            new BackOff(Duration.ofMillis(100), Duration.ofSeconds(3), Duration.ofSeconds(5));

    private final DialBackOff backOff = new DialBackOff(LIMITS, new SplittableRandom(1));

    @Test
    void waits_doubleUpToTheLongest_lessAtMostHalf() {
        for (long wholeMillis : new long[] {100, 200, 400, 800, 1600, 3000, 3000, 3000}) {
            assertThat(backOff.next(Duration.ZERO))
                    .isBetween(Duration.ofMillis(wholeMillis / 2), Duration.ofMillis(wholeMillis));
        }
    }

    @Test
    void stableConnection_beginsAnew_andAShortOneDoesNot() {
        for (int count = 0; count < 5; count++) {
            backOff.next(Duration.ZERO);
        }
        assertThat(backOff.next(Duration.ofMillis(4999))).isGreaterThan(Duration.ofSeconds(1));
        assertThat(backOff.next(Duration.ofSeconds(5))).isLessThanOrEqualTo(Duration.ofMillis(100));
    }

    @Test
    void nodes_doNotDialInStep() {
        Set<Duration> waits = new HashSet<>();
        for (int count = 0; count < 100; count++) {
            waits.add(backOff.longest());
        }

        assertThat(waits).hasSizeGreaterThan(90);
    }
}
