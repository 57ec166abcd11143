package io.muster.raft.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.consistency.Subscription;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Jobs of the leader begin when leadership is effective and end with it (R30). */
class LeadingTest {

    private final EngineCluster cluster = new EngineCluster(5, 3);
    private final List<List<Boolean>> told = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());

    @AfterEach
    void noEngineHasStoppedItself() {
        assertThat(cluster.failures()).isEmpty();
    }

    private Subscription listen(int node) {
        return cluster.engine(node).whileLeading(told.get(node)::add);
    }

    private int foundAndListen() {
        cluster.found();
        int leader = cluster.awaitLeader();
        for (int node = 0; node < 3; node++) {
            listen(node);
        }
        cluster.advance(Duration.ofSeconds(1));
        return leader;
    }

    @Test
    void leader_isToldAtOnce_othersNothing() {
        int leader = foundAndListen();

        for (int node = 0; node < 3; node++) {
            assertThat(told.get(node)).isEqualTo(node == leader ? List.of(true) : List.of());
        }
    }

    /** The old one is told before it could know of the new one: it no longer hears a majority. */
    @Test
    void leader_thatIsCutOff_isToldThatItEnds_andAnotherThatItBegins() {
        int old = foundAndListen();

        cluster.machines().network().isolate(old);
        cluster.until(() -> told.get(old).equals(List.of(true, false)));
        cluster.until(() -> List.of(0, 1, 2).stream()
                .anyMatch(node -> node != old && told.get(node).equals(List.of(true))));
        cluster.machines().network().heal();
        cluster.advance(Duration.ofSeconds(10));

        assertThat(told).allSatisfy(turns -> {
            for (int i = 0; i < turns.size(); i++) {
                assertThat(turns.get(i)).as("by turns, from true on: %s", turns).isEqualTo(i % 2 == 0);
            }
        });
        assertThat(told.stream().filter(turns -> turns.size() % 2 == 1))
                .as("one leads")
                .hasSize(1);
    }

    @Test
    void leader_thatStops_isToldThatItEnds() {
        int leader = foundAndListen();
        cluster.await(cluster.engine(leader).stop());
        assertThat(told.get(leader)).containsExactly(true, false);
    }

    @Test
    void closedSubscription_isToldNothing() {
        cluster.found();
        int leader = cluster.awaitLeader();
        Subscription subscription = listen(leader);
        cluster.advance(Duration.ofSeconds(1));
        subscription.close();
        cluster.advance(Duration.ofSeconds(1));
        cluster.await(cluster.engine(leader).stop());
        assertThat(told.get(leader)).containsExactly(true);
    }
}
