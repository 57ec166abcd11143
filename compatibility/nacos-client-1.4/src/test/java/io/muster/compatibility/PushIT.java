package io.muster.compatibility;

import static io.muster.compatibility.NacosClient.instance;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.alibaba.nacos.api.exception.NacosException;
import com.alibaba.nacos.api.naming.pojo.Instance;
import io.muster.testkit.ServerProcess;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * R71: a change reaches subscribers by UDP push. The consumer sits behind a {@link Tap}: a list that it learns of while
 * no list request passes the tap came by push, not by the client's polling.
 */
@ExtendWith(SharedServer.class)
@Execution(ExecutionMode.CONCURRENT)
class PushIT {

    private static final String LIST = "/nacos/v1/ns/instance/list";

    /** R71 gives the server 200 ms; the rest is for a machine that is busy with the rest of the build. */
    private static final Duration PUSHED = Duration.ofSeconds(5);

    /** nacos-v1-http.md §14: the first instance of a service that was empty for long. */
    private static final Duration FIRST_PUSHED = Duration.ofSeconds(2);

    /** A client polls at once, after one second, and from then on, with instances in the list, every ten. */
    private static final Duration SECOND_POLL = Duration.ofSeconds(10);

    /** It polls an empty service at 0, 1, 3, 7 and 15 seconds, and next at 31. */
    private static final Duration FIFTH_POLL = Duration.ofSeconds(25);

    /** So many that the packet passes 1,024 bytes and goes compressed. */
    private static final int ARRIVALS = 20;

    /** They take two seconds, and on a busy machine so long that the client polls in between. */
    private static final int POLLS_MEANWHILE = 5;

    private String service;
    private Tap tap;
    private NacosClient provider;
    private NacosClient consumer;

    @BeforeEach
    void connect(ServerProcess server, TestInfo test) throws Exception {
        service = test.getTestMethod().orElseThrow().getName();
        tap = Tap.before(server.port());
        provider = NacosClient.of(server);
        consumer = NacosClient.of(tap.address());
    }

    @AfterEach
    void disconnect() throws Exception {
        provider.close();
        consumer.close();
        tap.close();
    }

    @Test
    void arrivalsEditsAndDepartures_arePushedWithoutAPoll() throws Exception {
        provider.naming().registerInstance(service, "10.2.0.1", 8080);
        Watcher watcher = new Watcher();
        consumer.naming().subscribe(service, watcher);
        await("the poll after which the client rests").atMost(SECOND_POLL).until(() -> polls() >= 2);

        long[] latencies = new long[ARRIVALS];
        int withoutPoll = 0;
        for (int i = 0; i < ARRIVALS; i++) {
            int port = 9000 + i;
            int pollsBefore = polls();
            long sent = System.nanoTime();
            provider.naming().registerInstance(service, "10.2.0.1", port);
            Watcher.Seen heard = pushed(watcher, hosts -> holds(hosts, port));
            latencies[i] = heard.since(sent).toMillis();
            withoutPoll += polls() == pollsBefore ? 1 : 0;
        }
        assertThat(withoutPoll)
                .as("arrivals heard of with no list request meanwhile")
                .isGreaterThanOrEqualTo(ARRIVALS - POLLS_MEANWHILE);

        Instance edited = instance("10.2.0.1", 8080);
        edited.setWeight(3);
        edited.setMetadata(Map.of("release", "2"));
        provider.naming().registerInstance(service, edited);
        pushed(
                watcher,
                hosts -> hosts.stream()
                        .anyMatch(host -> host.getWeight() == 3
                                && "2".equals(host.getMetadata().get("release"))));

        provider.naming().deregisterInstance(service, "10.2.0.1", 8080);
        pushed(watcher, hosts -> !hosts.isEmpty() && !holds(hosts, 8080));

        Arrays.sort(latencies);
        Figures.print(
                "push, from the registration's sending to the listener's call",
                "median " + latencies[latencies.length / 2] + " ms, worst of " + latencies.length + " "
                        + latencies[latencies.length - 1] + " ms");
    }

    /**
     * A client that waits on an empty service polls ever more rarely (Nacos drops it and leaves it waiting up to 60 s).
     */
    @Test
    void firstInstanceOfAnEmptyService_isPushed() throws Exception {
        Watcher watcher = new Watcher();
        consumer.naming().subscribe(service, watcher);
        await("the fifth poll").atMost(FIFTH_POLL).until(() -> polls() >= 5);

        long sent = System.nanoTime();
        provider.naming().registerInstance(service, "10.2.0.1", 8080);

        assertThat(pushed(watcher, hosts -> holds(hosts, 8080)).since(sent)).isLessThan(FIRST_PUSHED);
        assertThat(polls()).isEqualTo(5);
    }

    /** Two subscriptions of one client to one service differ only by their clusters; each gets its own lists. */
    @Test
    void subscriptionsToSeveralClusters_arePushedEachItsOwn() throws Exception {
        Watcher north = new Watcher();
        Watcher south = new Watcher();
        provider.naming().registerInstance(service, "10.2.0.1", 8080, "north");
        provider.naming().registerInstance(service, "10.2.0.2", 8080, "south");
        consumer.naming().subscribe(service, List.of("north"), north);
        consumer.naming().subscribe(service, List.of("south"), south);
        await("the polls after which the client rests").atMost(SECOND_POLL).until(() -> polls() >= 4);

        provider.naming().registerInstance(service, "10.2.0.3", 8080, "north");
        provider.naming().registerInstance(service, "10.2.0.4", 8080, "south");

        await().atMost(PUSHED).until(() -> north.sawAddresses("10.2.0.1:8080", "10.2.0.3:8080"));
        await().atMost(PUSHED).until(() -> south.sawAddresses("10.2.0.2:8080", "10.2.0.4:8080"));
    }

    /** What changes while nobody reads it is not lost: the last of many quick changes is what subscribers end with. */
    @Test
    void burstOfChanges_endsWithTheNewestList() throws Exception {
        provider.naming().registerInstance(service, "10.2.0.1", 8080);
        Watcher watcher = new Watcher();
        consumer.naming().subscribe(service, watcher);
        await("the poll after which the client rests").atMost(SECOND_POLL).until(() -> polls() >= 2);

        IntStream.range(9000, 9100).parallel().forEach(this::register);
        provider.naming().deregisterInstance(service, "10.2.0.1", 8080);

        await().atMost(PUSHED).until(() -> {
            List<Instance> newest =
                    watcher.seen().get(watcher.seen().size() - 1).hosts();
            return newest.size() == 100 && !holds(newest, 8080);
        });
    }

    private void register(int port) {
        try {
            provider.naming().registerInstance(service, "10.2.0.1", port);
        } catch (NacosException e) {
            throw new IllegalStateException(e);
        }
    }

    private Watcher.Seen pushed(Watcher watcher, Predicate<List<Instance>> what) {
        await("a push")
                .atMost(PUSHED)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> watcher.first(what).isPresent());
        return watcher.first(what).orElseThrow();
    }

    private static boolean holds(List<Instance> hosts, int port) {
        return hosts.stream().anyMatch(host -> host.getPort() == port);
    }

    private int polls() {
        return tap.requests("GET", LIST).size();
    }
}
