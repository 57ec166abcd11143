package io.muster.compatibility;

import static io.muster.compatibility.NacosClient.addresses;
import static io.muster.compatibility.NacosClient.instance;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.alibaba.nacos.api.exception.NacosException;
import com.alibaba.nacos.api.naming.pojo.Instance;
import io.muster.testkit.ServerLauncher;
import io.muster.testkit.ServerProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * R43, X13: the server goes and comes back under running clients. They are back by themselves, and nobody is ever told
 * a list that is empty or falsely short: neither a subscriber nor one who asks the server while it is cold.
 */
@Execution(ExecutionMode.CONCURRENT)
class RestartIT {

    private static final String SERVICE = "orders";
    private static final List<String> ALL = List.of("10.4.0.1:8080", "10.4.0.2:8080", "10.4.0.3:8080");

    /** The cold start hold of 15 s, in which each client beats three times, and room for a busy machine. */
    private static final Duration BACK = Duration.ofSeconds(25);

    /** The client polls again at most 16 s after the hold: its delay doubles while it is refused. */
    private static final Duration SUBSCRIBED_AGAIN = Duration.ofSeconds(35);

    private static final Duration SUBSCRIBED = Duration.ofSeconds(5);

    @Test
    void killed(@TempDir Path dir) throws Exception {
        try (ServerProcess server = ServerLauncher.in(dir).startReady()) {
            outlives(server, ServerProcess::kill);
        }
    }

    @Test
    void stoppedAsOperatorsDo(@TempDir Path dir) throws Exception {
        try (ServerProcess server = ServerLauncher.in(dir).startReady()) {
            outlives(server, ServerProcess::terminate);
        }
    }

    private static void outlives(ServerProcess server, Consumer<ServerProcess> ending) throws Exception {
        Watcher watcher = new Watcher();
        try (NacosClient provider = NacosClient.of(server);
                NacosClient consumer = NacosClient.of(server)) {
            for (String ip : List.of("10.4.0.1", "10.4.0.2", "10.4.0.3")) {
                provider.naming().registerInstance(SERVICE, ip, 8080);
            }
            consumer.naming().subscribe(SERVICE, watcher);
            await().atMost(SUBSCRIBED).until(() -> watcher.sawAddresses(ALL.toArray(String[]::new)));
            Instance declared = instance("10.4.0.9", 9090);
            declared.setEphemeral(false);
            provider.naming().registerInstance("declared", declared);

            ending.accept(server);
            assertThat(consumer.naming().getServerStatus()).isEqualTo("DOWN");
            try (ServerProcess restarted = server.restart();
                    NacosClient newcomer = NacosClient.of(restarted)) {
                comesBack(provider, newcomer, watcher);
            }
        }
    }

    private static void comesBack(NacosClient provider, NacosClient newcomer, Watcher watcher) throws Exception {
        long back = System.nanoTime();

        assertThat(addresses(newcomer.ask("declared")))
                .as("what is only persistent is served at once")
                .containsExactly("10.4.0.9:9090");
        await().atMost(BACK).ignoreExceptionsMatching(RestartIT::isRefusal).until(() -> {
            assertThat(addresses(newcomer.ask(SERVICE))).isEqualTo(ALL);
            return true;
        });
        Duration listed = Duration.ofNanos(System.nanoTime() - back);

        provider.naming().registerInstance(SERVICE, "10.4.0.4", 8080);
        await("the subscriber hears of changes again")
                .atMost(SUBSCRIBED_AGAIN)
                .until(() -> watcher.first(hosts -> hosts.size() == 4).isPresent());
        Duration heard = watcher.first(hosts -> hosts.size() == 4).orElseThrow().since(back);

        assertThat(watcher.seen())
                .as("lists that the subscriber was told")
                .allSatisfy(seen -> assertThat(addresses(seen.hosts())).containsAll(ALL));
        assertThat(newcomer.naming().getServerStatus()).isEqualTo("UP");
        Figures.print(
                "after the server was ready again",
                "whole list served " + listed.toMillis() + " ms, a later change heard " + heard.toMillis() + " ms");
    }

    private static boolean isRefusal(Throwable thrown) {
        return thrown instanceof NacosException;
    }
}
