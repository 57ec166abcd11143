package io.muster.member.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.muster.member.channel.ChannelLimits.BackOff;
import io.muster.member.channel.ChannelLimits.Frames;
import io.muster.member.channel.ChannelLimits.LaneLimits;
import io.muster.member.channel.ChannelLimits.Waits;
import io.muster.member.port.Lane;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ChannelConfigTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    /** X24: what is logged tells whether there is a secret, not which. */
    @Test
    void toString_hidesTheSecret() {
        ChannelConfig config = new ChannelConfig(
                "127.0.0.1",
                7848,
                ChannelNode.identity(1, 1),
                ChannelNode.addressOf(7848),
                1,
                Optional.of("hush"),
                ChannelLimits.defaults());

        assertThat(config.toString()).contains("with a secret").doesNotContain("hush");
    }

    @Test
    void lanes_haveBoundsOfTheirOwn() {
        LaneLimits health = new LaneLimits(1, SECOND);
        LaneLimits raft = new LaneLimits(2, SECOND);
        LaneLimits distro = new LaneLimits(3, SECOND);
        ChannelLimits limits = ChannelLimits.defaults().withLanes(health, raft, distro);

        assertThat(limits.lane(Lane.HEALTH)).isEqualTo(health);
        assertThat(limits.lane(Lane.RAFT)).isEqualTo(raft);
        assertThat(limits.lane(Lane.DISTRO)).isEqualTo(distro);
    }

    @Test
    void boundsThatCannotHold_areRefused_byName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Frames(1, (64 << 10) + 1, 1, 1, 1))
                .withMessageContaining("fragmentBytesMax");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LaneLimits(0, SECOND))
                .withMessageContaining("queueBytesMax");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Waits(SECOND, SECOND, SECOND, SECOND.multipliedBy(2), SECOND, SECOND))
                .withMessageContaining("silence");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new BackOff(SECOND, Duration.ofMillis(999), SECOND))
                .withMessageContaining("longest");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ChannelLimits.defaults().withUnprovenMax(0))
                .withMessageContaining("unprovenMax");
    }
}
