package io.muster.compatibility;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import com.alibaba.nacos.api.naming.pojo.Instance;
import io.muster.testkit.ServerLauncher;
import io.muster.testkit.ServerProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * R45: a client that stops beating is unhealthy after 15 s and gone after 30 s, each within 1.5 s, and subscribers hear
 * of it. On a server of its own: where other tests' clients end by the hundred in a server's first minute, its guard rightly holds all removals
 * (design §5).
 */
class ExpiryIT {

    private static final Duration UNHEALTHY_AFTER = Duration.ofSeconds(15);
    private static final Duration GONE_AFTER = Duration.ofSeconds(30);
    private static final Duration LATE_AT_MOST = Duration.ofMillis(1500);

    /** The client's first beat comes five seconds after its registration. */
    private static final Duration FIRST_BEAT = Duration.ofSeconds(20);

    /** Past the bound that is asserted, so that a late expiry is measured rather than timed out. */
    private static final Duration LONG_ENOUGH = Duration.ofSeconds(40);

    private static final String SERVICE = "expiring";
    private static final String STAYS = "10.3.0.1:8080";
    private static final int DIES_AT_PORT = 8081;

    @Test
    void killedClient_turnsUnhealthyAndThenGoes_whileAnotherStays(@TempDir Path dir) throws Exception {
        Watcher watcher = new Watcher();
        try (ServerProcess server = ServerLauncher.in(dir.resolve("data")).startReady();
                Tap tap = Tap.before(server.port());
                NacosClient survivor = NacosClient.of(server)) {
            survivor.naming().registerInstance(SERVICE, "10.3.0.1", 8080);
            survivor.naming().subscribe(SERVICE, watcher);
            try (ClientProcess dying = ClientProcess.start(
                    dir.resolve("client.log"),
                    List.of(),
                    BeatingClient.class.getName(),
                    tap.address(),
                    SERVICE,
                    "10.3.0.2",
                    String.valueOf(DIES_AT_PORT))) {
                dying.awaitLine(BeatingClient.REGISTERED);
                await("a beat").atMost(FIRST_BEAT).until(() -> !beats(tap).isEmpty());
            }
            List<Tap.Request> beats = beats(tap);
            long lastBeat = beats.get(beats.size() - 1).atNanos();

            Duration unhealthy = heardSince(
                            lastBeat,
                            watcher,
                            hosts -> hosts.stream()
                                    .anyMatch(host -> host.getPort() == DIES_AT_PORT && !host.isHealthy()))
                    .since(lastBeat);
            Duration gone = heardSince(
                            lastBeat,
                            watcher,
                            hosts -> NacosClient.addresses(hosts).equals(List.of(STAYS)))
                    .since(lastBeat);

            Figures.print(
                    "after the last beat",
                    "unhealthy " + unhealthy.toMillis() + " ms, gone " + gone.toMillis() + " ms");
            assertThat(unhealthy).isBetween(UNHEALTHY_AFTER, UNHEALTHY_AFTER.plus(LATE_AT_MOST));
            assertThat(gone).isBetween(GONE_AFTER, GONE_AFTER.plus(LATE_AT_MOST));
            assertThat(survivor.ask(SERVICE))
                    .as("the one that beats")
                    .extracting(Instance::toInetAddr, Instance::isHealthy)
                    .containsExactly(tuple(STAYS, true));
        }
    }

    private static List<Tap.Request> beats(Tap tap) {
        return tap.requests("PUT", "/nacos/v1/ns/instance/beat");
    }

    private static Watcher.Seen heardSince(long nanos, Watcher watcher, Predicate<List<Instance>> what) {
        await().atMost(LONG_ENOUGH).until(() -> watcher.firstSince(nanos, what).isPresent());
        return watcher.firstSince(nanos, what).orElseThrow();
    }
}
