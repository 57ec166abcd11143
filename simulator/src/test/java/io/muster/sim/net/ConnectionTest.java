package io.muster.sim.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.member.ClusterId;
import io.muster.member.MemberAddress;
import io.muster.sim.cluster.SimMachine;
import io.muster.sim.net.SimNetwork.Routing;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Connections as members see them: who answers where, and how they die. */
class ConnectionTest {

    private static final Duration KEEP_ALIVE = SimNetwork.KEEP_ALIVE.plusMillis(1);

    private final NetFixture net = new NetFixture(3, Routing.BY_CONNECTION);

    @Test
    void dial_tellsBothEnds_whoIsThere() {
        net.dial(0, 1);
        net.passMillis(50);

        assertThat(net.events.get(0)).containsExactly("opened n2 is n2");
        assertThat(net.events.get(1)).containsExactly("accepted n1");
        assertThat(net.events.get(2)).isEmpty();
    }

    @Test
    void frames_needAConnection_ofEitherDirection() {
        net.send(0, 1, 1);
        net.dial(0, 1);
        net.passMillis(50);
        net.send(0, 1, 2);
        net.send(1, 0, 3);
        net.send(0, 2, 4);
        net.passMillis(50);

        assertThat(net.received.get(1)).containsExactly(2);
        assertThat(net.received.get(0)).containsExactly(3);
        assertThat(net.received.get(2)).isEmpty();
    }

    @Test
    void ownAddress_answersAsOneself() {
        MemberAddress otherSpelling = new MemberAddress("localhost", 8848, 7848);
        net.network.bind(otherSpelling, 0);

        net.process(0).links().dial(List.of(otherSpelling));
        net.passMillis(50);

        assertThat(net.events.get(0)).containsExactly("opened localhost is n1");
    }

    @Test
    void nobodyThere_isTriedAgainWithBackOff() {
        net.cluster.machine(1).kill();
        net.dial(0, 1);
        net.pass(Duration.ofSeconds(20));
        assertThat(net.events.get(0)).hasSizeBetween(5, 14).containsOnly("failed n2: connection refused");

        net.start(1);
        net.pass(Duration.ofSeconds(8));

        assertThat(net.events.get(0)).last().isEqualTo("opened n2 is n2");
    }

    @Test
    void kill_isHeardAtOnce_andTheNextIncarnationIsFound() {
        net.dial(0, 1);
        net.passMillis(50);
        net.send(0, 1, 1);
        net.cluster.machine(1).kill();
        net.start(1);
        net.passMillis(300);

        assertThat(net.events.get(0))
                .containsExactly("opened n2 is n2", "closed n2: connection reset", "opened n2 is n2");
        assertThat(net.received.get(1))
                .as("a frame to an incarnation that died")
                .isEmpty();
    }

    @Test
    void powerLoss_isNoticedByKeepAlive() {
        net.dial(0, 1);
        net.passMillis(50);
        net.cluster.machine(1).losePower();

        net.pass(Duration.ofSeconds(4));
        assertThat(net.events.get(0)).containsExactly("opened n2 is n2");
        net.pass(Duration.ofSeconds(2));

        assertThat(net.events.get(0)).contains("closed n2: keep-alive: no answer");
    }

    @Test
    void cut_inOneDirection_breaksTheConnectionAtBothEnds_byKeepAlive() {
        net.dial(0, 1);
        net.passMillis(50);
        net.network.link(1, 0).cut();
        net.send(0, 1, 1);
        net.passMillis(50);
        assertThat(net.received.get(1)).containsExactly(1);

        net.pass(KEEP_ALIVE);

        assertThat(net.events.get(0)).contains("closed n2: keep-alive: no answer");
        assertThat(net.events.get(1)).contains("accepted closed: keep-alive: no answer");
    }

    @Test
    void shortCut_leavesTheConnection() {
        net.dial(0, 1);
        net.passMillis(50);
        net.network.cut(0, 1);
        net.pass(Duration.ofSeconds(4));
        net.network.heal();
        net.pass(Duration.ofSeconds(10));

        assertThat(net.events.get(0)).containsExactly("opened n2 is n2");
    }

    @Test
    void halfOpen_oneEndSendsIntoTheVoid_untilKeepAlive() {
        net.dial(0, 1);
        net.passMillis(50);
        net.network.halfOpen(0, 1);
        net.passMillis(50);
        net.send(0, 1, 1);
        net.passMillis(50);
        assertThat(net.received.get(1)).isEmpty();
        assertThat(net.events.get(0)).containsExactly("opened n2 is n2");

        net.pass(KEEP_ALIVE.plusSeconds(1));

        assertThat(net.events.get(0))
                .containsExactly("opened n2 is n2", "closed n2: keep-alive: no answer", "opened n2 is n2");
    }

    @Test
    void paused_keepsItsConnections_andAnswersNoHandshake() {
        net.dial(0, 1);
        net.passMillis(50);
        net.cluster.machine(1).pause();
        net.dial(2, 1);
        net.pass(Duration.ofSeconds(10));

        assertThat(net.events.get(0)).containsExactly("opened n2 is n2");
        assertThat(net.events.get(2)).isNotEmpty().containsOnly("failed n2: no answer");
    }

    @Test
    void addressesExchanged_leadToTheOther() {
        SimMachine one = net.cluster.machine(0);
        SimMachine other = net.cluster.machine(1);
        net.dial(2, 0, 1);
        net.passMillis(50);
        assertThat(net.events.get(2)).containsExactlyInAnyOrder("opened n1 is n1", "opened n2 is n2");

        net.network.bind(one.address(), other.index());
        net.network.bind(other.address(), one.index());
        net.passMillis(300);

        assertThat(net.events.get(2))
                .contains("closed n1: the address has moved", "closed n2: the address has moved")
                .contains("opened n1 is n2", "opened n2 is n1");
    }

    @Test
    void addressTakenAway_leadsNowhere_andOnesOwnMoves() {
        net.dial(0, 0);
        net.dial(2, 1);
        net.passMillis(50);
        assertThat(net.events.get(0)).containsExactly("opened n1 is n1");

        net.network.unbind(net.cluster.machine(1).address());
        net.network.bind(net.cluster.machine(0).address(), 1);
        net.passMillis(300);

        assertThat(net.events.get(2)).contains("closed n2: the address is gone", "failed n2: connection refused");
        assertThat(net.events.get(0)).contains("closed n1: the address has moved", "opened n1 is n2");
    }

    @Test
    void anotherCluster_isRefusedAndNamed() {
        net.cluster.machine(0).clusterId(new ClusterId(1, 1));
        net.cluster.machine(1).clusterId(new ClusterId(2, 2));
        net.dial(0, 1, 2);
        net.passMillis(50);

        assertThat(net.events.get(0))
                .containsExactlyInAnyOrder(
                        "failed n2: belongs to another cluster: " + new ClusterId(2, 2), "opened n3 is n3");
        assertThat(net.events.get(1)).isEmpty();
    }

    @Test
    void dial_ofFewer_closesTheRest() {
        net.dial(0, 1, 2);
        net.passMillis(50);
        net.dial(0, 2);
        net.pass(Duration.ofSeconds(10));
        net.send(0, 1, 1);
        net.send(0, 2, 2);
        net.passMillis(50);

        assertThat(net.events.get(1)).containsExactly("accepted n1", "accepted closed: closed by the peer");
        assertThat(net.events.get(2)).containsExactly("accepted n1");
        assertThat(net.received.get(1)).isEmpty();
        assertThat(net.received.get(2)).containsExactly(2);
    }
}
