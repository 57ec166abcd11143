package io.muster.sim.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.muster.sim.net.NetworkCounters.Fate;
import io.muster.sim.net.SimNetwork.Routing;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Each fault of a link does what {@code spec/simulation.md} §3 says of it, in its direction alone. */
class LinkFaultTest {

    private final NetFixture net = new NetFixture(2, Routing.BY_NODE_ID);
    private final Link there = net.network.link(0, 1);

    @Test
    void good_deliversEverythingInOrder_withinAFewMilliseconds() {
        net.send(0, 1, 1, 2, 3, 4, 5);
        net.passMillis(5);

        assertThat(net.received.get(1)).containsExactly(1, 2, 3, 4, 5);
        assertThat(net.received.get(0)).isEmpty();
    }

    @Test
    void drop_losesAboutAsManyAsItSays() {
        there.worsen(LinkQuality.GOOD.withDrop(0.3));

        net.stream(0, 1, 1_000);
        net.stream(1, 0, 100);

        assertThat(net.received.get(1)).hasSizeBetween(640, 760);
        assertThat(net.received.get(0)).hasSize(100);
    }

    @Test
    void duplicate_deliversTwice() {
        there.worsen(LinkQuality.GOOD.withDuplicate(1));

        net.send(0, 1, 7);
        net.passMillis(20);

        assertThat(net.received.get(1)).containsExactly(7, 7);
    }

    @Test
    void reorder_letsFramesOvertake_andWithoutItDelaysDoNot() {
        there.worsen(LinkQuality.GOOD.withDelay(Duration.ZERO, Duration.ofMillis(50)));
        net.send(0, 1, IntStream.range(0, 50).toArray());
        net.pass(Duration.ofSeconds(10));
        assertThat(net.received.get(1)).hasSize(50).isSorted();

        net.received.get(1).clear();
        there.worsen(LinkQuality.GOOD.withReorder(1));
        net.send(0, 1, IntStream.range(0, 50).toArray());
        net.pass(Duration.ofSeconds(10));

        assertThat(net.received.get(1)).hasSize(50);
        assertThat(net.received.get(1))
                .isNotEqualTo(IntStream.range(0, 50).boxed().toList());
    }

    @Test
    void delay_hasAMinimumAndAMean() {
        there.worsen(LinkQuality.GOOD.withDelay(Duration.ofMillis(30), Duration.ofMillis(100)));
        there.worsen(LinkQuality.GOOD.withReorder(1));
        net.send(0, 1, IntStream.range(0, 100).toArray());

        net.passMillis(29);
        assertThat(net.received.get(1)).isEmpty();
        net.passMillis(101);
        assertThat(net.received.get(1)).hasSizeBetween(45, 80); // 1 - 1/e of them within the mean
        net.pass(Duration.ofSeconds(5));
        assertThat(net.received.get(1)).hasSize(100);
    }

    @Test
    void replay_comesOnceMore_secondsLater() {
        there.worsen(LinkQuality.GOOD.withReplay(1));
        net.send(0, 1, 7);

        net.passMillis(900);
        assertThat(net.received.get(1)).containsExactly(7);
        net.pass(Duration.ofSeconds(10));

        assertThat(net.received.get(1)).containsExactly(7, 7);
        assertThat(net.count(Fate.REPLAYED)).isEqualTo(1);
    }

    @Test
    void queue_dropsAtTheTail_byFramesAndByBytes() {
        there.worsen(LinkQuality.GOOD.withQueue(3, 1_000));
        net.send(0, 1, 1, 2, 3, 4, 5);
        net.passMillis(20);
        assertThat(net.received.get(1)).containsExactly(1, 2, 3);

        there.worsen(LinkQuality.GOOD.withQueue(100, 32));
        net.send(0, 1, 6, 7, 8);
        net.passMillis(20);

        assertThat(net.received.get(1)).containsExactly(1, 2, 3, 6, 7);
        assertThat(net.count(Fate.QUEUE_FULL)).isEqualTo(3);
    }

    @Test
    void queue_fillsUp_whileTheReceiverStandsStill() {
        there.worsen(LinkQuality.GOOD.withQueue(3, 1_000));
        net.cluster.machine(1).pause();
        net.send(0, 1, 1, 2);
        net.pass(Duration.ofSeconds(1));
        net.send(0, 1, 3, 4);
        net.pass(Duration.ofSeconds(1));
        assertThat(net.received.get(1)).isEmpty();

        net.cluster.machine(1).resume();
        net.passMillis(1);

        assertThat(net.received.get(1)).containsExactly(1, 2, 3);
    }

