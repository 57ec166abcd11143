package io.muster.member.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.muster.member.ClusterId;
import io.muster.member.MemberAddress;
import io.muster.member.channel.ChannelLimits.CopiedIdLimits;
import io.muster.member.channel.ChannelLimits.Frames;
import io.muster.member.channel.ChannelLimits.LaneLimits;
import io.muster.member.channel.PeerMetrics.DropReason;
import io.muster.member.port.Lane;
import io.muster.member.port.LinkEvent;
import java.net.BindException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Honest nodes over real sockets on loopback. */
class PeerChannelTest {

    private final List<ChannelNode> nodes = new ArrayList<>();

    @AfterEach
    void close() {
        nodes.forEach(ChannelNode::close);
    }

    @Test
    void dialling_tellsBothSidesWhoIsThere() {
        ChannelNode one = node(1);
        ChannelNode two = node(2);
        one.cluster.set(Optional.of(new ClusterId(1, 1)));

        one.connect(two);

        LinkEvent.Accepted accepted = two.awaitEvent(LinkEvent.Accepted.class);
        assertThat(accepted.peer().identity()).isEqualTo(one.identity);
        assertThat(accepted.peer().clusterId()).contains(new ClusterId(1, 1));
        LinkEvent.Opened opened = one.awaitEvent(LinkEvent.Opened.class);
        assertThat(opened.peer().clusterId()).isEmpty();
        assertThat(opened.peer().formatMax()).isEqualTo(1);
        assertThat(one.channel().peers()).extracting(PeerStatus::identity).containsExactly(two.identity);
    }

    @Test
    void frames_passOnEveryLane_bothWays_overOneConnection() {
        ChannelNode one = node(1);
        ChannelNode two = node(2);
        one.connect(two);
        two.awaitEvent(LinkEvent.Accepted.class);
        for (Lane lane : Lane.values()) {
            one.send(lane, two.id(), new byte[] {1, (byte) lane.name().charAt(0)});
            two.send(lane, one.id(), new byte[] {2, (byte) lane.name().charAt(0)});

            two.awaitReceived(lane, one.id(), new byte[] {1, (byte) lane.name().charAt(0)});
            one.awaitReceived(lane, two.id(), new byte[] {2, (byte) lane.name().charAt(0)});
        }
    }

    @Test
    void frames_ofOneLane_keepTheirOrder() {
        ChannelNode one = node(1);
        ChannelNode two = node(2);
        one.connect(two);
        int count = 5_000;
        for (int number = 0; number < count; number++) {
            one.send(Lane.RAFT, two.id(), ByteBuffer.allocate(4).putInt(number).array());
        }

        await().atMost(ChannelNode.SOON).until(() -> two.received.size() == count);
        for (int number = 0; number < count; number++) {
            assertThat(ByteBuffer.wrap(two.received.get(number).frame()).getInt())
                    .isEqualTo(number);
        }
    }

    /** R26, X17: a snapshot chunk on its way delays no heartbeat for long. */
    @Test
    void bigFrames_arriveWhole_whileHeartbeatsFlow() {
        ChannelNode one = node(1);
        ChannelNode two = node(2);
        one.connect(two);
        byte[] noise = new byte[4 << 20];
        new Random(1).nextBytes(noise);
        byte[] zeros = new byte[4 << 20];
        for (int round = 0; round < 3; round++) {
            one.send(Lane.RAFT, two.id(), noise);
            one.send(Lane.DISTRO, two.id(), zeros);
        }
        byte[] heartbeat = {7};
        one.send(Lane.HEALTH, two.id(), heartbeat);

        two.awaitReceived(Lane.HEALTH, one.id(), heartbeat);
        two.awaitReceived(Lane.RAFT, one.id(), noise);
        two.awaitReceived(Lane.DISTRO, one.id(), zeros);
        await().atMost(ChannelNode.SOON).until(() -> two.received.size() == 7);
        assertThat(two.received)
                .element(0)
                .extracting(ChannelNode.Received::lane)
                .isEqualTo(Lane.HEALTH);
        assertThat(one.metrics.bytesWritten()).as("zeros are compressed").isLessThan(3L * (4 << 20) + (1 << 20));
    }

