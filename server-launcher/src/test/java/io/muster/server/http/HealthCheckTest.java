package io.muster.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.consistency.Readiness;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class HealthCheckTest {

    private final AtomicReference<Readiness> source = new AtomicReference<>(Readiness.waitingFor("loading"));
    private final AtomicLong wallMillis = new AtomicLong(1_000);
    private final HealthCheck check = new HealthCheck("distro", source::get, wallMillis::get);

    @Test
    void since_countsFromTheChange_notFromTheLastLook() {
        wallMillis.set(2_000);
        assertThat(check.state()).isEqualTo(new HealthCheck.State("distro", false, "loading", 1_000));
        source.set(Readiness.READY);
        assertThat(check.state().sinceWallMillis()).isEqualTo(2_000);
        wallMillis.set(3_000);
        assertThat(check.state().sinceWallMillis()).isEqualTo(2_000);
    }

    @Test
    void since_anotherReasonIsNoChange() {
        wallMillis.set(2_000);
        source.set(Readiness.waitingFor("still loading"));
        assertThat(check.state()).isEqualTo(new HealthCheck.State("distro", false, "still loading", 1_000));
    }

    @Test
    void toString_isOneLineForPeople() {
        assertThat(check.state()).hasToString("[-] distro: loading, since 1970-01-01T00:00:01Z");
    }
}
