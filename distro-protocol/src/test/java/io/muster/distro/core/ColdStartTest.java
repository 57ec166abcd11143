package io.muster.distro.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.distro.core.Effects.MarkerChange;
import io.muster.distro.core.Effects.Send;
import io.muster.distro.core.Message.Cursor;
import io.muster.distro.core.Message.SnapshotChunk;
import io.muster.distro.core.Message.SnapshotNotReady;
import io.muster.distro.core.Message.SnapshotRequest;
import io.muster.distro.core.Notice.WarmedUp;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Design §5, "Cold start"; X13. */
class ColdStartTest {

    private final CoreFixture node = new CoreFixture();

    @Test
    void theFirstDatum_writesTheMarker_andTheLastOneToGoClearsIt() {
        node.loaded();
        node.register("a");
        node.register("b");
        assertThat(node.markers).containsExactly(MarkerChange.WRITE);
        node.deregister("a");
        node.pass(1_000);
        assertThat(node.markers).hasSize(1);
        node.deregister("b");
        node.pass(100);
        assertThat(node.markers).containsExactly(MarkerChange.WRITE, MarkerChange.CLEAR);
    }

    @Test
    void expiry_clearsItToo() {
        node.loaded();
        node.register("a");
        node.pass(32_000);
        assertThat(node.markers).containsExactly(MarkerChange.WRITE, MarkerChange.CLEAR);
    }

    @Test
    void comingAndGoingWithinATick_doesNotTouchIt() {
        node.loaded();
        node.register("a");
        node.deregister("a");
        node.register("a");
        node.pass(1_000);
        assertThat(node.markers).containsExactly(MarkerChange.WRITE);
    }

    @Test
    void withoutAMarker_listsAreServedAtOnce() {
        node.loaded(false);
        assertThat(node.core.counts().warmingUp()).isFalse();
    }

    @Test
    void withAMarker_listsAreHeldBack_forTheTimeGiven_whileWritesGoOn() {
        node.loaded(true);
        assertThat(node.core.counts().warmingUp()).isTrue();
        node.pass(10_000);
        node.register("a");
        assertThat(node.core.warmUpMillisLeft(node.core.counts(), node.nowMillis() * 1_000_000))
                .isEqualTo(5_000);
        node.pass(4_900);
        assertThat(node.core.counts().warmingUp()).isTrue();
        node.pass(100);
        assertThat(node.core.counts().warmingUp()).isFalse();
        assertThat(node.notices).containsExactly(new WarmedUp(1));
        assertThat(node.markers).as("it is there already").isEmpty();
    }

    /** Reading the disk, or whatever else comes before, takes nothing off the hold. */
    @Test
    void aLongWayToTheStart_isNoPartOfTheWarmUp() {
        node.standStill(40_000).loaded(true);
        node.pass(14_900);
        assertThat(node.core.counts().warmingUp()).isTrue();
        node.pass(200);
        assertThat(node.core.counts().warmingUp()).isFalse();
        assertThat(node.notices).containsExactly(new WarmedUp(0));
    }

    @Test
    void theMarkerOutlivesTheWarmUp_soThatACrashInItIsAColdStartAgain() {
        node.loaded(true);
        node.register("a");
        node.deregister("a");
        node.pass(14_900);
        assertThat(node.markers).isEmpty();
        node.pass(200);
        assertThat(node.markers).containsExactly(MarkerChange.CLEAR);
    }

    @Test
    void aPauseInTheWarmUp_doesNotCount() {
        node.loaded(true);
        node.pass(5_000);
        node.standStill(60_000);
        node.pass(9_000);
        assertThat(node.core.counts().warmingUp()).isTrue();
    }

    /** A node that lost nothing itself serves nothing false either, when all start together and others have lost what they held. */
    @Test
    void withoutAMarker_whereAnotherHasLostItsData_listsAreHeldBackJustAsLong() {
        node.feed(new Input.View<>(node.with(CoreFixture.PEER)));
        node.feed(new Input.Start<>(false));
        node.feed(received(new SnapshotNotReady<>(1, 15_000)));
        assertThat(node.core.counts().loaded()).isTrue();
        assertThat(node.core.counts().warmingUp()).isTrue();
        node.pass(14_900);
        assertThat(node.core.counts().warmingUp()).isTrue();
        node.pass(200);
        assertThat(node.core.counts().warmingUp()).isFalse();
    }

    @Test
    void whoHasLostItsData_saysSo_toWhomItHasNothingToGiveTo() {
        node.feed(new Input.View<>(node.with(CoreFixture.PEER)));
        node.feed(new Input.Start<>(true));
        List<Message<String>> answers = node.feed(received(new SnapshotRequest<>(7, Optional.empty()))).sends().stream()
                .map(Send::message)
                .toList();
        assertThat(answers).contains(new SnapshotNotReady<>(7, 15_000));
    }

    /** A member that came back loaded a moment before the load wait ended is asked first; one that never answers keeps nobody from serving. */
    @Test
    void aLoadedMemberThatDoesNotAnswer_isWaitedForThreeTimesAsLong() {
        node.feed(new Input.View<>(node.with(CoreFixture.PEER)));
        node.feed(new Input.Start<>(false));
        node.pass(29_900);
        assertThat(node.core.counts().loaded()).isFalse();
        node.pass(2_000);
        assertThat(node.core.counts().loaded()).isTrue();
    }

    /** Its source has lost data, gave a part of the rest, and died: the part is short for the same reason. */
    @Test
    void aPartOfASnapshot_ofOneThatWarmsUp_isAsShortAsTheWhole() {
        node.feed(new Input.View<>(node.with(CoreFixture.PEER)));
        node.feed(new Input.Start<>(false));
        node.feed(received(
                new SnapshotChunk<>(1, Optional.empty(), Optional.of(new Cursor(5, 5)), 2, 15_000, List.of())));
        node.pass(31_000);

        assertThat(node.core.counts().loaded()).isTrue();
        assertThat(node.core.counts().warmingUp()).isTrue();
    }

    private static Input<String> received(Message<String> message) {
        return new Input.Received<>(CoreFixture.PEER, 0, message);
    }
}
