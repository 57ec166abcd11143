package io.muster.naming.push;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.naming.list.NameForm;
import io.muster.naming.model.ServiceName;
import org.junit.jupiter.api.Test;

class FailedPushesTest {

    private final PushStats stats = new PushStats();

    private void fail(int port) {
        stats.addUnanswered(
                new Subscriber(ServiceName.of("", "", "a"), "", "10.0.0.1", port, NameForm.BARE, "agent", "app"), 4);
    }

    /** Clients that went away without a word would fill the memory. */
    @Test
    void theLastOnesAreKept_upToABound() {
        for (int port = 1; port <= FailedPushes.KEPT_MAX + 1; port++) {
            fail(port);
        }
        assertThat(stats.failed().list()).hasSize(FailedPushes.KEPT_MAX);
        assertThat(stats.failed().list().get(0).port()).isEqualTo(2);
        assertThat(stats.unanswered()).isEqualTo(FailedPushes.KEPT_MAX + 1);
    }

    @Test
    void reset_forgetsThem() {
        fail(1);
        stats.reset();
        assertThat(stats.failed().list()).isEmpty();
    }
}
