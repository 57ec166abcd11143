package io.muster.naming.registry;

import static io.muster.naming.registry.RegistryFixture.ALICE;
import static io.muster.naming.registry.RegistryFixture.FIRST;
import static io.muster.naming.registry.RegistryFixture.ORDERS;
import static io.muster.naming.registry.RegistryFixture.SECOND;
import static io.muster.naming.registry.RegistryFixture.await;
import static io.muster.naming.registry.RegistryFixture.ephemeralKey;
import static io.muster.naming.registry.RegistryFixture.metadata;
import static io.muster.naming.registry.RegistryFixture.overlayKey;
import static org.assertj.core.api.Assertions.assertThat;

import io.muster.consistency.ConsistencyException;
import io.muster.consistency.Key;
import io.muster.consistency.Mode;
import io.muster.naming.model.Instance;
import io.muster.naming.model.InstanceKey;
import io.muster.naming.model.InstancePatch;
import io.muster.naming.model.Metadata;
import io.muster.naming.model.MetadataEdit;
import io.muster.naming.model.Overlay;
import io.muster.naming.model.WordStamp;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** What operators said without a leader is shown, travels with the record, and is stored when there is one again (X12). */
class PendingWordsTest {

    private static final Duration TWO_ROUNDS = Duration.ofMillis(2 * PendingWords.EVERY_MILLIS + 100);

    private final RegistryFixture fixture = new RegistryFixture();

    private static ConsistencyException noLeader() {
        return new ConsistencyException.NoLeader("no leader");
    }

    private OverlayOutcome weight(InstanceKey instance, double weight) {
        return await(fixture.registry.edits().patch(ORDERS, instance, patch(Optional.of(weight)), ALICE));
    }

