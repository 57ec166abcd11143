package io.muster.naming.push;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.naming.list.NameForm;
import io.muster.naming.model.ServiceName;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Repetition, back-off and the one slot, in virtual time. */
class DeliveriesTest {

    private static final long FIRST_TOKEN = 1_000;
    private static final Subscriber CLIENT = subscriber(5_001);
    private static final Subscriber OTHER = subscriber(5_002);

    private final PushStats stats = new PushStats();
    private final List<String> wire = new ArrayList<>();
    private final TreeMap<Long, List<Runnable>> timers = new TreeMap<>();
    private long nowMillis;
    private final Deliveries deliveries = new Deliveries(
            (datagram, host, port) -> wire.add(port + " "
                    + new String(datagram, StandardCharsets.UTF_8)
                            .replaceAll(".*data\":\"(.*)\",\"lastRefTime\":(\\d+)}", "$1 $2")),
            (delay, task) -> timers.computeIfAbsent(nowMillis + delay, at -> new ArrayList<>())
                    .add(task),
            () -> TimeUnit.MILLISECONDS.toNanos(nowMillis),
            FIRST_TOKEN,
            stats);

    private static Subscriber subscriber(int port) {
        return new Subscriber(ServiceName.of("", "", "orders"), "", "10.0.0.1", port, NameForm.GROUPED, "agent", "app");
    }

    private void push(Subscriber to, String list) {
        deliveries.push(to, PushPacket.of(list.getBytes(StandardCharsets.UTF_8)).orElseThrow());
    }

    private void acknowledge(Subscriber from, long token) {
        deliveries.acknowledged(from.host(), from.port(), token);
    }

    private void passTo(long millis) {
        while (!timers.isEmpty() && timers.firstKey() <= millis) {
            nowMillis = timers.firstKey();
            timers.pollFirstEntry().getValue().forEach(Runnable::run);
        }
        nowMillis = millis;
    }

    @Test
    void push_isSentAtOnceAndEndsWithItsAcknowledgement() {
        push(CLIENT, "one");
        nowMillis = 30;
        acknowledge(CLIENT, 1_001);

        passTo(60_000);
        assertThat(wire).containsExactly("5001 one 1001");
        assertThat(stats.acknowledged()).isEqualTo(1);
        assertThat(stats.maxCostMillis()).isEqualTo(30);
        assertThat(stats.averageCostMillis()).isEqualTo(30);
        assertThat(deliveries.onTheirWay()).isZero();
    }

    @Test
    void unanswered_isSentAgainEverMoreRarely_thenGivenUp() {
        push(CLIENT, "one");

        passTo(999);
        assertThat(wire).hasSize(1);
        passTo(1_000);
        assertThat(wire).hasSize(2);
        passTo(3_000);
        assertThat(wire).hasSize(3);
        passTo(7_000);
        assertThat(wire).hasSize(4);
        passTo(100_000);

        assertThat(wire).containsOnly("5001 one 1001").hasSize(Deliveries.SENDS_MAX);
        assertThat(stats.unanswered()).isEqualTo(1);
        assertThat(stats.resent()).isEqualTo(3);
        assertThat(deliveries.onTheirWay()).isZero();
    }

    /** X17: however many changes, a subscriber has one list on its way and one behind it, the newest. */
    @Test
    void changesMeanwhile_leaveOnlyTheNewestWaiting() {
        push(CLIENT, "one");
        for (int i = 2; i <= 1_000; i++) {
            push(CLIENT, "change" + i);
        }
        assertThat(wire).hasSize(1);

        acknowledge(CLIENT, 1_001);

        assertThat(wire).containsExactly("5001 one 1001", "5001 change1000 1002");
        acknowledge(CLIENT, 1_002);
        assertThat(deliveries.onTheirWay()).isZero();
    }

    @Test
    void unanswered_withANewerList_sendsTheNewer() {
        push(CLIENT, "one");
        push(CLIENT, "two");

        passTo(1_000);
        assertThat(wire).containsExactly("5001 one 1001", "5001 two 1002");

        acknowledge(CLIENT, 1_001);
        assertThat(deliveries.onTheirWay())
                .as("the old list's answer says nothing of the new one")
                .isEqualTo(1);
        acknowledge(CLIENT, 1_002);
        assertThat(deliveries.onTheirWay()).isZero();
    }

    /** A silent subscriber of a busy service costs a few packets, not one for every change. */
    @Test
    void silentSubscriber_ofABusyService_costsAConstant() {
        for (int millis = 0; millis < 15_000; millis += 50) {
            passTo(millis);
            push(CLIENT, "change" + millis);
        }
        assertThat(wire).hasSize(Deliveries.SENDS_MAX);
    }

    /** The first of two subscriptions of one client must not swallow the answer to the second. */
    @Test
    void tokens_areUniqueForEachPacket() {
        push(CLIENT, "one");
        push(OTHER, "one");

        assertThat(wire).containsExactly("5001 one 1001", "5002 one 1002");
    }

    @Test
    void answersOfOthers_meanNothing() {
        push(CLIENT, "one");

        acknowledge(OTHER, 1_001);
        deliveries.acknowledged("10.0.0.9", CLIENT.port(), 1_001);
        acknowledge(CLIENT, 999);

        assertThat(deliveries.onTheirWay()).isEqualTo(1);
        assertThat(stats.acknowledged()).isZero();
    }

    @Test
    void answerAfterTheRepetition_counts() {
        push(CLIENT, "one");
        passTo(1_500);

        acknowledge(CLIENT, 1_001);

        assertThat(stats.acknowledged()).isEqualTo(1);
        assertThat(deliveries.onTheirWay()).isZero();
    }
}
