package io.muster.distro.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.consistency.ChangeEvent.Removed;
import io.muster.consistency.Condition;
import io.muster.consistency.ConsistencyException;
import io.muster.consistency.Datum;
import io.muster.consistency.Mark;
import io.muster.consistency.Origin;
import io.muster.consistency.Version;
import io.muster.distro.core.DistroRecord.Held;
import io.muster.distro.core.Effects.Send;
import io.muster.distro.core.Message.SnapshotChunk;
import io.muster.distro.core.Message.SnapshotRequest;
import io.muster.distro.core.Notice.LoadsAnew;
import io.muster.member.Member;
import io.muster.member.MemberState;
import io.muster.member.MemberView;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A node that was away for longer than half of what removals are remembered for (design §5, "Tombstones"; decision 0029): {@code NoResurrection}, X14.
 */
class LoadAnewTest {

    private static final long SIX_MINUTES = 360_000;
    private static final long OLDER = CoreFixture.WALL - 60_000;
    private static final long NEWER = CoreFixture.WALL + 3_600_000;

    private final CoreFixture node = new CoreFixture();

    @BeforeEach
    void start() {
        node.feed(new Input.View<>(node.with(CoreFixture.PEER)));
        node.feed(new Input.Start<>(false));
        node.feed(received(chunk(1, List.of())));
        assertThat(node.core.counts().loaded()).isTrue();
    }

    @AfterEach
    void coherent() {
        node.assertCoherent();
    }

    @Test
    void whatNobodyElseHolds_isBuried_soThatNoOlderCopyComesBack() {
        merged("a", CoreFixture.WALL);
        long load = sleep();
        node.feed(received(chunk(load, List.of())));
        assertThat(node.get("a")).isEmpty();
        assertThat(node.events).last().isInstanceOf(Removed.class);

        merged("a", OLDER);
        assertThat(node.get("a"))
                .as("a copy from a member that slept, too, and longer")
                .isEmpty();
        assertThat(node.core.counts().tombstones()).isEqualTo(1);
    }

    /** X10: the first thing that a node does after a long sleep may be a write that has waited: it is refused, and the engine goes on. */
    @Test
    void aWriteThatWaitedThroughTheSleep_isRefused() {
        node.standStill(SIX_MINUTES);
        Effects.Outcome<String> outcome = node.put("a", "v", Condition.ALWAYS);
        assertThat(outcome.refusal()).containsInstanceOf(ConsistencyException.NotReady.class);
        assertThat(node.core.counts().loaded()).isFalse();
        assertThat(node.get("a")).isEmpty();
    }

    /** It lay in buffers, or in a link that stood still: what it tells may have been removed since, and the tombstone be gone. The digests find what stands. */
    @Test
    void whatWasUnderWayForLong_isPassedOver_andItsSenderAskedForDigests() {
        long sentClock = node.clock();
        node.feed(received(chunk(sleep(), List.of())));
        node.pass(DistroCore.TICK_MILLIS, ticked -> {});

        node.feed(sync("a", sentClock));
        assertThat(node.get("a")).isEmpty();
        node.feed(sync("b", node.clock()));
        assertThat(node.get("b")).isPresent();
    }

    private static Input<String> sync(String id, long sentClock) {
        return new Input.Received<>(
                CoreFixture.PEER,
                sentClock,
                new Message.SyncBatch<>(1, List.of(held(id, CoreFixture.WALL)), List.of()));
    }

    @Test
    void whatNobodyElseHolds_comesBackWithASignOfLife() {
        merged("a", CoreFixture.WALL);
        node.feed(received(chunk(sleep(), List.of())));
        merged("a", NEWER);
        assertThat(node.markOf("a")).contains(Mark.HEALTHY);
    }

