package io.muster.raft.core.founding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.member.ClusterId;
import io.muster.member.MemberAddress;
import io.muster.member.NodeId;
import io.muster.raft.core.founding.MemberList.Listed;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Design §4, "Founding". */
class FoundingTest {

    private static final int STEPS = 3_000;
    private static final ClusterId LOW = new ClusterId(0, 1);
    private static final ClusterId HIGH = new ClusterId(0, 2);

    private long now;

    private static FoundingCluster three() {
        FoundingCluster cluster = new FoundingCluster(1, 3, List.of());
        for (int node = 1; node <= 3; node++) {
            cluster.list(node, 1, 2, 3);
        }
        return cluster;
    }

    @Test
    void emptyNodesWithOneList_foundOneCluster_andAllBelongToIt() {
        FoundingCluster cluster = three();

        cluster.heal(STEPS);

        assertThat(cluster.foundedCount()).isEqualTo(1);
        assertThat(cluster.clusterOf(1)).isPresent();
        assertThat(cluster.clusterOf(2)).isEqualTo(cluster.clusterOf(1));
        assertThat(cluster.clusterOf(3)).isEqualTo(cluster.clusterOf(1));
    }

    @Test
    void writesWait_forAMajorityOfTheList() {
        NodeId alone = new NodeId(0, 1);
        Founding founding = new Founding(alone, Standing.EMPTY, Optional.empty(), 1, new Random(1));

        List<FoundingEffect> effects = founding.foundAsTold(List.of(new NodeId(0, 2), new NodeId(0, 3)), 0);

        assertThat(effects).hasSize(1).first().isInstanceOfSatisfying(FoundingEffect.Found.class, found -> {
            assertThat(found.votersBeforeWrites()).isEqualTo(2);
            assertThat(found.members()).hasSize(3).contains(alone);
        });
    }

    /** FoundOnce: those who promised themselves are bound to a founder's try until they hear of its cluster, or that it has forgotten the try. */
    @Test
    void founder_standsByItsTry_andFoundsNothingElse_untilItsClusterIsDurable() {
        NodeId self = new NodeId(0, 1);
        NodeId other = new NodeId(0, 2);
        Founding founding = new Founding(self, Standing.EMPTY, Optional.empty(), 1, new Random(1));
        founding.listed(list(self), 0);
        assertThat(founding.promiseStored(0)).hasAtLeastOneElementOfType(FoundingEffect.Found.class);
        Optional<Long> attempt = attemptTold(founding, other);
        assertThat(attempt).isPresent();

        assertThat(founding.standingChanged(new Standing(Optional.empty(), false, true, 1, false), 0))
                .as("it votes in a group that is not durable yet")
                .isEmpty();
        founding.listed(list(self, other), 0);
        assertThat(attemptTold(founding, other)).isEqualTo(attempt);

        founding.standingChanged(new Standing(Optional.of(LOW), false, true, 1, false), 0);
        assertThat(attemptTold(founding, other)).isEmpty();
    }

    /** The founder was wiped, or is lost for good, before this node has heard from it; another that it had asked has. */
    @Test
    void promiseToAFounderThatIsLost_endsWithTheWordOfAnotherBoundByTheSameTry() {
        NodeId self = new NodeId(0, 3);
        NodeId founder = new NodeId(0, 1);
        NodeId bound = new NodeId(0, 2);
        Promise promise = new Promise(founder, 7);
        Founding founding = new Founding(self, Standing.EMPTY, Optional.of(promise), 1, new Random(1));
        founding.listed(list(bound, self), 0);

        assertThat(answered(founding, bound, Standing.joined(HIGH), new Promise(founder, 6)))
                .as("by another try")
                .isEmpty();
        assertThat(answered(founding, bound, Standing.EMPTY, promise))
                .as("it waits as well")
                .isEmpty();
        assertThat(answered(founding, bound, Standing.joined(LOW), promise))
                .containsExactly(new FoundingEffect.Join(LOW));
    }

    private List<FoundingEffect> answered(Founding founding, NodeId from, Standing standing, Promise promise) {
        long question = founding.tick(++now).stream()
                .filter(effect -> effect instanceof FoundingEffect.Send)
                .map(effect -> ((FoundingEffect.Send) effect).message())
                .filter(message -> message instanceof FoundingMessage.Ask)
                .map(message -> ((FoundingMessage.Ask) message).question())
                .findFirst()
                .orElseThrow();
        return founding.received(
                from,
                new FoundingMessage.Answer(question, standing, List.of(), Optional.of(promise), Optional.empty()),
                now);
    }

    private static MemberList list(NodeId... members) {
        return new MemberList(Stream.of(members)
                .map(member -> new Listed(new MemberAddress("n" + member.low(), 8848, 7848), Optional.of(member)))
                .toList());
    }

    /** What try the node says that it makes, asked by another. */
    private static Optional<Long> attemptTold(Founding founding, NodeId asking) {
        return founding.received(asking, new FoundingMessage.Ask(1), 0).stream()
                .filter(effect -> effect instanceof FoundingEffect.Send)
                .map(effect -> ((FoundingEffect.Send) effect).message())
                .filter(message -> message instanceof FoundingMessage.Answer)
                .findFirst()
                .flatMap(message -> ((FoundingMessage.Answer) message).attempt());
    }

