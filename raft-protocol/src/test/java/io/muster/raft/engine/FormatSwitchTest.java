package io.muster.raft.engine;

import static io.muster.consistency.FormatInForce.FIRST;
import static io.muster.consistency.FormatInForce.NEWEST;
import static io.muster.consistency.FormatInForce.SECOND;
import static io.muster.raft.engine.EngineCluster.key;
import static org.assertj.core.api.Assertions.assertThat;

import io.muster.member.NodeId;
import io.muster.raft.RaftConfig;
import io.muster.raft.RaftStatus;
import io.muster.raft.SmallDirectory;
import io.muster.raft.UnknownFormatException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** R32: a later format is written when all members announce it, by whole engines. Nodes of an earlier format act as builds that know no later one. */
class FormatSwitchTest {

    private static final RaftConfig NEWER = SmallDirectory.ofBytes(8 << 20).withFoundsItself(false);
    private static final RaftConfig OLDER = NEWER.withFormatMax(FIRST);
    private static final RaftConfig BETWEEN = NEWER.withFormatMax(SECOND);

    private final EngineCluster cluster = new EngineCluster(5, 4);

    @AfterEach
    void noEngineHasStoppedItself() {
        assertThat(cluster.failures()).isEmpty();
    }

    private void found(RaftConfig first, RaftConfig second, RaftConfig third) {
        cluster.config(0, first).config(1, second).config(2, third);
        cluster.listNodes(List.of(0, 1, 2));
        cluster.found();
    }

    private void restart(int node, RaftConfig as) {
        cluster.kill(node);
        cluster.config(node, as);
        cluster.start(node);
        cluster.listNodes(List.of(0, 1, 2));
        cluster.awaitServing();
    }

    private void awaitInForce(int format) {
        cluster.until(() ->
                List.of(0, 1, 2).stream().allMatch(node -> cluster.status(node).formatInForce() == format));
    }

    private RaftStatus leader() {
        return cluster.status(cluster.leader().orElseThrow());
    }

    @Test
    void foundedByNodesOfOneFormat_itIsInForceFromTheFirstEntryOn() {
        found(NEWER, NEWER, NEWER);
        awaitInForce(NEWEST);
        assertThat(leader().formatHeldBackBy()).isEmpty();
        assertThat(cluster.engine(0).format().allows(2)).isTrue();
    }

    /** Node by node, under writes: the earlier format until the last member is there, and then the newest, by itself. */
    @ParameterizedTest
    @ValueSource(ints = {FIRST, SECOND})
    void rollingUpgrade_switchesWhenTheLastMemberAnnounces(int earlier) {
        RaftConfig before = NEWER.withFormatMax(earlier);
        found(before, before, before);
        for (int node = 0; node < 3; node++) {
            cluster.put(node, "before" + node, "v");
            assertThat(leader().formatInForce()).isEqualTo(earlier);
            restart(node, NEWER);
            cluster.put(node, "after" + node, "v");
        }
        awaitInForce(NEWEST);
        cluster.awaitSame();
        for (int node = 0; node < 3; node++) {
            for (int other = 0; other < 3; other++) {
                assertThat(cluster.engine(node).get(key("before" + other))).isPresent();
                assertThat(cluster.engine(node).get(key("after" + other))).isPresent();
            }
        }
        cluster.kill(1);
        cluster.start(1);
        cluster.awaitServing();
        assertThat(cluster.status(1).formatInForce()).isEqualTo(NEWEST);
    }