    @Test
    void whatTheOtherHolds_stays_whoeverHasTheNewerVersion() {
        merged("a", CoreFixture.WALL);
        merged("b", CoreFixture.WALL);
        node.feed(received(chunk(sleep(), List.of(held("a", OLDER), held("b", NEWER)))));
        assertThat(node.markOf("a")).contains(Mark.HEALTHY);
        assertThat(node.markOf("b")).contains(Mark.HEALTHY);
    }

    /** Of two members that were apart one ran on: it alone knows what went meanwhile, though it loads anew itself. */
    @Test
    void whoWasCutOffAndRanOn_tellsWhatItHolds_whileItLoadsAnew() {
        merged("a", CoreFixture.WALL);
        node.passWhile(SIX_MINUTES, () -> node.beat("a"));
        assertThat(askedForSnapshot(1))
                .as("who has just started waits for a member that has loaded")
                .isInstanceOf(Message.SnapshotNotReady.class);
        SnapshotChunk<String> answer = (SnapshotChunk<String>) askedForSnapshot(2);
        assertThat(node.notices).anyMatch(LoadsAnew.class::isInstance);
        assertThat(node.core.counts().loaded()).isFalse();
        assertThat(answer.records())
                .singleElement()
                .satisfies(told -> assertThat(told.key()).isEqualTo(CoreFixture.key("a")));
    }

    /** ID2: the process ran on and took beats while the core was held up, until they were refused (issue 5, "hung"). */
    @Test
    void whatWasHeardOfWhileTheCoreWasHeldUp_withinItsTimeout_isInNoDoubt() {
        merged("early", CoreFixture.WALL);
        merged("late", CoreFixture.WALL);
        merged("dead", CoreFixture.WALL);
        node.beat("dead");
        node.standStill(SIX_MINUTES - 60_000);
        node.core.records().renew(CoreFixture.key("early"), TimeUnit.MILLISECONDS.toNanos(node.nowMillis()), key -> {});
        node.standStill(40_000);
        node.core.records().renew(CoreFixture.key("late"), TimeUnit.MILLISECONDS.toNanos(node.nowMillis()), key -> {});
        node.standStill(20_000);
        long load = loadBegins();
        node.feed(received(chunk(load, List.of(expired("late", CoreFixture.WALL)))));
        assertThat(node.core.counts().loaded()).isTrue();
        assertThat(node.markOf("late")).contains(Mark.HEALTHY);
        assertThat(node.markOf("early")).as("heard of a minute ago").isEmpty();
        assertThat(node.markOf("dead")).as("heard of when the core was held up").isEmpty();
    }

    @Test
    void whoSlept_tellsNothing_whileItLoadsAnew() {
        merged("a", CoreFixture.WALL);
        sleep();
        assertThat(askedForSnapshot(2)).isInstanceOf(Message.SnapshotNotReady.class);
    }

    /** R50: after a cut between all members none of them would answer a reader, though each has run on. Who slept may show what is long gone. */
    @Test
    void whoRanOn_showsWhatItHolds_whileItLoadsAnew_andWhoSleptDoesNot() {
        merged("a", CoreFixture.WALL);
        node.passWhile(SIX_MINUTES, () -> node.beat("a"));
        node.feed(received(new SnapshotRequest<>(1, Optional.empty())));
        assertThat(node.core.counts().loaded()).isFalse();
        assertThat(node.core.counts().readable()).isTrue();

        node.pass(100);
        node.feed(received(chunk(2, List.of())));
        assertThat(node.core.counts().loaded()).isTrue();
        sleep();
        assertThat(node.core.counts().readable()).isFalse();
    }

