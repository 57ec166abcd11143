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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
        Key mine = mine();
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

    /** Renewals go to the responsible member alone: what another knows when it is told is older, whether the ages come before the group or after. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void leaseAges_countWhateverWasKnownBefore(boolean toldFirst) {
        startWith(CoreFixture.PEER);
        Key theirs = keyOf(CoreFixture.PEER);
        node.merge(List.of(held(theirs)));
        node.pass(20_000);
        Input<String> told = new Input.Received<>(
                CoreFixture.PEER, 0, new LeaseAges<>(List.of(theirs.group()), List.of(new Aged(theirs, 4_000))));
        Input<String> left = new Input.View<>(node.withDown(CoreFixture.PEER));
        node.feed(toldFirst ? told : left);
        node.feed(toldFirst ? left : told);

        node.pass(10_900);
        assertThat(datum(theirs).mark()).isEqualTo(Mark.HEALTHY);
        node.pass(1_600);
        assertThat(datum(theirs).mark()).isEqualTo(Mark.UNHEALTHY);
    }

    /** A group that comes back: beats of its sessions went through other members to the one that had it, but for one that came here. */
    @Test
    void groupThatComesBack_grantsATimeoutToWhomThisNodeHeardMeanwhile() {
        startWith(CoreFixture.PEER);
        Key theirs = keyOf(CoreFixture.PEER);
        node.merge(List.of(held(theirs)));
        node.feed(new Input.View<>(node.withDown(CoreFixture.PEER)));
        node.pass(3_000);
        node.feed(new Input.View<>(node.with(CoreFixture.PEER)));
        node.pass(5_000);
        node.beat(theirs);
        node.pass(17_000);
        node.feed(new Input.View<>(node.withDown(CoreFixture.PEER)));

        node.pass(14_900);
        assertThat(datum(theirs).mark()).isEqualTo(Mark.HEALTHY);
        node.pass(1_600);
        assertThat(datum(theirs).mark()).isEqualTo(Mark.UNHEALTHY);
    }

    /** Whoever had the group meanwhile may have been as deaf: a member that comes and goes restarts no clock. */
    @Test
    void groupThatComesAndGoes_endsItsSilentSessionsAllTheSame() {
        startWith(CoreFixture.PEER);
        Key theirs = keyOf(CoreFixture.PEER);
        node.merge(List.of(held(theirs)));
        for (int turn = 0; turn < 3; turn++) {
            node.feed(new Input.View<>(node.withDown(CoreFixture.PEER)));
            node.pass(4_000);
            node.feed(new Input.View<>(node.with(CoreFixture.PEER)));
            node.pass(4_000);
        }
        node.feed(new Input.View<>(node.withDown(CoreFixture.PEER)));

        node.pass(2_900);
        assertThat(datum(theirs).mark()).isEqualTo(Mark.HEALTHY);
        node.pass(1_600);
        assertThat(datum(theirs).mark()).isEqualTo(Mark.UNHEALTHY);
    }

    /** Links are full when a cut ends: who does not answer in time is asked again, before a list lacks whom it hears. */
    @Test
    void memberThatHasJustReturned_isAskedUntilItAnswers_beforeAnythingIsMarked() {
        startWith(CoreFixture.PEER);
        Key mine = mine();
        node.merge(List.of(held(mine)));
        node.pass(5_000);
        node.feed(new Input.View<>(node.withDown(CoreFixture.PEER)));
        node.pass(8_000);
        node.feed(new Input.View<>(node.with(CoreFixture.PEER)));
        List<Send<String>> asked = new ArrayList<>();
        for (int tick = 0; tick < 45; tick++) {
            node.pass(DistroCore.TICK_MILLIS, effects -> asked.addAll(questions(effects)));
        }
        assertThat(datum(mine).mark()).isEqualTo(Mark.HEALTHY);
        assertThat(asked).extracting(Send::to).contains(CoreFixture.PEER).hasSizeGreaterThan(1);

        node.pass(9_000);
        assertThat(datum(mine).mark())
                .as("its client may have beaten there alone")
                .isEqualTo(Mark.HEALTHY);
        node.pass(3_000);
        assertThat(datum(mine).mark()).as("it hangs").isEqualTo(Mark.UNHEALTHY);
    }

    /** What it decided before it could ask everybody may still be on its way. */
    @Test
    void markOfAMemberThatHasJustReturned_isDoubted() {
        startWith(CoreFixture.PEER);
        Key theirs = keyOf(CoreFixture.PEER);
        node.merge(List.of(held(theirs)));
        node.feed(new Input.Received<>(
                CoreFixture.PEER,
                0,
                new Message.DigestRoot<>(1, 0, node.core.responsibility().fingerprint())));
        Held<String> standing = (Held<String>) held(theirs);
        Datum<String> marked = new Datum<>(
                theirs,
                standing.datum().version(),
                Mark.UNHEALTHY,
                standing.datum().value());
        Input<String> told = new Input.Received<>(
                CoreFixture.PEER,
                0,
                new Message.SyncBatch<>(1, List.of(new Held<>(marked, standing.lease())), List.of()));

        node.feed(new Input.View<>(node.withDown(CoreFixture.PEER)));
        node.feed(new Input.View<>(node.with(CoreFixture.PEER)));
        node.feed(new Input.Received<>(
                CoreFixture.PEER,
                0,
                new Message.DigestRoot<>(2, 0, node.core.responsibility().fingerprint())));
        node.feed(told);
        assertThat(datum(theirs).mark()).isEqualTo(Mark.HEALTHY);

        node.pass(6_000);
        node.feed(told);
        assertThat(datum(theirs).mark()).isEqualTo(Mark.UNHEALTHY);
    }

    /**
     * A cut heals while a question is under way: who comes back has heard the beats, and was not asked. Without asking anew the sessions of the other
     * side's clients would end at the very moment in which they are heard of again (X14).
     */
    @Test
    void memberThatComesAliveWhileOthersAreAsked_isAskedToo_beforeAnythingEnds() {
        startWith(CoreFixture.PEER);
        Key mine = mine();
        node.merge(List.of(held(mine)));
        List<Send<String>> asked = new ArrayList<>();
        while (asked.isEmpty() && node.nowMillis() < 60_000) {
            node.pass(DistroCore.TICK_MILLIS, effects -> asked.addAll(questions(effects)));
        }
        assertThat(asked).extracting(Send::to).containsExactly(CoreFixture.PEER);

        node.feed(new Input.View<>(node.with(CoreFixture.PEER, OTHERS[0])));
        List<Send<String>> askedAnew = questions(answer(CoreFixture.PEER, asked.get(0), Beats.UNHEARD));
        assertThat(node.core.records().get(mine)).as("has not ended").isPresent();
        assertThat(askedAnew).extracting(Send::to).containsExactlyInAnyOrder(CoreFixture.PEER, OTHERS[0]);

        answer(CoreFixture.PEER, askedAnew.get(0), Beats.UNHEARD);
        answer(OTHERS[0], askedAnew.get(0), 2_000L);
        assertThat(datum(mine).mark()).isEqualTo(Mark.HEALTHY);
    }

    private Effects<String> answer(NodeId from, Send<String> question, long ageMillis) {
        long round = ((AskBeats<String>) question.message()).round();
        return node.feed(new Input.Received<>(from, 0, new Beats<>(round, List.of(ageMillis))));
    }

    private static List<Send<String>> questions(Effects<String> effects) {
        return effects.sends().stream()
                .filter(send -> send.message() instanceof AskBeats)
                .toList();
    }

    /**
     * The responsible member asked this node, which has heard nothing, and ended the session. But it does not count a third as a member, as one does that comes
     * out of a cut and has not heard of it yet: so it has not asked that one, where the client's beats go (R53).
     */
    @Test
    void markOfAMemberThatMayCountOtherMembers_isPutInQuestion() {
        startWith(CoreFixture.PEER, OTHERS[0]);
        Key theirs = keyOf(CoreFixture.PEER);
        node.merge(List.of(held(theirs)));
        node.pass(40_000);
        Held<String> expired = expired(theirs);
        node.feed(new Input.Received<>(CoreFixture.PEER, 0, new AskBeats<>(1, Mark.HEALTHY, List.of(asked(theirs)))));

        List<Send<String>> asked = questions(node.feed(sync(expired)));
        assertThat(node.core.records().get(theirs)).as("still listed").isPresent();
        assertThat(asked).extracting(Send::to).contains(OTHERS[0]);
        answer(CoreFixture.PEER, asked.get(0), Beats.UNHEARD);
        answer(OTHERS[0], asked.get(0), 2_000L);
        assertThat(node.core.records().get(theirs)).as("its client beats").isPresent();
    }

    /** Who is busy with what a cut left behind answers late: silence is no denial. */
    @Test
    void markInQuestion_waitsForWhoDoesNotAnswer_untilItIsToldAgain() {
        startWith(CoreFixture.PEER, OTHERS[0]);
        Key theirs = keyOf(CoreFixture.PEER);
        node.merge(List.of(held(theirs)));
        node.pass(40_000);
        Held<String> expired = expired(theirs);

        List<Send<String>> asked = questions(node.feed(sync(expired)));
        answer(CoreFixture.PEER, asked.get(0), Beats.UNHEARD);
        node.pass(1_000);
        assertThat(node.core.records().get(theirs)).as("one has not answered").isPresent();

        List<Send<String>> askedAgain = questions(node.feed(sync(expired)));
        answer(CoreFixture.PEER, askedAgain.get(0), Beats.UNHEARD);
        answer(OTHERS[0], askedAgain.get(0), Beats.UNHEARD);
        assertThat(node.core.records().get(theirs)).as("nobody has heard of it").isEmpty();
    }

    @Test
    void markOfTheResponsibleMemberThatAsked_andCountsTheSameMembers_standsAtOnce() {
        startWith(CoreFixture.PEER, OTHERS[0]);
        Key theirs = keyOf(CoreFixture.PEER);
        node.merge(List.of(held(theirs)));
        node.pass(40_000);
        node.feed(new Input.Received<>(
                CoreFixture.PEER,
                0,
                new Message.DigestRoot<>(1, 0, node.core.responsibility().fingerprint())));
        node.feed(new Input.Received<>(CoreFixture.PEER, 0, new AskBeats<>(1, Mark.HEALTHY, List.of(asked(theirs)))));

        assertThat(questions(node.feed(sync(expired(theirs))))).isEmpty();
        assertThat(node.core.records().get(theirs)).isEmpty();
    }

    private Input.Received<String> sync(DistroRecord<String> record) {
        return new Input.Received<>(CoreFixture.PEER, 0, new Message.SyncBatch<>(1, List.of(record), List.of()));
    }

    private Asked asked(Key key) {
        return new Asked(key, (Version.Hybrid) datum(key).version());
    }

    private static Held<String> expired(Key key) {
        Datum<String> datum = ((Held<String>) held(key)).datum();
        return new Held<>(new Datum<>(key, datum.version(), Mark.EXPIRED, datum.value()), CoreFixture.LEASE);
    }

    private Key mine() {
        return keyOf(node.self);
    }

    private Key keyOf(NodeId member) {
        return Stream.iterate(0, i -> i + 1)
                .map(ClusterSessionTest::key)
                .filter(key -> node.core.responsibility().memberFor(key.group()).equals(Optional.of(member)))
                .findFirst()
                .orElseThrow();
    }

    private Datum<String> datum(Key key) {
        return node.core.records().get(key).orElseThrow();
    }
}