    @Test
    void frameBeyondTheBound_orToNobody_isDroppedAndCounted() {
        ChannelNode one = node(1);
        ChannelNode two = node(2);
        one.connect(two);

        one.send(Lane.RAFT, two.id(), new byte[(16 << 20) + 1]);
        one.send(Lane.RAFT, ChannelNode.identity(9, 1).nodeId(), new byte[1]);

        assertThat(one.metrics.drops(DropReason.TOO_LARGE)).isEqualTo(1);
        assertThat(one.metrics.drops(DropReason.UNREACHABLE)).isEqualTo(1);
    }

    /** An address of one's own under another spelling (design §6): told, and not kept. */
    @Test
    void ownAddress_opensToOneself_andCloses() {
        ChannelNode one = node(1);
        MemberAddress otherSpelling = new MemberAddress("localhost", 8848, one.port());
        one.dial(one.address(), otherSpelling);

        one.awaitOpened(one.address(), one.identity);
        one.awaitOpened(otherSpelling, one.identity);
        assertThat(one.channel().peers()).isEmpty();
        assertThat(one.metrics.refusals()).isEmpty();
        assertThat(one.events).hasSize(2);
    }

    @Test
    void twoSpellingsOfOneNode_bothOpen_andFoldIntoOnePeer() {
        ChannelNode one = node(1);
        ChannelNode two = node(2);
        MemberAddress otherSpelling = new MemberAddress("localhost", 8848, two.port());
        one.dial(two.address(), otherSpelling);

        one.awaitOpened(two.address(), two.identity);
        one.awaitOpened(otherSpelling, two.identity);

        assertThat(one.channel().peers())
                .singleElement()
                .extracting(PeerStatus::connections)
                .isEqualTo(2);
        one.send(Lane.RAFT, two.id(), new byte[] {1});
        two.awaitReceived(Lane.RAFT, one.id(), new byte[] {1});
        assertThat(two.received).hasSize(1);
    }

    /** Design §4: the directory was copied, so two processes have one node id. */
    @Test
    void processWithThisNodesId_isRefusedOnBothSides_andTold() {
        ChannelNode original = ChannelNode.started(1, 1, ChannelLimits.defaults());
        ChannelNode copy = ChannelNode.started(1, 2, ChannelLimits.defaults());
        nodes.addAll(List.of(original, copy));

        original.dial(copy.address());

        original.awaitOpened(copy.address(), copy.identity);
        assertThat(original.awaitEvent(LinkEvent.Closed.class).reason()).contains("its data directory is a copy");
        assertThat(copy.awaitEvent(LinkEvent.Accepted.class).peer().identity()).isEqualTo(original.identity);
        copy.awaitEvent(LinkEvent.AcceptedClosed.class);
        original.awaitRefused(RefusalKind.COPIED_IDENTITY);
        copy.awaitRefused(RefusalKind.COPIED_IDENTITY);
        assertThat(original.channel().peers()).isEmpty();
    }

    /** A third node sees the two in turn. */
    @Test
    void twoProcessesWithOneId_areToldApartByAThird() {
        ChannelNode third = node(3);
        ChannelNode original = ChannelNode.started(1, 1, ChannelLimits.defaults());
        ChannelNode copy = ChannelNode.started(1, 2, ChannelLimits.defaults());
        nodes.addAll(List.of(original, copy));

        third.dial(original.address(), copy.address());

        third.awaitRefused(RefusalKind.COPIED_IDENTITY);
    }

    /** Neither is heard while both live; the one that is left is, when the other has stayed away for the period. */
    @Test
    void twoProcessesWithOneId_areBothRefusedByAThird_untilOneIsGone() {
        ChannelNode third = ChannelNode.started(
                3, 1, ChannelLimits.defaults().withCopiedIds(new CopiedIdLimits(Duration.ofSeconds(4), 10)));
        ChannelNode original = ChannelNode.started(1, 1, ChannelLimits.defaults());
        ChannelNode copy = ChannelNode.started(1, 2, ChannelLimits.defaults());
        nodes.addAll(List.of(third, original));
        third.dial(original.address(), copy.address());
        third.awaitFailed("have node id " + original.id());

        for (int attempts = 1; attempts <= 3; attempts++) {
            third.events.clear();
            third.awaitFailed("one data directory is a copy");
            assertThat(third.channel().peers()).isEmpty();
            assertThat(third.events(LinkEvent.Opened.class)).isEmpty();
        }
        copy.close();

        third.awaitOpened(original.address(), original.identity);
        third.send(Lane.RAFT, original.id(), new byte[] {1});
        original.awaitReceived(Lane.RAFT, third.id(), new byte[] {1});
    }

