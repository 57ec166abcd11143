package io.muster.distro.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.consistency.Datum;
import io.muster.consistency.Key;
import io.muster.consistency.Mark;
import io.muster.consistency.Origin;
import io.muster.consistency.Version;
import io.muster.distro.core.DistroRecord.Held;
import io.muster.distro.core.Effects.Send;
import io.muster.distro.core.Message.Aged;
import io.muster.distro.core.Message.AskBeats;
import io.muster.distro.core.Message.Asked;
import io.muster.distro.core.Message.Beats;
import io.muster.distro.core.Message.LeaseAges;
import io.muster.distro.core.Notice.RemovalsHeld;
import io.muster.member.NodeId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Sessions of which others may have heard: what a node may make of their silence, and what it tells of them (X14, design §5). */
class ClusterSessionTest {

    private static final int INSTANCES = 100;
    private static final NodeId[] OTHERS =
            Stream.of(2, 3, 4, 5).map(i -> new NodeId(0, i)).toArray(NodeId[]::new);

    private final CoreFixture node = new CoreFixture();

    private void startWith(NodeId... others) {
        node.feed(new Input.View<>(node.with(others)));
        node.feed(new Input.Start<>(false));
        node.feed(new Input.Received<>(
                node.core.loadSource().orElseThrow(),
                0,
                new Message.SnapshotChunk<>(1, Optional.empty(), Optional.empty(), 0, 0, List.of())));
    }

    private static Key key(int instance) {
        return Key.ephemeral("public##DEFAULT_GROUP@@service-" + instance, "10.0.0.1#8080");
    }

    private static DistroRecord<String> held(Key key) {
        Version.Hybrid version = new Version.Hybrid(CoreFixture.WALL << 16, new Origin(77, 77, 1));
        return new Held<>(new Datum<>(key, version, Mark.HEALTHY, "v"), CoreFixture.LEASE);
    }

    /**
     * The guard counts a node's own leases (design §5): all of a node that went deaf are a fifth of five members' leases, and yet a mass. It holds
     * their removal for as long as members that are UP do not answer, a minute at most.
     */
    @Test
    void deafNode_ofFive_holdsTheRemovalOfItsOwn() {
        startWith(OTHERS);
        List<DistroRecord<String>> all = new ArrayList<>();
        for (int i = 0; i < INSTANCES; i++) {
            all.add(held(key(i)));
        }
        node.merge(all);
        node.pass(45_000);
        Counts counts = node.core.counts();
        assertThat(counts.unhealthy()).as("its own").isBetween(12L, 29L);
        assertThat(counts.records()).as("none has left the list").isEqualTo(INSTANCES);
        assertThat(counts.removalsHeld()).isTrue();
        assertThat(node.notices)
                .filteredOn(RemovalsHeld.class::isInstance)
                .singleElement()
                .isEqualTo(new RemovalsHeld(counts.unhealthy(), counts.unhealthy()));

        node.pass(120_000);
        assertThat(node.core.counts().records()).as("after the longest hold").isEqualTo(INSTANCES - counts.unhealthy());
    }

    /** What a former owner tells may be a grant that it gave itself: it delays the end, and is no beat that would refute a mark. */
    @Test
    void leaseAges_areNoBeats() {
        startWith(CoreFixture.PEER);
        Key mine = Stream.iterate(0, i -> i + 1)
                .map(ClusterSessionTest::key)
                .filter(key -> node.core.responsibility().memberFor(key.group()).equals(Optional.of(node.self)))
                .findFirst()
                .orElseThrow();
        node.merge(List.of(held(mine)));
        node.feed(new Input.Received<>(
                CoreFixture.PEER, 0, new LeaseAges<>(List.of(mine.group()), List.of(new Aged(mine, 1_000)))));

        AskBeats<String> ask = new AskBeats<>(9, Mark.UNHEALTHY, List.of(new Asked(mine, (Version.Hybrid)
                datum(mine).version())));
        List<Send<String>> answers =
                node.feed(new Input.Received<>(CoreFixture.PEER, 0, ask)).sends();
        assertThat(answers)
                .extracting(Send::message)
                .filteredOn(Beats.class::isInstance)
                .containsExactly(new Beats<>(9, List.of(Beats.UNHEARD)));
        assertThat(datum(mine)).as("not stamped anew").isEqualTo(((Held<String>) held(mine)).datum());

        node.pass(13_900);
        assertThat(datum(mine).mark()).isEqualTo(Mark.HEALTHY);
        node.pass(1_600);
        assertThat(datum(mine).mark())
                .as("its silence counts from what was told")
                .isEqualTo(Mark.UNHEALTHY);
    }

    private Datum<String> datum(Key key) {
        return node.core.records().get(key).orElseThrow();
    }
}
