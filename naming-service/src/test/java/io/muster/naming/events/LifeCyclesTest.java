package io.muster.naming.events;

import static io.muster.naming.registry.RegistryFixture.ALICE;
import static io.muster.naming.registry.RegistryFixture.FIRST;
import static io.muster.naming.registry.RegistryFixture.ORDERS;
import static io.muster.naming.registry.RegistryFixture.SECOND;
import static io.muster.naming.registry.RegistryFixture.await;
import static io.muster.naming.registry.RegistryFixture.ephemeralKey;
import static io.muster.naming.registry.RegistryFixture.metadata;
import static io.muster.naming.registry.RegistryFixture.overlayKey;
import static io.muster.naming.registry.RegistryFixture.persistentKey;
import static org.assertj.core.api.Assertions.assertThat;

import io.muster.consistency.Change;
import io.muster.consistency.ChangeEvent;
import io.muster.consistency.Datum;
import io.muster.consistency.Key;
import io.muster.consistency.Lease;
import io.muster.consistency.Mark;
import io.muster.consistency.Origin;
import io.muster.consistency.Removal;
import io.muster.consistency.Version;
import io.muster.naming.events.ServiceEvent.Cause;
import io.muster.naming.events.ServiceEvent.Kind;
import io.muster.naming.model.Health;
import io.muster.naming.model.Instance;
import io.muster.naming.model.Keys;
import io.muster.naming.model.MetadataEdit;
import io.muster.naming.model.Overlay;
import io.muster.naming.model.RegistryRecord;
import io.muster.naming.model.ServiceDefinition;
import io.muster.naming.model.WordStamp;
import io.muster.naming.registry.RegistryFixture;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** X21: which steps in the life of an instance are told, and with which cause. */
class LifeCyclesTest {

    private static final String BY = "00000000000000010000000000000002";

    private final RegistryFixture fixture = new RegistryFixture();

    private List<ServiceEvent> events() {
        return fixture.registry.events().after(ORDERS.keyGroup(), 0).events();
    }

    private ServiceEvent last() {
        List<ServiceEvent> all = events();
        return all.get(all.size() - 1);
    }

    private void store(Key key, RegistryRecord value) {
        fixture.consistency.arrives(key, value);
    }

    private static void assertStep(ServiceEvent event, Kind kind, Cause cause) {
        assertThat(event.kind()).isEqualTo(kind);
        assertThat(event.cause()).isEqualTo(cause);
    }

    @Test
    void ephemeral_registered_andRegisteredAnewAlike_isOneEvent() {
        fixture.register(FIRST);
        fixture.register(FIRST);

        assertThat(events()).hasSize(1);
        assertStep(last(), Kind.REGISTERED, Cause.CLIENT);
        assertThat(last().instance()).isEqualTo(FIRST.toString());
        assertThat(last().keyGroup()).isEqualTo(ORDERS.keyGroup());
        assertThat(last().ephemeral()).isTrue();
        assertThat(last().wallMillis()).isEqualTo(fixture.nowMillis);
    }

    @Test
    void changed_saysWhatDiffers() {
        fixture.register(Instance.ephemeral(FIRST).withMetadata(metadata("zone", "a")));
        store(
                ephemeralKey(FIRST),
                Instance.ephemeral(FIRST).withWeight(5).withEnabled(false).withMetadata(metadata("zone", "b")));

        assertStep(last(), Kind.CHANGED, Cause.REQUEST);
        assertThat(last().detail()).isEqualTo("weight 1.0 -> 5.0, enabled true -> false, metadata zone=a -> b");
    }

    @Test
    void changed_isOneBoundedLine() {
        fixture.register(FIRST);
        store(ephemeralKey(FIRST), Instance.ephemeral(FIRST).withMetadata(metadata("k", "x".repeat(1_000))));

        assertThat(last().detail()).startsWith("metadata +k=xxx").hasSize(Differences.CHARS_MAX + 1);
    }