    /** Each end of a cut finds the other again in its own time: what comes before that would find nobody to load from, and end the load with all doubts left. */
    @Test
    void aFrameOfAMemberThatDoesNotCountAsAliveYet_isNoSignToLoadAnew_butTheNextOneIs() {
        merged("a", CoreFixture.WALL);
        node.feed(new Input.View<>(otherIs(MemberState.DOWN)));
        node.pass(SIX_MINUTES);
        node.feed(received(new SnapshotRequest<>(1, Optional.empty())));
        assertThat(node.core.counts().loaded()).isTrue();
        assertThat(node.notices).noneMatch(LoadsAnew.class::isInstance);

        node.feed(new Input.View<>(otherIs(MemberState.UP)));
        node.feed(received(new SnapshotRequest<>(1, Optional.empty())));
        assertThat(node.notices).anyMatch(LoadsAnew.class::isInstance);
        assertThat(node.core.counts().loaded()).isFalse();
        node.pass(100);
        assertThat(node.core.loadSource()).contains(CoreFixture.PEER);
    }

    /** The others may hold it, and go on telling each other of it until all have heard that it went. */
    @Test
    void whatWasRemovedWhileNobodyWasHeardOf_isRememberedAsIfItHadGoneAtTheReturn() {
        node.feed(new Input.View<>(otherIs(MemberState.DOWN)));
        node.pass(60_000);
        node.deregister("a");
        node.pass(9 * 60_000);
        node.feed(new Input.View<>(otherIs(MemberState.UP)));
        node.feed(received(new SnapshotRequest<>(1, Optional.empty())));
        node.feed(received(chunk(loadBegins(), List.of())));
        assertThat(node.core.counts().loaded()).isTrue();

        node.pass(4 * 60_000);
        merged("a", OLDER);
        assertThat(node.get("a")).isEmpty();
    }

    private MemberView otherIs(MemberState state) {
        MemberView both = node.with(CoreFixture.PEER);
        Member other = both.members().get(1);
        return new MemberView(
                3,
                both.self(),
                List.of(
                        both.self(),
                        new Member(
                                other.address(),
                                other.nodeId(),
                                other.runId(),
                                state,
                                other.loaded(),
                                other.listsUs(),
                                other.reason(),
                                other.sinceWallMillis())));
    }

    private Message<String> askedForSnapshot(long load) {
        List<Message<String>> answers = new ArrayList<>();
        for (Send<String> send : node.feed(received(new SnapshotRequest<>(load, Optional.empty())))
                .sends()) {
            if (!(send.message() instanceof SnapshotRequest<String>)) {
                answers.add(send.message());
            }
        }
        assertThat(answers).hasSize(1);
        return answers.get(0);
    }

    /** Tells which load began then. */
    private long sleep() {
        node.standStill(SIX_MINUTES);
        return loadBegins();
    }

    private long loadBegins() {
        List<Send<String>> sends = node.feed(new Input.Tick<>()).sends();
        assertThat(node.core.counts().loaded()).isFalse();
        return sends.stream()
                .map(Send::message)
                .filter(SnapshotRequest.class::isInstance)
                .map(asked -> ((SnapshotRequest<String>) asked).load())
                .findFirst()
                .orElseThrow();
    }

    private void merged(String instance, long millis) {
        node.merge(List.of(held(instance, millis)));
    }

    private static DistroRecord<String> expired(String instance, long millis) {
        Version.Hybrid version = new Version.Hybrid(millis << 16, new Origin(77, 77, 1));
        return new Held<>(new Datum<>(CoreFixture.key(instance), version, Mark.EXPIRED, "v"), CoreFixture.LEASE);
    }

    private static DistroRecord<String> held(String instance, long millis) {
        Version.Hybrid version = new Version.Hybrid(millis << 16, new Origin(77, 77, 1));
        return new Held<>(new Datum<>(CoreFixture.key(instance), version, Mark.HEALTHY, "v"), CoreFixture.LEASE);
    }

    private static SnapshotChunk<String> chunk(long load, List<DistroRecord<String>> records) {
        return new SnapshotChunk<>(load, Optional.empty(), Optional.empty(), records.size(), 0, records);
    }

    private static Input<String> received(Message<String> message) {
        return new Input.Received<>(CoreFixture.PEER, 0, message);
    }
}
