package io.muster.raft.core;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** Times with which a group can work. */
class CoreTimingTest {

    /** IL1: a quiet leader is answered once in a heartbeat, so this one would not last for two. */
    @Test
    void stepDown_withinAHeartbeat_isRefused() {
        assertThatThrownBy(() -> new CoreTiming(112, 269, 107, 335))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("107")
                .hasMessageContaining("112");
        assertThatThrownBy(() -> new CoreTiming(100, 269, 100, 335)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void stepDown_shorterThanAnElectionTimeout_isFine() {
        assertThatCode(() -> new CoreTiming(50, 269, 107, 335)).doesNotThrowAnyException();
    }
}