    @Test
    void session_thatIsNotRenewed_andComesBack_isTold() {
        fixture.register(FIRST);
        fixture.consistency.mark(ephemeralKey(FIRST), Mark.UNHEALTHY);
        assertStep(last(), Kind.UNHEALTHY, Cause.SESSION);
        fixture.consistency.mark(ephemeralKey(FIRST), Mark.UNHEALTHY);
        assertThat(events()).as("told once").hasSize(2);

        fixture.consistency.mark(ephemeralKey(FIRST), Mark.HEALTHY);
        assertStep(last(), Kind.HEALTHY, Cause.SESSION);
    }

    @Test
    void removed_bearsItsCause_andTheMemberThatDecidedIt() {
        fixture.register(FIRST);
        fixture.register(SECOND);
        await(fixture.registry.registrations().deregister(ORDERS, FIRST, true, ALICE));
        assertStep(last(), Kind.REMOVED, Cause.CLIENT);
        assertThat(last().by()).isEqualTo(BY);

        fixture.consistency.expire(ephemeralKey(SECOND));
        assertStep(last(), Kind.REMOVED, Cause.EXPIRED);
        assertThat(last().instance()).isEqualTo(SECOND.toString());
        assertThat(last().by()).isEqualTo(BY);
    }

    @Test
    void removed_byOperatorOrHousekeeping_isToldAsThat() {
        for (Removal cause : List.of(Removal.OPERATOR, Removal.HOUSEKEEPING, Removal.WHILE_AWAY)) {
            fixture.register(Instance.of(FIRST, false));
            await(fixture.consistency.apply(List.of(Change.remove(persistentKey(FIRST), cause))));
            assertStep(last(), Kind.REMOVED, Cause.valueOf(cause.name()));
            assertThat(last().ephemeral()).isFalse();
            assertThat(last().by()).isEqualTo(cause == Removal.WHILE_AWAY ? "" : BY);
        }
    }

    @Test
    void persistent_isWrittenByRequest_andItsHealthAsWell() {
        fixture.register(Instance.of(FIRST, false));
        assertStep(last(), Kind.REGISTERED, Cause.REQUEST);
        store(persistentKey(FIRST), Instance.of(FIRST, false).withHealthy(false));
        assertStep(last(), Kind.UNHEALTHY, Cause.REQUEST);
        store(persistentKey(FIRST), Instance.of(FIRST, false));
        assertStep(last(), Kind.HEALTHY, Cause.REQUEST);
    }

    @Test
    void overlay_isToldField_byField_andItsRemoval() {
        fixture.register(FIRST);
        Overlay overlay =
                new Overlay(Optional.of(5.0), Optional.of(false), Optional.of(MetadataEdit.put(metadata("zone", "b"))));
        store(overlayKey(FIRST), overlay);
        assertStep(last(), Kind.OVERLAID, Cause.OPERATOR);
        assertThat(last().instance()).isEqualTo(FIRST.toString());
        assertThat(last().ephemeral()).isTrue();
        assertThat(last().detail()).isEqualTo("weight 5.0, enabled false, metadata +zone=b");

        int before = events().size();
        store(overlayKey(FIRST), overlay);
        assertThat(events()).as("the same again").hasSize(before);

        await(fixture.consistency.apply(List.of(Change.remove(overlayKey(FIRST), Removal.HOUSEKEEPING))));
        assertStep(last(), Kind.OVERLAY_REMOVED, Cause.HOUSEKEEPING);
    }

    /** What took the word back stays for a while, as an empty overlay: neither it nor its end is an overlay for people. */
    @Test
    void overlay_takenBackWhileItsInstanceIsGone_isToldOnce() {
        fixture.register(SECOND);
        store(overlayKey(FIRST), new Overlay(Optional.of(5.0), Optional.empty(), Optional.empty()));
        assertStep(last(), Kind.OVERLAID, Cause.OPERATOR);

        await(fixture.registry.edits().removeOverlay(RegistryFixture.ORDERS, FIRST, RegistryFixture.ALICE));
        assertStep(last(), Kind.OVERLAY_REMOVED, Cause.OPERATOR);

        int before = events().size();
        await(fixture.consistency.apply(List.of(Change.remove(overlayKey(FIRST), Removal.HOUSEKEEPING))));
        assertThat(events()).hasSize(before);
    }