    /** Who goes from release to release writes each of their formats for a time, and reads all that was written in them. */
    @Test
    void rollingUpgrades_oneAfterTheOther_putEachFormatInForce() {
        found(OLDER, OLDER, OLDER);
        cluster.put(0, "in the first", "v");
        for (int node = 0; node < 3; node++) {
            restart(node, BETWEEN);
        }
        awaitInForce(SECOND);
        cluster.put(1, "in the second", "v");
        cluster.await(cluster.engine(0).snapshot());
        for (int node = 0; node < 3; node++) {
            assertThat(leader().formatInForce()).isEqualTo(SECOND);
            restart(node, NEWER);
        }
        awaitInForce(NEWEST);
        cluster.put(2, "in the newest", "v");
        cluster.awaitSame();
        for (int node = 0; node < 3; node++) {
            restart(node, NEWER);
            assertThat(List.of("in the first", "in the second", "in the newest"))
                    .allSatisfy(key -> assertThat(cluster.get(0, key)).contains("v"));
        }
    }

    /** What the one in the middle reads is not kept from those who could have it. */
    @Test
    void membersOfThreeFormats_writeWhatAllOfThemRead() {
        found(NEWER, BETWEEN, OLDER);
        cluster.advance(Duration.ofSeconds(5));
        assertThat(leader().formatInForce()).isEqualTo(FIRST);

        restart(2, NEWER);
        awaitInForce(SECOND);
        cluster.advance(Duration.ofSeconds(5));
        assertThat(leader().formatInForce()).isEqualTo(SECOND);
        assertThat(leader().formatHeldBackBy()).endsWith(" announces 2").doesNotContain(", ");
        for (int node = 0; node < 3; node++) {
            assertThat(cluster.engine(node).format().allows(SECOND)).isTrue();
            assertThat(cluster.engine(node).format().objectionTo(NEWEST))
                    .hasValueSatisfying(
                            why -> assertThat(why).startsWith("needs format 3 of all members; in force is 2"));
        }

        restart(1, NEWER);
        awaitInForce(NEWEST);
        assertThat(leader().formatHeldBackBy()).isEmpty();
    }

    @Test
    void oneMemberAnnouncesLess_andWhatNeedsTheFormatIsRefused_byItsName() {
        found(NEWER, NEWER, OLDER);
        cluster.advance(Duration.ofSeconds(5));
        assertThat(leader().formatInForce()).isEqualTo(1);
        String held =
                cluster.id(2) + " (" + cluster.machines().machine(2).address().name() + ") announces 1";
        assertThat(cluster.status(0).formatHeldBackBy()).isEqualTo(held);
        int leading = cluster.leader().orElseThrow();

        assertThat(cluster.awaitFailure(cluster.engine(leading).addMember(new NodeId(9, 9))))
                .hasMessage("needs format 2 of all members; in force is 1; announced less: " + held);
        assertThat(cluster.awaitFailure(cluster.engine(1).resetMembership(List.of(cluster.id(1), cluster.id(2)))))
                .hasMessageStartingWith("needs format 2 of all members; in force is 1; announced less: " + held);
    }

    /** R23: who is lost has no say in which format those who go on write. */
    @Test
    void reset_isPossible_whereThoseWhoGoOnReadTheFormat_thoughTheLostNeverDid() {
        found(NEWER, OLDER, OLDER);
        cluster.put(0, "kept", "v");
        cluster.awaitSameIndex();
        cluster.kill(1);
        cluster.kill(2);
        cluster.until(() -> cluster.status(0).leader().isEmpty());

        cluster.await(cluster.engine(0).resetMembership(List.of(cluster.id(0))));
        cluster.until(() -> cluster.status(0).formatInForce() == NEWEST);
        assertThat(cluster.get(0, "kept")).contains("v");
        cluster.put(0, "after", "v");
    }

