package io.muster.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.net.NetServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventLoopsTest {

    private static final String NAME = "moved.muster.test";

    /** X11: a member that comes back elsewhere is found by its name, without a restart of those that look for it. */
    @Test
    void movedName_isFound(@TempDir Path directory) throws IOException {
        Path hosts = Files.writeString(directory.resolve("hosts"), "127.0.0.2 " + NAME + "\n");
        Vertx vertx = Vertx.vertx(new VertxOptions()
                .setEventLoopPoolSize(1)
                .setAddressResolverOptions(EventLoops.names().setHostsPath(hosts.toString())));
        try {
            NetServer server = vertx.createNetServer()
                    .connectHandler(socket -> {})
                    .listen(0, "127.0.0.1")
                    .await();
            assertThat(connects(vertx, server)).isFalse();

            Files.writeString(hosts, "127.0.0.1 " + NAME + "\n");

            await().atMost(Duration.ofSeconds(20)).until(() -> connects(vertx, server));
        } finally {
            vertx.close().await();
        }
    }

    private static boolean connects(Vertx vertx, NetServer server) {
        return vertx.createNetClient()
                .connect(server.actualPort(), NAME)
                .map(true)
                .otherwise(false)
                .await();
    }
}