    /** A word travels with the record until it is stored: it is told once, whichever of the two arrives first. */
    @Test
    void word_andTheOverlayThatHoldsIt_areOneEvent() {
        fixture.register(FIRST);
        Overlay word =
                new Overlay(Optional.of(5.0), Optional.empty(), Optional.empty()).saidAs(new WordStamp(1, 17, "alice"));
        store(ephemeralKey(FIRST), Instance.ephemeral(FIRST).withWord(Optional.of(word)));
        assertStep(last(), Kind.OVERLAID, Cause.OPERATOR);
        assertThat(last().detail()).isEqualTo("weight 5.0");
        store(overlayKey(FIRST), word);
        store(ephemeralKey(FIRST), Instance.ephemeral(FIRST));
        assertThat(events()).hasSize(2);

        fixture.register(SECOND);
        store(overlayKey(SECOND), word);
        int before = events().size();
        store(ephemeralKey(SECOND), Instance.ephemeral(SECOND).withWord(Optional.of(word)));
        assertThat(events()).as("the overlay was first").hasSize(before);
    }

    @Test
    void word_thatTakesBack_andTheRemovalOfTheOverlay_areOneEvent() {
        fixture.register(FIRST);
        store(
                overlayKey(FIRST),
                new Overlay(Optional.of(5.0), Optional.empty(), Optional.empty())
                        .saidAs(new WordStamp(1, 17, "alice")));
        store(
                ephemeralKey(FIRST),
                Instance.ephemeral(FIRST).withWord(Optional.of(Overlay.reset().saidAs(new WordStamp(2, 18, "alice")))));
        assertStep(last(), Kind.OVERLAY_REMOVED, Cause.OPERATOR);
        int before = events().size();
        await(fixture.consistency.apply(List.of(Change.remove(overlayKey(FIRST), Removal.OPERATOR))));
        assertThat(events()).hasSize(before);
    }

    private static Overlay said(long number, Overlay fields) {
        return fields.saidAs(new WordStamp(number, 17, "alice"));
    }

    private static final Overlay WEIGHT_5 = new Overlay(Optional.of(5.0), Optional.empty(), Optional.empty());
    private static final Overlay DISABLED = new Overlay(Optional.empty(), Optional.of(false), Optional.empty());
    private static final Overlay ZONE_B = Overlay.ofMetadata(MetadataEdit.put(metadata("zone", "b")));

    private static Instance bearing(Overlay word) {
        return Instance.ephemeral(FIRST).withWord(Optional.of(word));
    }

    private List<String> told() {
        return events().stream()
                .filter(event -> event.kind() == Kind.OVERLAID || event.kind() == Kind.OVERLAY_REMOVED)
                .map(event -> event.kind() == Kind.OVERLAID ? event.detail() : "removed")
                .toList();
    }

    /** What was said one after the other beyond a cut arrives in one record. */
    @Test
    void wordsThatArriveAtOnce_areToldEach_inTheOrderInWhichTheyWereSaid() {
        fixture.register(FIRST);
        store(
                ephemeralKey(FIRST),
                bearing(said(7, ZONE_B).saidUpon(said(6, DISABLED).saidUpon(said(5, WEIGHT_5)))));

        assertThat(told()).containsExactly("weight 5.0", "enabled false", "metadata +zone=b");
        assertThat(events()).extracting(ServiceEvent::cause).endsWith(Cause.OPERATOR, Cause.OPERATOR, Cause.OPERATOR);
    }

    @Test
    void wordUponOneThatWasTold_isToldAlone() {
        fixture.register(FIRST);
        store(ephemeralKey(FIRST), bearing(said(5, WEIGHT_5)));
        store(ephemeralKey(FIRST), bearing(said(6, DISABLED).saidUpon(said(5, WEIGHT_5))));
        store(
                ephemeralKey(FIRST),
                bearing(said(8, WEIGHT_5).saidUpon(said(6, DISABLED).saidUpon(said(5, WEIGHT_5)))));

        assertThat(told()).containsExactly("weight 5.0", "enabled false", "weight 5.0");
    }