    @Test
    void otherCluster_isRefusedOnBothSides_naming() {
        ChannelNode one = node(1);
        ChannelNode two = node(2);
        one.cluster.set(Optional.of(new ClusterId(0, 0xa)));
        two.cluster.set(Optional.of(new ClusterId(0, 0xb)));

        one.dial(two.address());

        LinkEvent.Failed failed = one.awaitEvent(LinkEvent.Failed.class);
        assertThat(failed.reason()).contains(new ClusterId(0, 0xa).toString(), new ClusterId(0, 0xb).toString());
        assertThat(failed.otherCluster()).contains(new ClusterId(0, 0xb));
        one.awaitRefused(RefusalKind.CLUSTER);
        two.awaitRefused(RefusalKind.CLUSTER);
        assertThat(two.channel().peers()).isEmpty();
        assertThat(two.events).isEmpty();
    }

    /** Each joined another cluster while they were connected. */
    @Test
    void frameOfAnotherCluster_closesTheConnection() {
        ChannelNode one = node(1);
        ChannelNode two = node(2);
        one.connect(two);
        two.cluster.set(Optional.of(new ClusterId(0, 0xb)));
        one.cluster.set(Optional.of(new ClusterId(0, 0xa)));

        one.send(Lane.RAFT, two.id(), new byte[] {1});

        two.awaitRefused(RefusalKind.CLUSTER);
        two.awaitEvent(LinkEvent.AcceptedClosed.class);
        assertThat(two.received).isEmpty();
    }

    /** What a kernel does for a process that was killed: it closes its connections, one that the process dialled and one that it accepted. */
    @Test
    void peerThatClosesItsLastConnection_isGone_onEveryLane_andOnce() {
        ChannelNode one = node(1);
        ChannelNode two = ChannelNode.started(2, 1, ChannelLimits.defaults());
        one.connect(two);
        two.connect(one);

        two.close();

        await().atMost(ChannelNode.SOON).until(() -> one.gone.size() == Lane.values().length);
        one.awaitEvent(LinkEvent.Closed.class);
        one.awaitEvent(LinkEvent.AcceptedClosed.class);
        assertThat(one.gone)
                .containsExactlyInAnyOrderElementsOf(Stream.of(Lane.values())
                        .map(lane -> new ChannelNode.Gone(lane, two.id()))
                        .toList());
    }

    /** Nothing is known of a peer with whom this node itself has broken off. */
    @Test
    void peerWhoseConnectionThisNodeCloses_isNotGone() {
        ChannelNode one = node(1);
        ChannelNode two = node(2);
        one.connect(two);

        one.dial();

        one.awaitEvent(LinkEvent.Closed.class);
        await().atMost(ChannelNode.SOON).until(() -> two.gone.size() == Lane.values().length);
        assertThat(one.gone).isEmpty();
    }

    @Test
    void restartedNode_isReachedAgain_underItsNewRun() {
        ChannelNode one = node(1);
        ChannelNode before = ChannelNode.started(2, 1, ChannelLimits.defaults());
        one.connect(before);
        int port = before.port();
        before.close();
        assertThat(one.awaitEvent(LinkEvent.Closed.class).peer()).isEqualTo(before.id());

        ChannelNode after = new ChannelNode(
                        ChannelNode.identity(2, 2), Optional.of(ChannelNode.SECRET), ChannelLimits.defaults(), port)
                .start();
        nodes.add(after);

        one.awaitOpened(after.address(), after.identity);
        one.send(Lane.RAFT, after.id(), new byte[] {5});
        after.awaitReceived(Lane.RAFT, one.id(), new byte[] {5});
    }

