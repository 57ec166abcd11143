package io.muster.raft.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.consistency.ConsistencyException.Invalid;
import io.muster.consistency.Mode;
import io.muster.member.ClusterId;
import io.muster.member.NodeId;
import io.muster.raft.DataGivenUpException;
import io.muster.raft.DataSetAsideException;
import io.muster.raft.EngineFailure;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A node id stands for what it has promised: who has lost that, or thrown it away, never comes back under the same id (design §4, "Identity"). Else an
 * empty log would vote where a full one was counted, and acknowledged writes would be gone.
 */
class IdentityTest {

    private final EngineCluster cluster = new EngineCluster(1, 3);

    @BeforeEach
    void threeServe_andAFourthNodeIsAClusterOfItsOwn() {
        cluster.machines().addMachine();
        cluster.listAt(3, List.of(3));
        cluster.start(3);
        cluster.until(() -> cluster.engine(3).readiness(Mode.PERSISTENT).ready());
        cluster.put(3, "other", "1");
        cluster.found();
        cluster.put(0, "a", "1");
        cluster.awaitSameOf(0, 1, 2);
    }

    /** The lookup of the node names the fourth instead of the first three, and the fourth names it, too. */
    private void lookAtTheOther(int node) {
        cluster.listAt(3, List.of(node, 3));
        cluster.listAt(node, List.of(node, 3));
        cluster.advance(Duration.ofSeconds(3));
    }

    private void goToTheOther(int node) {
        lookAtTheOther(node);
        cluster.await(cluster.engine(node).join(true));
        awaitGivenUp(node);
    }

    private void awaitGivenUp(int node) {
        cluster.until(() -> !cluster.failures().isEmpty());
        assertThat(cluster.failures()).extracting(EngineFailure::kind).containsExactly(EngineFailure.Kind.GIVEN_UP);
        cluster.failures().clear();
        assertThat(cluster.machines().machine(node).disk().files()).noneMatch(file -> file.endsWith(".seg"));
    }

    @Test
    void aVoterThatLeavesItsCluster_comesToTheOtherAsANewNode() {
        NodeId former = cluster.id(0);
        goToTheOther(0);
        cluster.renew(0);
        cluster.start(0);
        cluster.until(() -> cluster.get(0, "other").isPresent());

        assertThat(cluster.id(0)).isNotEqualTo(former);
        assertThat(cluster.status(0).clusterId()).isEqualTo(cluster.status(3).clusterId());
        assertThat(cluster.status(1).voters())
                .as("of the old cluster, which knows nothing of it")
                .contains(former);
    }

    @Test
    void underTheIdThatWasGivenUp_nothingStartsAnyMore() {
        goToTheOther(0);
        for (int i = 0; i < 2; i++) {
            cluster.kill(0);
            cluster.start(0);
            assertThat(cluster.awaitFailure(cluster.starting(0))).isInstanceOf(DataGivenUpException.class);
        }
    }

    /** The way that an operator goes who has mistaken the cluster: away and back. What two had acknowledged does not count as known to one. */
    @Test
    void aNodeThatWentAwayAndCameBack_givesNobodyAMajority_withoutWhatWasAcknowledged() {
        int stays = cluster.awaitLeader() == 1 ? 1 : 2;
        int lags = 3 - stays;
        if (cluster.awaitLeader() == lags || cluster.awaitLeader() == 0) {
            cluster.await(cluster.engine(cluster.awaitLeader()).transferLeader(Optional.of(cluster.id(stays))));
            cluster.until(() -> cluster.engine(stays).status().leader().equals(Optional.of(cluster.id(stays))));
        }
        cluster.machines().network().isolate(lags);
        cluster.put(stays, "a", "acknowledged by two");
        goToTheOther(0);
        cluster.renew(0);
        cluster.start(0);
        cluster.until(() -> cluster.get(0, "other").isPresent());

        cluster.kill(stays);
        cluster.machines().network().heal();
        cluster.listAt(0, List.of(0, 1, 2));
        cluster.listAt(3, List.of(3));
        cluster.advance(Duration.ofSeconds(3));
        cluster.await(cluster.engine(0).join(true));
        awaitGivenUp(0);
        cluster.renew(0);
        cluster.start(0);
        cluster.advance(Duration.ofSeconds(60));

        assertThat(cluster.status(lags).leader()).isEmpty();
        assertThat(cluster.get(0, "a")).isEmpty();

        // And with the one that has it, all goes on.
        cluster.start(stays);
        cluster.until(() -> cluster.get(0, "a").equals(Optional.of("acknowledged by two")));
        assertThat(cluster.get(lags, "a")).contains("acknowledged by two");
    }

    /** Nobody counts on it: no restart is needed, which would cost the ephemeral side its data. */
    @Test
    void aNodeThatFoundedAlone_goesOverAsItIs() {
        NodeId id = cluster.id(3);
        cluster.listAt(3, List.of(0, 1, 2, 3));
        cluster.listNodes(List.of(0, 1, 2, 3));
        cluster.advance(Duration.ofSeconds(3));
        cluster.await(cluster.engine(3).join(true));
        cluster.until(() -> cluster.get(3, "a").isPresent());

        assertThat(cluster.id(3)).isEqualTo(id);
        assertThat(cluster.failures()).isEmpty();
    }

    @Test
    void aClusterToWhichNobodyListedBelongs_isNoPlaceToGo() {
        Throwable refusal = cluster.awaitFailure(cluster.engine(0).join(new ClusterId(4, 2), true));
        assertThat(refusal).isInstanceOf(Invalid.class).hasMessageContaining("no listed member is known to belong to");

        lookAtTheOther(0);
        ClusterId other = cluster.status(3).clusterId().orElseThrow();
        assertThat(cluster.awaitFailure(cluster.engine(0).join(new ClusterId(4, 2), true)))
                .hasMessageContaining("some belong to [" + other + "]");
        cluster.await(cluster.engine(0).join(other, true));
        awaitGivenUp(0);
    }

    /** {@code rm -r raft}, half a backup, a file system that was not mounted. */
    @Test
    void aLogThatIsGone_endsTheId_andNothingAcknowledgedIsLost() {
        cluster.machines().network().isolate(2);
        cluster.until(() -> cluster.leader().filter(leader -> leader != 2).isPresent());
        cluster.put(0, "a", "acknowledged by two");
        cluster.kill(0);
        cluster.machines().machine(0).disk().files().stream()
                .filter(file -> file.startsWith("raft/"))
                .forEach(cluster.machines().machine(0).disk()::remove);
        cluster.start(0);
        assertThat(cluster.awaitFailure(cluster.starting(0)))
                .isInstanceOf(DataSetAsideException.class)
                .hasMessageContaining("it is gone");
        cluster.kill(1);
        cluster.machines().network().heal();
        cluster.renew(0);
        cluster.start(0);
        cluster.advance(Duration.ofSeconds(60));
        assertThat(cluster.status(2).leader()).isEmpty();

        cluster.start(1);
        cluster.until(() -> cluster.get(0, "a").equals(Optional.of("acknowledged by two")));
    }
}