    @ParameterizedTest
    @ValueSource(ints = {FIRST, SECOND})
    void nodeThatReadsLessThanIsInForce_isNotTakenIn_andTheReasonIsShown(int earlier) {
        RaftConfig before = NEWER.withFormatMax(earlier);
        found(NEWER, NEWER, NEWER);
        awaitInForce(NEWEST);
        cluster.config(3, before);
        cluster.start(3);
        cluster.listNodes(List.of(0, 1, 2, 3));
        cluster.until(() -> leader().wish().contains("announces " + earlier + ": it stays outside"));
        assertThat(leader().learners()).isEmpty();
        assertThat(cluster.status(3).reason()).contains("members announce later formats than " + earlier);
        int leading = cluster.leader().orElseThrow();
        assertThat(cluster.awaitFailure(cluster.engine(leading).addMember(cluster.id(3))))
                .hasMessageContaining("format " + NEWEST + " is in force, and " + cluster.id(3));

        cluster.kill(3);
        cluster.config(3, NEWER);
        cluster.start(3);
        cluster.listNodes(List.of(0, 1, 2, 3));
        cluster.until(() -> leader().voters().contains(cluster.id(3)));
    }

    /** Who goes back after the switch is told so, and loses nothing. */
    @ParameterizedTest
    @ValueSource(ints = {FIRST, SECOND})
    void olderBuild_onADirectoryOfTheLaterFormat_doesNotStart_andTheLaterOneDoes(int earlier) {
        RaftConfig before = NEWER.withFormatMax(earlier);
        found(NEWER, NEWER, NEWER);
        awaitInForce(NEWEST);
        cluster.put(0, "kept", "v");
        cluster.kill(2);
        List<String> files = cluster.machines().machine(2).disk().files();
        cluster.config(2, before);
        cluster.start(2);
        Throwable error = cluster.awaitFailure(cluster.starting(2));

        assertThat(error)
                .isInstanceOf(UnknownFormatException.class)
                .hasMessageContaining("format " + NEWEST + " where " + earlier + " is known");
        assertThat(cluster.machines().machine(2).disk().files()).containsAll(files);
        restart(2, NEWER);
        cluster.awaitSame();
        assertThat(cluster.get(2, "kept")).contains("v");
    }

    /** Started as an older build between the announcement and the switch, it meets what it does not read on the wire. */
    @ParameterizedTest
    @ValueSource(ints = {FIRST, SECOND})
    void olderBuild_thatIsSentALaterFormat_followsNoFurther_andSaysWhy(int earlier) {
        RaftConfig before = NEWER.withFormatMax(earlier);
        found(NEWER, NEWER, NEWER);
        awaitInForce(NEWEST);
        cluster.wipe(2);
        cluster.config(2, before);
        cluster.start(2);
        // The others still take it for one that reads what they write.
        cluster.config(2, NEWER);
        cluster.listNodes(List.of(0, 1, 2));
        cluster.until(
                () -> cluster.status(2).reason().contains("format " + NEWEST + " where " + earlier + " is known"));
        assertThat(cluster.status(2).voters()).isEmpty();
        assertThat(cluster.engine(2).get(key("anything"))).isEmpty();
        cluster.put(0, "others go on", "v");
    }

    /** An older build knows a file of the later format at its head, and takes nothing for damaged. */
    @ParameterizedTest
    @ValueSource(ints = {FIRST, SECOND})
    void filesOfTheLaterFormat_sayItInTheirHeads(int earlier) {
        RaftConfig before = NEWER.withFormatMax(earlier);
        found(before, before, before);
        for (int node = 0; node < 3; node++) {
            restart(node, NEWER);
        }
        awaitInForce(NEWEST);
        cluster.put(0, "k", "v");
        cluster.await(cluster.engine(0).snapshot());

        List<Integer> formats = cluster.machines().machine(0).disk().files().stream()
                .filter(file -> file.endsWith(".seg"))
                .sorted()
                .map(file -> formatAt(file, 8))
                .toList();
        assertThat(formats).endsWith(NEWEST).isSorted().allMatch(format -> format >= earlier);
        assertThat(cluster.machines().machine(0).disk().files().stream()
                        .filter(file -> file.endsWith(".snap"))
                        .map(file -> formatAt(file, 12 + 1 + 8)))
                .containsOnly(NEWEST);
    }

    private int formatAt(String file, int offset) {
        return ByteBuffer.wrap(cluster.machines().machine(0).disk().bytes(file)).getInt(offset);
    }
}