    private static InstancePatch patch(Optional<Double> weight) {
        return new InstancePatch(weight, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    private void losesItsLeader() {
        fixture.consistency.failWrites(Mode.PERSISTENT, noLeader());
    }

    private void findsALeader() {
        fixture.consistency.heal(Mode.PERSISTENT);
    }

    private double shownWeight() {
        return fixture.view(FIRST).shown().weight();
    }

    private Optional<Double> storedWeight() {
        return fixture.consistency.get(overlayKey(FIRST)).flatMap(datum -> ((Overlay) datum.value()).weight());
    }

    @Test
    void word_isStoredWhenALeaderIsThere() {
        fixture.register(FIRST);
        losesItsLeader();
        assertThat(weight(FIRST, 5)).isEqualTo(OverlayOutcome.PENDING);
        fixture.pass(Duration.ofMinutes(1));
        assertThat(fixture.registry.index().pendingWordCount()).isEqualTo(1);

        findsALeader();
        fixture.pass(TWO_ROUNDS);

        assertThat(storedWeight()).contains(5.0);
        assertThat(shownWeight()).isEqualTo(5);
        assertThat(fixture.view(FIRST).pendingOverlay()).isEmpty();
        assertThat(fixture.registry.index().pendingWordCount()).isZero();
    }

    /** It was taken by a node that nobody heard of it from, and the instance is gone since, or was registered anew elsewhere. */
    @Test
    void word_thatTravelsNoMore_isStoredByWhoeverKnowsIt() {
        fixture.register(FIRST);
        losesItsLeader();
        weight(FIRST, 5);
        fixture.onDuty = false;
        findsALeader();
        fixture.pass(TWO_ROUNDS);
        assertThat(storedWeight())
                .as("its record bears it to the member on duty")
                .isEmpty();

        fixture.consistency.arrives(
                ephemeralKey(FIRST), Instance.ephemeral(FIRST).withWeight(3));
        fixture.pass(TWO_ROUNDS);
        assertThat(storedWeight()).contains(5.0);
        assertThat(fixture.registry.index().pendingWordCount()).isZero();

        fixture.onDuty = true;
        fixture.register(SECOND);
        losesItsLeader();
        weight(SECOND, 6);
        fixture.onDuty = false;
        fixture.consistency.expire(ephemeralKey(SECOND));
        findsALeader();
        fixture.pass(TWO_ROUNDS);
        assertThat(fixture.registry.index().pendingWordCount())
                .as("of one that is gone")
                .isZero();
    }

    /** Nothing is written for words that are stored: the rounds cost nothing then. */
    @Test
    void rounds_writeNothing_whereNothingIsPending() {
        fixture.register(FIRST);
        weight(FIRST, 5);
        int before = fixture.consistency.appliedCount();

        fixture.pass(Duration.ofMinutes(10));

        assertThat(fixture.consistency.appliedCount()).isEqualTo(before);
    }

    @Test
    void word_survivesReRegistration_deregistrationAndExpiry() {
        fixture.register(FIRST);
        losesItsLeader();
        weight(FIRST, 5);

        fixture.register(Instance.ephemeral(FIRST).withWeight(8));
        assertThat(shownWeight()).as("a POST").isEqualTo(5);

        await(fixture.registry.registrations().deregister(ORDERS, FIRST, true, ALICE));
        fixture.register(Instance.ephemeral(FIRST).withWeight(9));
        assertThat(shownWeight()).as("a restart of the client").isEqualTo(5);

        fixture.consistency.expire(ephemeralKey(FIRST));
        fixture.consistency.forget(ephemeralKey(FIRST));
        await(fixture.registry
                .registrations()
                .beat(ORDERS, FIRST, Optional.of(Instance.ephemeral(FIRST).withWeight(7)), ALICE));
        assertThat(shownWeight()).as("a full beat of one that had expired").isEqualTo(5);

        findsALeader();
        fixture.pass(TWO_ROUNDS);
        assertThat(storedWeight()).contains(5.0);
    }

    /** A registration that was sent from a node that had not heard the word yet must not take it away. */
    @Test
    void word_thatArrivesDuringARegistration_isKept() {
        fixture.register(FIRST);
        losesItsLeader();
        Overlay word =
                new Overlay(Optional.of(5.0), Optional.empty(), Optional.empty()).saidAs(new WordStamp(9, 9, "bob"));
        fixture.consistency.beforeNextApply(() -> fixture.consistency.arrives(
                ephemeralKey(FIRST), Instance.ephemeral(FIRST).withWord(Optional.of(word))));

        CompletionStage<Void> registered = fixture.registry
                .registrations()
                .register(ORDERS, Instance.ephemeral(FIRST).withWeight(8), ALICE);
        fixture.runTimers();

        assertThat(registered.toCompletableFuture()).isCompleted();
        assertThat(fixture.view(FIRST).registered().weight()).isEqualTo(8);
        assertThat(fixture.view(FIRST).registered().word()).contains(word);
        assertThat(shownWeight()).isEqualTo(5);
    }

    /** A round during which the engine can't be read is not the last one. */
    @Test
    void word_isStored_afterReadsWereStoppedForAWhile() {
        fixture.register(FIRST);
        fixture.consistency.failReads(Mode.PERSISTENT, new ConsistencyException.NotReady("reads stopped"));
        assertThat(weight(FIRST, 5)).isEqualTo(OverlayOutcome.PENDING);
        fixture.pass(Duration.ofMinutes(1));

        findsALeader();
        fixture.pass(TWO_ROUNDS);

        assertThat(storedWeight()).contains(5.0);
    }

    /** The node that took the word may be dead: whoever is responsible finds it in the record. */
    @Test
    void word_ofAnotherNode_isStoredByWhoeverIsResponsible() {
        fixture.onDuty = false;
        Overlay word =
                new Overlay(Optional.of(5.0), Optional.empty(), Optional.empty()).saidAs(new WordStamp(9, 9, "bob"));
        fixture.consistency.arrives(
                ephemeralKey(FIRST), Instance.ephemeral(FIRST).withWord(Optional.of(word)));

        fixture.pass(Duration.ofMinutes(1));
        assertThat(storedWeight()).as("it is another's duty").isEmpty();

        fixture.onDuty = true;
        fixture.pass(TWO_ROUNDS);
        assertThat(fixture.consistency.value(overlayKey(FIRST))).isEqualTo(word);
    }

    /** Whoever accepted a word is still writing it: nobody else hurries. */
    @Test
    void word_isLeftAloneForARound() {
        fixture.consistency.arrives(
                ephemeralKey(FIRST),
                Instance.ephemeral(FIRST)
                        .withWord(Optional.of(new Overlay(Optional.of(5.0), Optional.empty(), Optional.empty())
                                .saidAs(new WordStamp(9, 9, "bob")))));

        fixture.pass(Duration.ofMillis(PendingWords.EVERY_MILLIS));
        assertThat(storedWeight()).isEmpty();

        fixture.pass(TWO_ROUNDS);
        assertThat(storedWeight()).contains(5.0);
    }

    /** A write of a word may come late, after a later word was stored. */
    @Test
    void olderWord_neverOverwritesALaterOne() {
        fixture.register(FIRST);
        weight(FIRST, 5);
        weight(FIRST, 6);
        Overlay older =
                new Overlay(Optional.of(5.0), Optional.empty(), Optional.empty()).saidAs(new WordStamp(1, 1, "alice"));

        await(new Overlays(new ConditionalWrites(fixture.consistency, (delay, task) -> {}))
                .write(ephemeralKey(FIRST), older));

        assertThat(storedWeight()).contains(6.0);
    }

    /** A word that was being stored when it was taken back: what lands late is removed again. */
    @Test
    void word_storedAfterItWasTakenBack_goesAgain() {
        fixture.register(FIRST);
        losesItsLeader();
        weight(FIRST, 5);
        Overlay word = fixture.view(FIRST).registered().word().orElseThrow();
        assertThat(await(fixture.registry.edits().removeOverlay(ORDERS, FIRST, ALICE)))
                .isEqualTo(OverlayOutcome.PENDING);

        fixture.consistency.arrives(overlayKey(FIRST), word);
        assertThat(shownWeight()).as("at once").isEqualTo(1);
        findsALeader();
        fixture.pass(TWO_ROUNDS);

        assertThat(storedWeight()).isEmpty();
        assertThat(shownWeight()).isEqualTo(1);
    }

    @Test
    void words_saidOneAfterTheOther_areStoredAsOne() {
        fixture.register(Instance.ephemeral(FIRST).withMetadata(metadata("own", "1")));
        losesItsLeader();
        weight(FIRST, 5);
        weight(FIRST, 6);
        await(fixture.registry
                .metadataBatch()
                .edit(
                        ORDERS,
                        List.of(new MetadataBatch.Target(FIRST, true)),
                        MetadataEdit.put(metadata("zone", "a")),
                        ALICE));

        findsALeader();
        fixture.pass(TWO_ROUNDS);

        Overlay stored = (Overlay) fixture.consistency.value(overlayKey(FIRST));
        assertThat(stored.saidAs(WordStamp.NONE))
                .isEqualTo(new Overlay(
                        Optional.of(6.0), Optional.empty(), Optional.of(MetadataEdit.put(metadata("zone", "a")))));
        assertThat(fixture.view(FIRST).shown().metadata())
                .isEqualTo(metadata("own", "1").with(metadata("zone", "a")));
    }

    /** One word that can't be laid on what another node stored meanwhile must not hold up the others. */
    @Test
    void wordThatCanNotBeStored_holdsUpNoOther() {
        Key first = ephemeralKey(FIRST);
        Overlay tooMuch = Overlay.ofMetadata(MetadataEdit.put(entries("a")));
        fixture.consistency.arrives(
                overlayKey(FIRST),
                Overlay.ofMetadata(MetadataEdit.put(entries("b"))).saidAs(new WordStamp(1, 1, "bob")));
        fixture.consistency.arrives(
                first, Instance.ephemeral(FIRST).withWord(Optional.of(tooMuch.saidAs(new WordStamp(2, 2, "bob")))));
        losesItsLeader();
        fixture.register(SECOND);
        weight(SECOND, 5);
        findsALeader();

        fixture.pass(TWO_ROUNDS);

        assertThat(fixture.consistency.get(overlayKey(SECOND))).isPresent();
        assertThat(fixture.view(FIRST).shown().metadata().size())
                .as("readers can't help it")
                .isEqualTo(400);
    }

    private static Metadata entries(String prefix) {
        TreeMap<String, String> map = new TreeMap<>();
        for (int i = 0; i < 200; i++) {
            map.put(prefix + i, "");
        }
        return Metadata.of(map);
    }
}