    @Test
    void silentMember_isWaitedFor_andNamed() {
        FoundingCluster cluster = three();
        cluster.silence(3);

        cluster.heal(STEPS);

        assertThat(cluster.foundedCount()).isZero();
        assertThat(cluster.reason(1)).isEqualTo("n3:8848 does not answer");
    }

    @Test
    void differentLists_foundNothing_andAreNamed() {
        FoundingCluster cluster = three();
        cluster.list(3, 2, 3);

        cluster.heal(STEPS);

        assertThat(cluster.foundedCount()).isZero();
        assertThat(cluster.reason(1)).contains("n3:8848 has another list");
    }

    @Test
    void explicitCommand_foundsWithMembersMissing_andTheOthersJoin() {
        FoundingCluster cluster = three();
        cluster.silence(3);
        cluster.heal(STEPS);

        cluster.foundAsTold(2, 1, 2, 3);
        cluster.heal(STEPS);

        assertThat(cluster.clusterOf(1)).isPresent().isEqualTo(cluster.clusterOf(2));
    }

    /** A directory with data set aside is not empty. */
    @Test
    void dataSetAside_neitherFoundsNorCountsAsEmpty_andJoinsWhatIsThere() {
        FoundingCluster cluster = three();
        cluster.standing(2, new Standing(Optional.empty(), true, false, 0, false));
        cluster.heal(STEPS);
        assertThat(cluster.foundedCount()).isZero();
        assertThat(cluster.reason(1)).isEqualTo("n2:8848 is not empty");
        assertThat(cluster.reason(2)).contains("set aside");

        cluster.foundAsTold(1, 1, 2, 3);
        cluster.heal(STEPS);

        assertThat(cluster.clusterOf(2)).isEqualTo(cluster.clusterOf(1));
    }

    @Test
    void newNode_joinsTheEstablishedCluster() {
        FoundingCluster cluster = three();
        cluster.standing(3, new Standing(Optional.of(HIGH), false, true, 3, true));

        cluster.heal(STEPS);

        assertThat(cluster.clusterOf(1)).contains(HIGH);
        assertThat(cluster.clusterOf(2)).contains(HIGH);
        assertThat(cluster.foundedCount()).isZero();
    }

    @Test
    void newNodeBetweenTwoClusters_waits_andNamesBoth() {
        FoundingCluster cluster = three();
        cluster.standing(2, new Standing(Optional.of(LOW), false, true, 1, true));
        cluster.standing(3, new Standing(Optional.of(HIGH), false, true, 1, true));

        cluster.heal(STEPS);

        assertThat(cluster.clusterOf(1)).isEmpty();
        assertThat(cluster.reason(1)).contains(LOW.toString()).contains(HIGH.toString());
    }

    /** Standalone servers that were told of each other later: one of their clusters stays. */
    @Test
    void oneVoterClustersWithoutClientEntries_dissolveIntoOne() {
        FoundingCluster cluster = three();
        for (int node = 1; node <= 3; node++) {
            cluster.standing(node, new Standing(Optional.of(new ClusterId(0, node)), false, true, 1, false));
        }

        cluster.heal(STEPS);

        assertThat(List.of(cluster.clusterOf(1), cluster.clusterOf(2), cluster.clusterOf(3)))
                .allMatch(id -> id.equals(Optional.of(LOW)));
    }

    @Test
    void clusterWithClientEntries_staysWhereItIs() {
        FoundingCluster cluster = three();
        cluster.standing(2, new Standing(Optional.of(HIGH), false, true, 1, true));
        cluster.standing(1, new Standing(Optional.of(LOW), false, true, 1, true));
        cluster.standing(3, new Standing(Optional.of(new ClusterId(0, 0)), false, true, 1, true));

        cluster.heal(STEPS);

        assertThat(cluster.clusterOf(1)).contains(LOW);
        assertThat(cluster.clusterOf(2)).contains(HIGH);
    }

    /** FoundOnce (part of IR10, M29), under loss, restarts and lists that differ and change; and one cluster when all is well. */
    @Test
    void neverTwoClustersForOneNode_whateverHappens() {
        int founded = 0;
        for (long seed = 0; seed < 400; seed++) {
            int count = 2 + (int) (seed % 4);
            FoundingCluster cluster = new FoundingCluster(seed, count, List.of());
            int[] all = IntStream.rangeClosed(1, count).toArray();
            try {
                for (int node : all) {
                    cluster.listAtRandom(node);
                }
                cluster.disturb(1_500);
                for (int node : all) {
                    cluster.list(node, all);
                }
                cluster.heal(STEPS);
            } catch (AssertionError e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
            for (int node : all) {
                assertThat(cluster.clusterOf(node))
                        .as("seed " + seed + ", node " + node + ": " + cluster.reason(node))
                        .isPresent()
                        .isEqualTo(cluster.clusterOf(1));
            }
            founded += cluster.foundedCount();
        }
        assertThat(founded).isGreaterThanOrEqualTo(400);
    }

    /** M29: a founder that takes silence for consent. */
    @Test
    void foundingWithMembersSilent_breaksFoundOnce() {
        assertThatThrownBy(() -> {
                    for (long seed = 0; seed < 500; seed++) {
                        FoundingCluster cluster =
                                new FoundingCluster(seed, 4, List.of(new NodeId(0, 1), new NodeId(0, 2)));
                        for (int node = 1; node <= 4; node++) {
                            cluster.listAtRandom(node);
                        }
                        cluster.disturb(2_000);
                    }
                })
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("FoundOnce");
    }
}
