package io.muster.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerHealthTest {

    @TempDir
    private Path directory;

    /** X13: what fails as it starts, or is told to stop before it has loaded, has empty lists to show. */
    @Test
    void serverThatStopsBeforeItServed_answersNobody() {
        ServerHealth health = new ServerHealth(() -> 0);
        health.enter(ServerHealth.Phase.STOPPING);
        health.enter(ServerHealth.Phase.STOPPING);

        assertThat(health.serving().ready()).isFalse();
        assertThat(health.takingWrites().ready()).isFalse();
    }

    @Test
    void serverThatHasServed_answersWhatHasCome_whileItStops() {
        try (TestServer running = TestServer.start(directory)) {
            ServerHealth health = running.server().health();
            health.enter(ServerHealth.Phase.STOPPING);

            assertThat(health.serving().ready()).isTrue();
            assertThat(health.takingWrites().ready()).isTrue();
        }
    }
}