    /** What is stored of them was told, whichever engine was faster. */
    @Test
    void wordsThatArriveAtOnce_areNotToldAgain_whereTheOverlayHoldsThem() {
        fixture.register(FIRST);
        store(overlayKey(FIRST), said(6, DISABLED).saidUpon(said(5, WEIGHT_5)).stored());
        store(
                ephemeralKey(FIRST),
                bearing(said(7, ZONE_B).saidUpon(said(6, DISABLED).saidUpon(said(5, WEIGHT_5)))));

        assertThat(told()).containsExactly("weight 5.0, enabled false", "metadata +zone=b");
    }

    /** The overlay is all that was ever said: that is no news but for what came last. */
    @Test
    void overlay_thatGrows_isToldByWhatIsNewInIt() {
        fixture.register(FIRST);
        store(overlayKey(FIRST), said(5, WEIGHT_5));
        store(overlayKey(FIRST), said(6, WEIGHT_5.then(DISABLED)));
        store(ephemeralKey(FIRST), bearing(said(7, ZONE_B)));
        store(overlayKey(FIRST), said(7, WEIGHT_5.then(DISABLED).then(ZONE_B)));

        assertThat(told()).containsExactly("weight 5.0", "enabled false", "metadata +zone=b");
    }

    @Test
    void overlayOfMetadata_isToldKeyByKey() {
        fixture.register(FIRST);
        MetadataEdit first = MetadataEdit.put(metadata("zone", "b"));
        MetadataEdit second =
                first.then(MetadataEdit.put(metadata("site", "x"))).then(MetadataEdit.remove(List.of("zone")));
        MetadataEdit third = second.then(MetadataEdit.replace(metadata("rack", "7")));
        store(overlayKey(FIRST), said(5, Overlay.ofMetadata(first)));
        store(overlayKey(FIRST), said(6, Overlay.ofMetadata(second)));
        store(overlayKey(FIRST), said(7, Overlay.ofMetadata(third)));
        store(overlayKey(FIRST), said(8, Overlay.ofMetadata(third.then(MetadataEdit.put(metadata("site", "y"))))));

        assertThat(told())
                .containsExactly(
                        "metadata +zone=b",
                        "metadata +site=x, metadata -zone",
                        "metadata replaced, metadata +rack=7",
                        "metadata +site=y");
    }

    /** Where the earlier word was heard of, and the overlay is ahead of the later one. */
    @Test
    void overlay_thatHoldsMoreThanTheWordThatWasTold_isToldByTheRest() {
        fixture.register(FIRST);
        store(ephemeralKey(FIRST), bearing(said(5, WEIGHT_5)));
        store(overlayKey(FIRST), said(6, WEIGHT_5.then(DISABLED)));
        store(ephemeralKey(FIRST), bearing(said(6, DISABLED).saidUpon(said(5, WEIGHT_5))));

        assertThat(told()).containsExactly("weight 5.0", "enabled false");
    }

    /** A part of them is stored first, by whoever took them up. */
    @Test
    void overlay_thatHoldsAnEarlierOfTheWordsThatWereTold_isNoNews() {
        fixture.register(FIRST);
        store(ephemeralKey(FIRST), bearing(said(6, DISABLED).saidUpon(said(5, WEIGHT_5))));
        store(overlayKey(FIRST), said(5, WEIGHT_5));
        store(overlayKey(FIRST), said(6, WEIGHT_5.then(DISABLED)));

        assertThat(told()).containsExactly("weight 5.0", "enabled false");
    }

    @Test
    void overlay_thatLacksWhatItHeld_wasTakenBackInBetween() {
        fixture.register(FIRST);
        store(overlayKey(FIRST), said(5, WEIGHT_5.then(DISABLED)));
        store(overlayKey(FIRST), said(8, DISABLED.then(ZONE_B)));

        assertThat(told()).containsExactly("weight 5.0, enabled false", "removed", "enabled false, metadata +zone=b");
    }

    @Test
    void wordUponOneThatTakesAllBack_isToldAfterIt() {
        fixture.register(FIRST);
        store(overlayKey(FIRST), said(5, WEIGHT_5));
        store(ephemeralKey(FIRST), bearing(said(7, DISABLED).saidUpon(said(6, Overlay.reset()))));
        store(overlayKey(FIRST), said(7, DISABLED));

        assertThat(told()).containsExactly("weight 5.0", "removed", "enabled false");
    }

