package io.muster.distro.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.consistency.Datum;
import io.muster.consistency.Key;
import io.muster.consistency.Lease;
import io.muster.consistency.Mark;
import io.muster.consistency.Origin;
import io.muster.consistency.Version;
import io.muster.distro.core.DistroRecord.Held;
import io.muster.distro.core.Effects.Send;
import io.muster.distro.core.Message.Renewals;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Renewals on their way to the responsible member: within a second (R55), however many there are. */
class RenewalsTest {

    private static final Lease LEASE = new Lease(15_000, 30_000);
    private static final int SESSIONS = 20_000;

    private final CoreFixture node = new CoreFixture();
    private final List<Key> theirs = new ArrayList<>();

    @BeforeEach
    void start() {
        node.feed(new Input.View<>(node.with(CoreFixture.PEER)));
        node.feed(new Input.Start<>(false));
        node.feed(received(new Message.SnapshotChunk<>(1, Optional.empty(), Optional.empty(), 0, 0, List.of())));
        String group = IntStream.iterate(0, i -> i + 1)
                .mapToObj(i -> "public##DEFAULT_GROUP@@service-" + i)
                .filter(name -> node.core.responsibility().memberFor(name).equals(Optional.of(CoreFixture.PEER)))
                .findFirst()
                .orElseThrow();
        Version.Hybrid version = new Version.Hybrid(CoreFixture.WALL << 16, new Origin(77, 77, 1));
        for (int i = 0; i < SESSIONS; i++) {
            Key key = Key.ephemeral(group, "10.0." + i / 256 + "." + i % 256 + "#8080#DEFAULT");
            theirs.add(key);
            node.merge(List.of(new Held<>(new Datum<>(key, version, Mark.HEALTHY, "v"), LEASE)));
        }
    }

    /** More than fit one message go one message after the other, as fast as the receiver acknowledges them. */
    @Test
    void moreThanAMessageHolds_goOnWithEachAcknowledgement() {
        node.feed(new Input.Heard<>(theirs));
        Set<Key> told = new LinkedHashSet<>();
        List<Renewals<String>> batches = renewals(tick().sends());
        int messages = 0;
        while (!batches.isEmpty()) {
            assertThat(batches).as("one message on its way at a time").hasSize(1);
            Renewals<String> batch = batches.get(0);
            batch.renewals().forEach(aged -> told.add(aged.key()));
            messages++;
            Message<String> acknowledgement = new Message.RenewalsAck<>(batch.batch(), List.of());
            batches = renewals(node.feed(received(acknowledgement)).sends());
        }
        assertThat(messages).isGreaterThan(3);
        assertThat(told).as("without a tick between").hasSize(SESSIONS);
        assertThat(node.core.counts().renewalsWaiting()).isZero();
    }

    /** What fits one message waits for the next interval, so that many small ones become one. */
    @Test
    void anAcknowledgementOfAMessageWithRoomLeft_sendsNothing() {
        node.feed(new Input.Heard<>(theirs.subList(0, 10)));
        Renewals<String> batch = renewals(tick().sends()).get(0);
        node.feed(new Input.Heard<>(theirs.subList(10, 20)));
        assertThat(renewals(node.feed(received(new Message.RenewalsAck<>(batch.batch(), List.of())))
                        .sends()))
                .isEmpty();
    }

    /** Without an acknowledgement they go again, all of them. */
    @Test
    void aLostMessage_goesAgain() {
        node.feed(new Input.Heard<>(theirs.subList(0, 10)));
        assertThat(renewals(tick().sends())).hasSize(1);
        List<Renewals<String>> again = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            node.standStill(DistroCore.TICK_MILLIS);
            again.addAll(renewals(tick().sends()));
        }
        assertThat(again)
                .isNotEmpty()
                .first()
                .satisfies(batch -> assertThat(batch.renewals()).hasSize(10));
    }

    /** A receiver that answers after longer than an acknowledgement is waited for has heard them: they do not become data, which would slow it down more. */
    @Test
    void slowReceiver_whatItAcknowledgesLate_doesNotBecomeData() {
        List<List<Renewals<String>>> sent = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            if (i % 50 == 0) {
                node.feed(new Input.Heard<>(theirs.subList(0, 10)));
            }
            sent.add(renewals(tick().sends()));
            node.standStill(DistroCore.TICK_MILLIS);
            List<Renewals<String>> heard = i < 7 ? List.of() : sent.get(i - 7);
            heard.forEach(batch -> node.feed(received(new Message.RenewalsAck<>(batch.batch(), List.of()))));
        }
        assertThat(node.core.counts().totals().restamped()).isZero();
    }

    private Effects<String> tick() {
        return node.feed(new Input.Tick<>());
    }

    private static List<Renewals<String>> renewals(List<Send<String>> sends) {
        List<Renewals<String>> renewals = new ArrayList<>();
        for (Send<String> send : sends) {
            if (send.message() instanceof Renewals<String> batch) {
                renewals.add(batch);
            }
        }
        return renewals;
    }

    private static Input<String> received(Message<String> message) {
        return new Input.Received<>(CoreFixture.PEER, 0, message);
    }
}
