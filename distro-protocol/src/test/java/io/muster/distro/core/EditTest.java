package io.muster.distro.core;

import static io.muster.distro.core.CoreFixture.LEASE;
import static io.muster.distro.core.CoreFixture.key;
import static org.assertj.core.api.Assertions.assertThat;

import io.muster.consistency.Change;
import io.muster.consistency.Condition;
import io.muster.consistency.ConsistencyException.Conflict;
import io.muster.consistency.Datum;
import io.muster.consistency.Key;
import io.muster.consistency.Lease;
import io.muster.consistency.Mark;
import io.muster.consistency.Origin;
import io.muster.consistency.Version;
import io.muster.distro.core.DistroRecord.Held;
import io.muster.distro.core.Effects.Outcome;
import io.muster.distro.core.Effects.Send;
import io.muster.distro.core.Message.Forward;
import io.muster.distro.core.Message.Forwarded;
import io.muster.distro.core.Message.Result;
import io.muster.member.NodeId;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Puts that keep the session: somebody else than the client changed the value, and that is no sign of life (R45, X12). */
class EditTest {

    private static final NodeId PEER = CoreFixture.PEER;

    private final CoreFixture node = new CoreFixture();

    @AfterEach
    void coherent() {
        node.assertCoherent();
    }

    private Outcome<String> edit(String instance, String value) {
        return node.write(Change.edit(key(instance), value, LEASE, Condition.ALWAYS));
    }

    @Test
    void edit_replacesTheValueUnderAFreshVersion() {
        node.loaded();
        Datum<String> before = node.register("a");

        Datum<String> edited = edit("a", "edited").results().get(0).orElseThrow();

        assertThat(edited.value()).isEqualTo("edited");
        assertThat(edited.mark()).isEqualTo(Mark.HEALTHY);
        assertThat(edited.version()).isGreaterThan(before.version());
        assertThat(node.get("a")).contains(edited);
    }

    /** An operator's loop over an instance that is dead must not keep it listed. */
    @Test
    void edits_ofASilentInstance_delayNeitherItsMarkNorItsEnd() {
        node.loaded().register("a");

        long[] times = new long[2];
        long start = node.nowMillis();
        node.passWhile(40_000, () -> {
            edit("a", "edited at " + node.nowMillis());
            if (times[0] == 0 && node.markOf("a").equals(Optional.of(Mark.UNHEALTHY))) {
                times[0] = node.nowMillis() - start;
            }
            if (times[1] == 0 && node.get("a").isEmpty()) {
                times[1] = node.nowMillis() - start;
            }
        });

        assertThat(times[0]).as("unhealthy").isBetween(15_000L, 15_500L);
        assertThat(times[1]).as("removed").isBetween(30_000L, 31_500L);
    }

    @Test
    void edit_ofAnUnhealthyInstance_leavesItUnhealthy_andItsNextBeatRevivesItEdited() {
        node.loaded().register("a");
        node.pass(16_000);

        assertThat(edit("a", "edited").refusal()).isEmpty();
        assertThat(node.markOf("a")).contains(Mark.UNHEALTHY);

        node.beat("a");
        assertThat(node.get("a").orElseThrow().value()).isEqualTo("edited");
        assertThat(node.markOf("a")).contains(Mark.HEALTHY);
    }

    @Test
    void edit_ofWhatIsNotThereOrHasExpired_isAConflict() {
        node.loaded();
        assertThat(edit("never", "edited").refusal()).containsInstanceOf(Conflict.class);

        node.register("removed");
        node.deregister("removed");
        assertThat(edit("removed", "edited").refusal()).containsInstanceOf(Conflict.class);

        node.register("expired");
        node.pass(31_500);
        assertThat(node.get("expired")).isEmpty();
        assertThat(edit("expired", "edited").refusal()).containsInstanceOf(Conflict.class);
        assertThat(node.all()).isEmpty();
    }

    @Test
    void edit_ofAnotherVersionThanWanted_isAConflict() {
        node.loaded();
        Version first = node.register("a").version();
        node.register("a");

        assertThat(node.write(Change.edit(key("a"), "edited", LEASE, Condition.versionIs(first)))
                        .refusal())
                .containsInstanceOf(Conflict.class);
        assertThat(node.get("a").orElseThrow().value()).isEqualTo("v");
    }