    /** Registered and edited beyond a cut: what arrives is one record. */
    @Test
    void recordThatArrivesWithWords_isToldWithThem_andItsReturnWithoutThem() {
        store(ephemeralKey(FIRST), bearing(said(6, DISABLED).saidUpon(said(5, WEIGHT_5))));
        assertThat(events())
                .extracting(ServiceEvent::kind)
                .containsExactly(Kind.REGISTERED, Kind.OVERLAID, Kind.OVERLAID);

        fixture.consistency.expire(ephemeralKey(FIRST));
        fixture.register(FIRST);
        assertThat(told()).containsExactly("weight 5.0", "enabled false");
    }

    /** R72: what the server found out, and that it holds no longer. */
    @Test
    void verdict_isTold_whenItChangesWhatReadersSee() {
        Key verdict = Keys.health(ORDERS.keyGroup(), FIRST);
        fixture.register(Instance.of(FIRST, false));
        store(verdict, new Health(false, "refused", 17));
        assertStep(last(), Kind.UNHEALTHY, Cause.HEALTH_CHECK);
        assertThat(last().detail()).isEqualTo("refused");
        assertThat(last().ephemeral()).isFalse();
        assertThat(last().instance()).isEqualTo(FIRST.toString());

        int before = events().size();
        store(verdict, new Health(false, "timeout", 18));
        assertThat(events()).as("another reason for the same").hasSize(before);

        await(fixture.consistency.apply(List.of(Change.remove(verdict, Removal.HOUSEKEEPING))));
        assertStep(last(), Kind.HEALTHY, Cause.HEALTH_CHECK);
        assertThat(last().detail()).isEqualTo("as registered");
    }

    @Test
    void verdict_onAnInstanceThatIsGone_isNoEvent() {
        Key verdict = Keys.health(ORDERS.keyGroup(), FIRST);
        store(verdict, new Health(false, "refused", 17));
        await(fixture.consistency.apply(List.of(Change.remove(verdict, Removal.HOUSEKEEPING))));
        assertThat(events()).isEmpty();
    }

    /** What comes and goes in one batch is two steps of one life. */
    @Test
    void batch_isReadInOrder() {
        Lease lease = new Lease(15_000, 30_000);
        await(fixture.consistency.apply(List.of(
                Change.put(ephemeralKey(FIRST), Instance.ephemeral(FIRST), lease),
                Change.put(ephemeralKey(FIRST), Instance.ephemeral(FIRST).withWeight(2), lease),
                Change.remove(ephemeralKey(FIRST), Removal.CLIENT))));

        assertThat(events())
                .extracting(ServiceEvent::kind)
                .containsExactly(Kind.REGISTERED, Kind.CHANGED, Kind.REMOVED);
    }

    @Test
    void definitions_areNoInstancesLives() {
        await(fixture.registry.services().create(ORDERS, ServiceDefinition.DEFAULT, ALICE));
        assertThat(events()).isEmpty();
    }

    /** A restart tells nothing anew: what an engine restores happened earlier. */
    @Test
    void whatAnEngineRestores_isNoEvent() {
        ServiceEvents events = new ServiceEvents(() -> 17);
        boolean[] restored = {false};
        LifeCycles lifeCycles = new LifeCycles(
                key -> Optional.empty(), key -> Optional.empty(), mode -> restored[0], events, new EventLog(() -> 17));
        Datum<RegistryRecord> datum = new Datum<>(
                ephemeralKey(FIRST),
                new Version.Hybrid(1, new Origin(1, 2, 3)),
                Mark.HEALTHY,
                Instance.ephemeral(FIRST));
        lifeCycles.changing(List.of(new ChangeEvent.Stored<>(datum)));
        assertThat(events.after(ORDERS.keyGroup(), 0).lastId()).isZero();

        restored[0] = true;
        lifeCycles.changing(List.of(new ChangeEvent.Stored<>(datum)));
        assertThat(events.after(ORDERS.keyGroup(), 0).lastId()).isEqualTo(1);

        restored[0] = false;
        lifeCycles.changing(List.of(new ChangeEvent.Stored<>(datum)));
        assertThat(events.after(ORDERS.keyGroup(), 0).lastId())
                .as("not ready again for a while: what happens then is told")
                .isEqualTo(2);
    }
}
