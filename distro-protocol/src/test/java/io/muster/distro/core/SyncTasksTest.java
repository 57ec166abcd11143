package io.muster.distro.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.consistency.Key;
import io.muster.distro.core.Message.SyncBatch;
import io.muster.member.NodeId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is still to be told to a member that answers late, or not at all (R46, R47; invariant {@code BoundedWork}). */
class SyncTasksTest {

    private static final NodeId PEER = CoreFixture.PEER;
    private static final NodeId FAR = new NodeId(88, 88);
    private static final Key A = CoreFixture.key("a");
    private static final Key B = CoreFixture.key("b");
    private static final long SYNC_DELAY = PeerLimits.DEFAULTS.syncDelayMillis();

    /** No acknowledgement is waited for so long; it is sent again a little later. */
    private static final long ACK_WAIT = 500;

    private final CoreFixture node = new CoreFixture().loaded();
    private final List<NodeId> repairs = new ArrayList<>();
    private final SyncTasks<String> tasks =
            new SyncTasks<>(node.core.records(), new Rules(), PeerLimits.DEFAULTS, repairs::add, 0);
    private final List<SyncBatch<String>> batches = new ArrayList<>();
    private final Map<Long, NodeId> sentTo = new TreeMap<>();
    private long nowMillis;

    @BeforeEach
    void aTargetAndWhatItIsToldOf() {
        node.register("a");
        node.register("b");
        tasks.targets(List.of(PEER));
    }

    private void step(Consumer<Step<String>> work) {
        long nowNanos = TimeUnit.MILLISECONDS.toNanos(nowMillis);
        Step<String> step = new Step<>(nowNanos, nowNanos);
        work.accept(step);
        tasks.due(step);
        step.effects(0, 0).sends().forEach(send -> {
            SyncBatch<String> batch = (SyncBatch<String>) send.message();
            batches.add(batch);
            sentTo.put(batch.batch(), send.to());
        });
    }

    private void pass(long millis) {
        for (long end = nowMillis + millis; nowMillis < end; ) {
            nowMillis += 10;
            step(step -> {});
        }
    }

    private void change(Key... keys) {
        step(step -> tasks.changed(List.of(keys), step));
    }

    private void acknowledge(int batch) {
        step(step -> tasks.acknowledged(PEER, batches.get(batch).batch(), step));
    }

    private List<List<Key>> told() {
        return batches.stream()
                .map(batch -> batch.records().stream().map(DistroRecord::key).toList())
                .toList();
    }

    @Test
    void whatIsAcknowledged_isDone() {
        change(A, B);
        pass(SYNC_DELAY);
        acknowledge(0);
        assertThat(tasks.idle()).isTrue();
        pass(10_000);
        assertThat(told()).containsExactly(List.of(A, B));
        assertThat(repairs).isEmpty();
    }

    /** Where the way there and back takes longer than an acknowledgement is waited for, tasks would else never be done. */
    @Test
    void aLateAcknowledgement_counts() {
        change(A, B);
        pass(SYNC_DELAY + ACK_WAIT);
        assertThat(tasks.pending(PEER)).isEqualTo(2);
        acknowledge(0);
        assertThat(tasks.idle()).isTrue();
        assertThat(tasks.lastAckNanos(PEER)).isEqualTo(TimeUnit.MILLISECONDS.toNanos(nowMillis));
        assertThat(repairs).containsExactly(PEER);
        pass(10_000);
        assertThat(told()).hasSize(1);
    }

    @Test
    void aLateAcknowledgement_countsForWhatIsUnderWayAgain() {
        change(A, B);
        pass(SYNC_DELAY + 2 * ACK_WAIT);
        assertThat(told()).containsExactly(List.of(A, B), List.of(A, B));
        acknowledge(0);
        assertThat(tasks.idle()).isTrue();
        acknowledge(1);
        pass(10_000);
        assertThat(told()).hasSize(2);
    }

    /** R47: the target has what stood there before, and no more. */
    @Test
    void aLateAcknowledgement_saysNothingOfWhatChangedWhileItWasUnderWay() {
        change(A, B);
        pass(SYNC_DELAY);
        change(A);
        pass(ACK_WAIT);
        acknowledge(0);
        assertThat(tasks.pending(PEER)).isEqualTo(1);
        pass(10_000);
        assertThat(told().get(1)).containsExactly(A);
    }

    /** R47. */
    @Test
    void aLateAcknowledgement_saysNothingOfWhatChangedWhenItWasOverdue() {
        change(A, B);
        pass(SYNC_DELAY + ACK_WAIT);
        change(B);
        acknowledge(0);
        assertThat(tasks.pending(PEER)).isEqualTo(1);
        pass(10_000);
        assertThat(told().get(1)).containsExactly(B);
    }

    @Test
    void anAcknowledgementOfNothingThatIsUnderWay_saysNothing() {
        change(A);
        pass(SYNC_DELAY + ACK_WAIT);
        acknowledge(0);
        change(A);
        acknowledge(0);
        assertThat(tasks.pending(PEER)).isEqualTo(1);
        tasks.targets(List.of());
        acknowledge(0);
        assertThat(tasks.idle()).isTrue();
    }

    /** Members that each fail to reach another one would else hand the same on to each other for ever. */
    @Test
    void whatIsPassedOnForAnother_asksNobodyToPassItOn_butWhatChangedHereDoes() {
        tasks.targets(List.of(PEER, FAR));
        change(A);
        pass(SYNC_DELAY);
        step(step -> tasks.acknowledged(PEER, batchTo(PEER), step));
        pass(ACK_WAIT);
        batches.clear();
        step(step -> tasks.relay(A, PEER, step));
        step(step -> tasks.changed(B, PEER, step));
        pass(SYNC_DELAY);
        step(step -> tasks.acknowledged(PEER, batchTo(PEER), step));
        pass(SYNC_DELAY);
        List<SyncBatch<String>> toPeer = batches.stream()
                .filter(batch -> sentTo.get(batch.batch()).equals(PEER))
                .toList();
        assertThat(toPeer).hasSize(2);
        assertThat(toPeer.get(0).records()).extracting(DistroRecord::key).containsExactly(A);
        assertThat(toPeer.get(0).relayTo()).isEmpty();
        assertThat(toPeer.get(1).records()).extracting(DistroRecord::key).containsExactly(B);
        assertThat(toPeer.get(1).relayTo()).containsExactly(FAR);
    }

    private long batchTo(NodeId target) {
        return batches.stream()
                .map(SyncBatch::batch)
                .filter(batch -> sentTo.get(batch).equals(target))
                .reduce((first, second) -> second)
                .orElseThrow();
    }

    @Test
    void whoNeverAnswers_isToldAgainAndAgain() {
        change(A);
        pass(60_000);
        assertThat(told()).hasSizeBetween(30, 60).allMatch(List.of(A)::equals);
        assertThat(tasks.pending(PEER)).isEqualTo(1);
    }
}