    @Test
    void clog_holdsFrames_thenTheyBurstInOrder() {
        there.clog();
        net.send(0, 1, 1, 2);
        net.pass(Duration.ofSeconds(3));
        net.send(0, 1, 3);
        assertThat(net.received.get(1)).isEmpty();

        there.unclog();
        net.passMillis(1);

        assertThat(net.received.get(1)).containsExactly(1, 2, 3);
    }

    @Test
    void cut_isOneWay_andLosesWhatIsOnTheWay() {
        net.send(0, 1, 1);
        there.cut();
        net.send(0, 1, 2);
        net.send(1, 0, 3);
        net.passMillis(20);

        there.restore();
        net.send(0, 1, 4);
        net.passMillis(20);

        assertThat(net.received.get(1)).containsExactly(4);
        assertThat(net.received.get(0)).containsExactly(3);
    }

    @Test
    void cutsAndClogs_nest() {
        there.cut();
        there.cut();
        there.restore();
        assertThat(there.isCut()).isTrue();
        there.restore();
        assertThat(there.isCut()).isFalse();

        assertThatIllegalStateException().isThrownBy(there::restore);
        assertThatIllegalStateException().isThrownBy(there::unclog);
    }

    @Test
    void slow_multipliesTheDelay() {
        there.worsen(LinkQuality.GOOD.withSlow(100));
        net.send(0, 1, 1);

        net.passMillis(19);
        assertThat(net.received.get(1)).isEmpty();
        net.pass(Duration.ofSeconds(1));

        assertThat(net.received.get(1)).containsExactly(1);
    }

    @Test
    void truncate_losesTheEnd_andFlip_changesOneBit_ofTheCopyAlone() {
        there.worsen(LinkQuality.GOOD.withDamage(1, 0));
        net.send(0, 1, 1);
        net.passMillis(20);
        assertThat(net.frames.get(1).get(0)).hasSizeLessThan(16);

        there.heal();
        there.worsen(LinkQuality.GOOD.withDamage(0, 1));
        net.send(0, 1, 0);
        net.passMillis(20);

        byte[] flipped = net.frames.get(1).get(1);
        assertThat(flipped).hasSize(16);
        assertThat(IntStream.range(0, 16)
                        .map(i -> Integer.bitCount(flipped[i] & 0xff))
                        .sum())
                .isEqualTo(1);
    }

    @Test
    void overlappingFaults_areTheWorstOfAll_andGoOneByOne() {
        LinkQuality lossy = LinkQuality.GOOD.withDrop(0.5);
        LinkQuality lossier = LinkQuality.GOOD.withDrop(0.9).withSlow(3);
        there.worsen(lossy);
        there.worsen(lossier);
        assertThat(there.quality()).isEqualTo(LinkQuality.GOOD.withDrop(0.9).withSlow(3));
        there.relieve(lossier);
        assertThat(there.quality()).isEqualTo(lossy);
        there.relieve(lossy);
        assertThat(there.quality()).isEqualTo(LinkQuality.GOOD);
    }

    @Test
    void heal_takesEverythingAway_andNothingNewWaitsBehindTheOld() {
        there.worsen(LinkQuality.GOOD.withSlow(100_000));
        net.send(0, 1, 1);
        there.cut();
        there.clog();

        net.network.heal();
        net.send(0, 1, 2);
        net.passMillis(20);
        assertThat(net.received.get(1)).containsExactly(2);
        net.pass(Duration.ofMinutes(10));

        assertThat(net.received.get(1)).containsExactly(2, 1);
    }

    /** What is drawn for one kind of noise does not move when another is taken away: shrinking rests on it. */
    @Test
    void coins_ofOneKind_areTheSameWithoutTheOthers() {
        assertThat(lostOf(LinkQuality.GOOD.withDrop(0.3)))
                .isEqualTo(
                        lostOf(LinkQuality.GOOD.withDrop(0.3).withDuplicate(0.5).withReorder(0.5)));
    }

    @Test
    void rates_outsideZeroToOne_areRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> LinkQuality.GOOD.withDrop(1.1));
        assertThatIllegalArgumentException().isThrownBy(() -> LinkQuality.GOOD.withReplay(Double.NaN));
    }

    private static List<Integer> lostOf(LinkQuality quality) {
        NetFixture fixture = new NetFixture(2, Routing.BY_NODE_ID);
        fixture.network.link(0, 1).worsen(quality);
        fixture.stream(0, 1, 100);
        return IntStream.range(0, 100)
                .filter(number -> !fixture.received.get(1).contains(number))
                .boxed()
                .toList();
    }
}
