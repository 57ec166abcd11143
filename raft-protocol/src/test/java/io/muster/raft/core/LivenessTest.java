package io.muster.raft.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.member.NodeId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The invariants IL1 to IL4 in the cases that they were made for, each with many seeds; and M21, by which they fail. */
class LivenessTest {

    private static final long SEEDS = 15;
    private static final Rules NO_PRE_VOTE = new Rules() {
        @Override
        public boolean preVote() {
            return false;
        }
    };
    private static final Rules NO_CHECK_QUORUM = new Rules() {
        @Override
        public boolean checkQuorum() {
            return false;
        }
    };

    private static NodeId node(int number) {
        return CoreFixture.node(number);
    }

    /** IL1. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5})
    void nodesThatStartTogether_electALeader_withinTheBound(int count) {
        for (long seed = 0; seed < SEEDS; seed++) {
            QuietCluster cluster = new QuietCluster(seed, count, new Rules());

            cluster.run(10 * 2 * QuietCluster.ELECTION_TIMEOUT);

            assertThat(cluster.leaders()).as("seed " + seed).hasSize(1);
        }
    }

    /** How far the terms of nodes that are cut off, in one direction or both, come within an hour, and who leads when they are back. */
    private static boolean inflates(Rules rules, boolean hears, boolean isHeard) {
        boolean inflated = false;
        for (long seed = 0; seed < SEEDS; seed++) {
            QuietCluster cluster = new QuietCluster(seed, 3, rules);
            cluster.run(20 * QuietCluster.ELECTION_TIMEOUT);
            NodeId leader = cluster.leaders().get(0);
            long term = cluster.core(leader).term();
            NodeId away = cluster.nodes().stream()
                    .filter(n -> !n.equals(leader))
                    .findFirst()
                    .orElseThrow();
            for (NodeId other : cluster.nodes()) {
                if (!other.equals(away)) {
                    cluster.cut(other, away, !hears);
                    cluster.cut(away, other, !isHeard);
                }
            }
            cluster.run(300 * QuietCluster.ELECTION_TIMEOUT);
            cluster.heal();
            cluster.run(20 * QuietCluster.ELECTION_TIMEOUT);
            inflated |= cluster.core(leader).term() > term || !cluster.leaders().equals(List.of(leader));
        }
        return inflated;
    }

    /** IL2: cut off for long, also one way, nobody raises the term nor deposes the leader on return. */
    @Test
    void nodeThatWasCutOff_deposesNobody() {
        assertThat(inflates(new Rules(), false, false)).as("both ways").isFalse();
        assertThat(inflates(new Rules(), false, true)).as("deaf").isFalse();
        assertThat(inflates(new Rules(), true, false)).as("mute").isFalse();
    }

    /** M21. */
    @Test
    void withoutPreVotes_aReturningNodeDeposesTheLeader() {
        assertThat(inflates(NO_PRE_VOTE, false, false)).isTrue();
    }

    private static boolean stepsDown(Rules rules) {
        QuietCluster cluster = new QuietCluster(3, 3, rules);
        cluster.run(20 * QuietCluster.ELECTION_TIMEOUT);
        NodeId leader = cluster.leaders().get(0);
        for (NodeId other : cluster.nodes()) {
            cluster.cut(other, leader, true);
        }
        cluster.run(2 * QuietCluster.ELECTION_TIMEOUT);
        return !cluster.leaders().contains(leader);
    }

    /** IL4: within two election timeouts; and the others are not kept waiting by a leader that is deaf. */
    @Test
    void deafLeader_stepsDown_andAnotherLeads() {
        assertThat(stepsDown(new Rules())).isTrue();
        assertThat(stepsDown(NO_CHECK_QUORUM)).as("M21").isFalse();
    }

    /** IL1, design §9: not step-down and a whole election timeout one after the other. */
    @Test
    void deafLeader_isReplaced_withinOneAndAHalfElectionTimeouts() {
        for (long seed = 0; seed < SEEDS; seed++) {
            QuietCluster cluster = new QuietCluster(seed, 3, new Rules());
            cluster.run(20 * QuietCluster.ELECTION_TIMEOUT);
            NodeId deaf = cluster.leaders().get(0);
            cluster.nodes().stream()
                    .filter(other -> !other.equals(deaf))
                    .forEach(other -> cluster.cut(other, deaf, true));

            cluster.run(QuietCluster.ELECTION_TIMEOUT * 3 / 2);

            assertThat(cluster.leaders()).as("seed " + seed).hasSize(1).doesNotContain(deaf);
        }
    }

    /** IL3: of five nodes S4 sees only S2, and S5 only S3. */
    @Test
    void fiveNodesOfWhichTwoSeeOneEach_settle() {
        for (long seed = 0; seed < SEEDS; seed++) {
            QuietCluster cluster = new QuietCluster(seed, 5, new Rules());
            for (int other = 1; other <= 5; other++) {
                cluster.cutBoth(node(4), node(other), other != 2 && other != 4);
                cluster.cutBoth(node(5), node(other), other != 3 && other != 5);
            }
            cluster.run(60 * QuietCluster.ELECTION_TIMEOUT);
            assertSettled(cluster, seed);
        }
    }

    /** IL3: A sees B, B sees C. */
    @Test
    void chainOfThree_settles() {
        for (long seed = 0; seed < SEEDS; seed++) {
            QuietCluster cluster = new QuietCluster(seed, 3, new Rules());
            cluster.cutBoth(node(1), node(3), true);
            cluster.run(60 * QuietCluster.ELECTION_TIMEOUT);
            assertSettled(cluster, seed);
        }
    }

    private static void assertSettled(QuietCluster cluster, long seed) {
        List<NodeId> leaders = cluster.leaders();
        assertThat(leaders).as("seed " + seed).hasSize(1);
        Set<Long> terms = new TreeSet<>();
        List<NodeId> after = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            cluster.run(QuietCluster.ELECTION_TIMEOUT);
            after.addAll(cluster.leaders());
            terms.add(cluster.core(leaders.get(0)).term());
        }
        assertThat(after).as("seed " + seed).containsOnly(leaders.get(0));
        assertThat(terms).hasSize(1);
    }
}