    /** An operator's word on the timeouts holds from the edit on, counted from the last beat. */
    @Test
    void edit_ofTheLease_countsFromTheLastBeat() {
        node.loaded().register("a");
        node.pass(5_000);

        node.write(Change.edit(key("a"), "edited", new Lease(6_000, 8_000), Condition.ALWAYS));

        assertThat(node.millisUntilNot("a", Optional.of(Mark.HEALTHY))).isBetween(500L, 1_600L);
        assertThat(node.millisUntilNot("a", Optional.of(Mark.UNHEALTHY))).isBetween(1_500L, 3_600L);
    }

    // --- among members

    private void startWithPeer() {
        node.feed(new Input.View<>(node.with(PEER)));
        node.feed(new Input.Start<>(false));
        node.feed(new Input.Received<>(
                node.core.loadSource().orElseThrow(),
                0,
                new Message.SnapshotChunk<>(1, Optional.empty(), Optional.empty(), 0, 0, List.of())));
    }

    private Key keyOf(NodeId responsible) {
        return Stream.iterate(0, i -> i + 1)
                .map(i -> Key.ephemeral("public##DEFAULT_GROUP@@service-" + i, "10.0.0.1#8080"))
                .filter(key -> node.core.responsibility().memberFor(key.group()).equals(Optional.of(responsible)))
                .findFirst()
                .orElseThrow();
    }

    private static Held<String> held(Key key, long laterMillis, Mark mark, String value) {
        Version.Hybrid version = new Version.Hybrid((CoreFixture.WALL + laterMillis) << 16, new Origin(0, 2, 102));
        return new Held<>(new Datum<>(key, version, mark, value), LEASE);
    }

    private Datum<String> datum(Key key) {
        return node.core.records().get(key).orElseThrow();
    }

    /** The mark is refuted by whoever heard a beat lately, and the edit that came with it is not lost thereby. */
    @Test
    void editOfAnUnhealthyInstance_whoseBeatWasHeardHere_isTakenOverWithoutItsMark() {
        startWithPeer();
        Key key = keyOf(PEER);
        node.merge(List.of(held(key, 0, Mark.HEALTHY, "v")));
        node.pass(16_000);
        node.core.records().renew(key, node.nowMillis() * 1_000_000, revivals -> {});

        Held<String> edited = held(key, 16_000, Mark.UNHEALTHY, "edited");
        node.merge(List.of(edited));

        assertThat(datum(key).value()).isEqualTo("edited");
        assertThat(datum(key).mark()).isEqualTo(Mark.HEALTHY);
        assertThat(datum(key).version()).as("beats the mark wherever they meet").isGreaterThan(edited.version());
    }

    /** The member that passes an edit on has not heard the client by that. */
    @Test
    void edit_thatIsPassedOn_isNoSignOfLifeHereEither() {
        startWithPeer();
        Key key = keyOf(PEER);
        Held<String> registered = held(key, 0, Mark.HEALTHY, "v");
        node.merge(List.of(registered));
        node.pass(14_000);
        List<Send<String>> sends = node.feed(new Input.Write<>(
                        77, List.of(Change.edit(key, "edited", LEASE, Condition.versionIs(registered.version())))))
                .sends();
        Forward<String> forward = sends.stream()
                .map(Send::message)
                .filter(Forward.class::isInstance)
                .map(message -> (Forward<String>) message)
                .findFirst()
                .orElseThrow();

        node.feed(new Input.Received<>(
                PEER,
                0,
                new Forwarded<>(
                        forward.request(),
                        List.of(new Result<>(false, Optional.of(held(key, 14_000, Mark.HEALTHY, "edited")))))));
        assertThat(datum(key).value()).isEqualTo("edited");
        node.pass(2_000);
        Held<String> marked = held(key, 14_000, Mark.UNHEALTHY, "edited");
        node.feed(new Input.Received<>(
                PEER,
                0,
                new Message.DigestRoot<>(1, 0, node.core.responsibility().fingerprint())));
        node.feed(new Input.Received<>(PEER, 0, new Message.SyncBatch<>(5, List.of(marked), List.of())));

        assertThat(datum(key).mark()).as("nothing heard here contradicts it").isEqualTo(Mark.UNHEALTHY);
    }
}
