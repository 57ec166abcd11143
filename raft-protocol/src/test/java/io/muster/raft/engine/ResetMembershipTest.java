package io.muster.raft.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.consistency.ConsistencyException.Invalid;
import io.muster.member.NodeId;
import io.muster.raft.EngineFailure;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** R23: three of five are lost for good, and the two that are left do not hold the same. */
class ResetMembershipTest {

    private final EngineCluster cluster = new EngineCluster(1, 5);

    /** Has not heard of the last writes that were acknowledged. */
    private int behind;

    /** Has committed them. */
    private int ahead;

    @BeforeEach
    void threeOfFiveAreLost() {
        cluster.found();
        int leader = cluster.awaitLeader();
        behind = (leader + 1) % 5;
        ahead = (leader + 2) % 5;
        cluster.put(leader, "a", "everywhere");
        cluster.awaitSame();
        cluster.machines().network().isolate(behind);
        for (int i = 0; i < 5; i++) {
            cluster.put(leader, "k" + i, "acknowledged");
        }
        cluster.until(() -> cluster.get(ahead, "k4").isPresent());
        IntStream.range(0, 5).filter(node -> node != behind && node != ahead).forEach(cluster::kill);
        cluster.machines().network().heal();
        cluster.advance(Duration.ofSeconds(10));
    }

    @AfterEach
    void noEngineHasStoppedItself() {
        assertThat(cluster.failures()).isEmpty();
    }

    private List<NodeId> both() {
        return List.of(cluster.id(behind), cluster.id(ahead));
    }

    /** It would have to give up what it has committed, which it never does: both are needed, and one would be lost for good. */
    @Test
    void theNodeThatHoldsLess_refuses_andNamesTheOther() {
        assertThat(cluster.awaitFailure(cluster.engine(behind).resetMembership(both())))
                .isInstanceOf(Invalid.class)
                .hasMessageContaining("node " + cluster.id(ahead) + " holds more of the log");
        assertThat(cluster.status(behind).lastIndex())
                .isLessThan(cluster.status(ahead).lastIndex());
        assertThat(cluster.status(behind).voters()).as("nothing has changed").hasSize(5);
    }

    @Test
    void theNodeThatHoldsMost_takesTheOtherOneAlong_withEverything() {
        cluster.await(cluster.engine(ahead).resetMembership(both()));
        cluster.put(behind, "b", "goes on");

        cluster.awaitSame();
        assertThat(cluster.get(behind, "k4")).contains("acknowledged");
        assertThat(cluster.status(behind).voters()).containsExactlyInAnyOrderElementsOf(both());
        assertThat(cluster.status(behind).lastTerm())
                .isEqualTo(cluster.status(ahead).lastTerm());
    }

    /** It was lost, and is not: what it has committed was given up, so it comes as a new node, with nobody's help. */
    @Test
    void aLostNodeThatComesBackWithMore_setsItsDataAside_andJoinsAnew() {
        cluster.kill(ahead);
        cluster.await(cluster.engine(behind).resetMembership(List.of(cluster.id(behind))));
        cluster.put(behind, "b", "goes on");
        cluster.start(ahead);
        cluster.until(() -> !cluster.failures().isEmpty());

        assertThat(cluster.failures())
                .singleElement()
                .satisfies(failure -> assertThat(failure.kind()).isEqualTo(EngineFailure.Kind.SET_ASIDE))
                .satisfies(failure -> assertThat(failure.message())
                        .contains("an operator has reset the members", "led by node " + cluster.id(behind)));
        cluster.failures().clear();
        cluster.renew(ahead);
        cluster.start(ahead);
        cluster.until(() -> cluster.get(ahead, "b").isPresent());

        assertThat(cluster.get(ahead, "k4")).as("what was given up").isEmpty();
        assertThat(cluster.put(ahead, "c", "both").value()).isEqualTo("both");
    }

    @Test
    void whoeverIsNamedAndDoesNotAnswer_mayHoldMore() {
        cluster.kill(ahead);

        assertThat(cluster.awaitFailure(cluster.engine(behind).resetMembership(both())))
                .isInstanceOf(Invalid.class)
                .hasMessageContaining("no answer from [" + cluster.id(ahead));
        cluster.await(cluster.engine(behind).resetMembership(List.of(cluster.id(behind))));
        assertThat(cluster.put(behind, "b", "goes on").value()).isEqualTo("goes on");
    }
}