    /** X11: another node takes an address over. */
    @Test
    void addressThatAnotherNodeAnswersAt_isAnotherPeer() {
        ChannelNode one = node(1);
        ChannelNode before = ChannelNode.started(2, 1, ChannelLimits.defaults());
        one.connect(before);
        int port = before.port();
        before.close();
        ChannelNode blank = new ChannelNode(
                        ChannelNode.identity(3, 1), Optional.of(ChannelNode.SECRET), ChannelLimits.defaults(), port)
                .start();
        nodes.add(blank);

        one.awaitOpened(blank.address(), blank.identity);

        assertThat(one.channel().peers()).extracting(PeerStatus::identity).containsExactly(blank.identity);
        one.send(Lane.RAFT, before.id(), new byte[] {1});
        assertThat(one.metrics.drops(DropReason.UNREACHABLE)).isEqualTo(1);
    }

    /** X11: two nodes come back, each with the other's address. */
    @Test
    void exchangedAddresses_leadToTheRightNodes() {
        ChannelNode one = node(1);
        ChannelNode two = ChannelNode.started(2, 1, ChannelLimits.defaults());
        ChannelNode three = ChannelNode.started(3, 1, ChannelLimits.defaults());
        one.dial(two.address(), three.address());
        one.awaitOpened(two.address(), two.identity);
        one.awaitOpened(three.address(), three.identity);
        two.close();
        three.close();

        ChannelNode twoMoved = moved(2, three.port());
        ChannelNode threeMoved = moved(3, two.port());
        one.awaitOpened(twoMoved.address(), twoMoved.identity);
        one.awaitOpened(threeMoved.address(), threeMoved.identity);

        one.send(Lane.DISTRO, twoMoved.id(), new byte[] {2});
        one.send(Lane.DISTRO, threeMoved.id(), new byte[] {3});
        twoMoved.awaitReceived(Lane.DISTRO, one.id(), new byte[] {2});
        threeMoved.awaitReceived(Lane.DISTRO, one.id(), new byte[] {3});
        assertThat(one.metrics.refusals()).doesNotContainKey(RefusalKind.COPIED_IDENTITY);
    }

    @Test
    void addressNoLongerListed_isClosed_andOthersAreKept() {
        ChannelNode one = node(1);
        ChannelNode two = node(2);
        ChannelNode three = node(3);
        one.dial(two.address(), three.address());
        one.awaitOpened(two.address(), two.identity);
        one.awaitOpened(three.address(), three.identity);

        one.dial(three.address());

        LinkEvent.Closed closed = one.awaitEvent(LinkEvent.Closed.class);
        assertThat(closed).isEqualTo(new LinkEvent.Closed(two.address(), two.id(), "no longer listed"));
        assertThat(one.channel().peers()).extracting(PeerStatus::identity).containsExactly(three.identity);
        assertThat(one.events(LinkEvent.Closed.class)).hasSize(1);
    }

    @Test
    void nobodyThere_isToldAgainAndAgain() {
        ChannelNode one = node(1);
        ChannelNode gone = ChannelNode.started(2, 1, ChannelLimits.defaults());
        gone.close();

        one.dial(gone.address(), new MemberAddress("10.0.0.1", 8848, 0));

        await().atMost(ChannelNode.SOON)
                .until(() -> one.events(LinkEvent.Failed.class).stream()
                                .filter(failed -> failed.dialed().equals(gone.address()))
                                .count()
                        >= 3);
        assertThat(one.events(LinkEvent.Failed.class))
                .anyMatch(failed -> failed.reason().contains("no peer port"));
    }

    @Test
    void withoutASecret_nodesOfOneMachineMeet() {
        ChannelNode one = unsecured(1);
        ChannelNode two = unsecured(2);

        one.connect(two);

        two.awaitEvent(LinkEvent.Accepted.class);
    }

    @Test
    void takenPort_failsClearly() {
        ChannelNode one = node(1);
        ChannelNode second =
                new ChannelNode(ChannelNode.identity(2, 1), Optional.empty(), ChannelLimits.defaults(), one.port());
        nodes.add(second);

        assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(second::start)
                .withCauseInstanceOf(BindException.class)
                .withMessageContaining("the peer port can't be opened on 127.0.0.1:" + one.port());
    }

    @Test
    void stop_letsWhatIsQueuedGoFirst() {
        ChannelNode one = ChannelNode.started(1);
        ChannelNode two = node(2);
        one.connect(two);
        byte[] last = new byte[1 << 20];
        new Random(2).nextBytes(last);
        one.send(Lane.RAFT, two.id(), last);

        one.close();

        two.awaitReceived(Lane.RAFT, one.id(), last);
        two.awaitEvent(LinkEvent.AcceptedClosed.class);
    }

    /** Both dial: each pair has two connections, and either is enough. */
    @Test
    void meshOfThree_sendsEachToEach() {
        ChannelNode[] mesh = {node(1), node(2), node(3)};
        for (ChannelNode from : mesh) {
            from.dial(mesh[0].address(), mesh[1].address(), mesh[2].address());
        }
        for (ChannelNode from : mesh) {
            await().atMost(ChannelNode.SOON)
                    .until(() -> from.channel().peers().stream()
                                    .filter(peer -> peer.connections() == 2)
                                    .count()
                            == 2);
        }
        for (ChannelNode from : mesh) {
            for (ChannelNode to : mesh) {
                if (from != to) {
                    from.send(Lane.HEALTH, to.id(), new byte[] {1});
                    to.awaitReceived(Lane.HEALTH, from.id(), new byte[] {1});
                }
            }
        }
    }

    /** X17: a driver that stands still costs a bounded inbox, and once it goes on, all of the bound is there again. */
    @Test
    void inboxOfASlowDriver_isBounded() {
        int bound = 10_000;
        ChannelNode one = node(1);
        ChannelNode two = ChannelNode.started(2, 1, ChannelLimits.defaults().withInboxBytesMax(bound));
        nodes.add(two);
        one.connect(two);
        CountDownLatch standstill = new CountDownLatch(1);
        two.holdDriver(standstill);
        int sent = 30;
        for (int count = 0; count < sent; count++) {
            one.send(Lane.DISTRO, two.id(), new byte[1000]);
        }
        await().atMost(ChannelNode.SOON).until(() -> two.metrics.drops(DropReason.INBOX_FULL) >= sent - bound / 1000);
        assertThat(two.metrics.inboxBytes(Lane.DISTRO)).isBetween(bound / 2L - 1100, (long) bound);
        assertThat(two.received).isEmpty();

        standstill.countDown();

        await().atMost(ChannelNode.SOON)
                .until(() -> two.received.size() + two.metrics.drops(DropReason.INBOX_FULL) == sent);
        assertThat(two.metrics.inboxBytes(Lane.DISTRO)).isZero();
        for (int count = 1; count <= 2 * bound / 1000; count++) {
            byte[] next = new byte[1000 + count];
            one.send(Lane.DISTRO, two.id(), next);
            two.awaitReceived(Lane.DISTRO, one.id(), next);
        }
    }

    @Test
    void smallFragments_serveAsWell() {
        LaneLimits lane = new LaneLimits(1 << 20, Duration.ofSeconds(5));
        ChannelLimits limits = ChannelLimits.defaults()
                .withLanes(lane, lane, lane)
                .withFrames(new Frames(1 << 20, 100, 50, 1000, 10_000));
        ChannelNode one = ChannelNode.started(1, 1, limits);
        nodes.add(one);
        ChannelNode two = node(2);
        one.connect(two);
        byte[] message = new byte[100_000];
        new Random(3).nextBytes(message);

        one.send(Lane.RAFT, two.id(), message);

        two.awaitReceived(Lane.RAFT, one.id(), message);
    }

    private ChannelNode node(int number) {
        ChannelNode node = ChannelNode.started(number);
        nodes.add(node);
        return node;
    }

    private ChannelNode unsecured(int number) {
        ChannelNode node =
                new ChannelNode(ChannelNode.identity(number, 1), Optional.empty(), ChannelLimits.defaults(), 0).start();
        nodes.add(node);
        return node;
    }

    private ChannelNode moved(int number, int port) {
        ChannelNode node = new ChannelNode(
                        ChannelNode.identity(number, 2),
                        Optional.of(ChannelNode.SECRET),
                        ChannelLimits.defaults(),
                        port)
                .start();
        nodes.add(node);
        return node;
    }
}
