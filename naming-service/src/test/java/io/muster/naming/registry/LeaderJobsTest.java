package io.muster.naming.registry;

import static io.muster.naming.registry.RegistryFixture.ALICE;
import static io.muster.naming.registry.RegistryFixture.FIRST;
import static io.muster.naming.registry.RegistryFixture.ORDERS;
import static io.muster.naming.registry.RegistryFixture.SECOND;
import static io.muster.naming.registry.RegistryFixture.await;
import static io.muster.naming.registry.RegistryFixture.ephemeralKey;
import static io.muster.naming.registry.RegistryFixture.overlayKey;
import static org.assertj.core.api.Assertions.assertThat;

import io.muster.consistency.ChangeEvent;
import io.muster.consistency.ConsistencyException;
import io.muster.consistency.Interest;
import io.muster.consistency.Key;
import io.muster.consistency.Mark;
import io.muster.consistency.Mode;
import io.muster.consistency.Removal;
import io.muster.naming.model.ClusterDefinition;
import io.muster.naming.model.Instance;
import io.muster.naming.model.InstanceKey;
import io.muster.naming.model.InstancePatch;
import io.muster.naming.model.Keys;
import io.muster.naming.model.Overlay;
import io.muster.naming.model.ServiceDefinition;
import io.muster.naming.model.ServiceName;
import io.muster.naming.model.WordStamp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the leader alone does, and what it must leave alone (R30, X19). */
class LeaderJobsTest {

    private static final Duration WEEK = Duration.ofDays(7);

    /** From the moment when an instance is missed to its note, and from the age limit to the removal. */
    private static final Duration LEASE_MAX =
            Duration.ofMillis(RegistrySettings.STANDARD.heartbeat().leaseMaxMillis());

    private static final Duration LATENESS = OverlayAgeing.GRACE.plusMinutes(2);

    private static final Key CLUSTER = Keys.cluster(ORDERS.keyGroup(), "blue");

    private final RegistryFixture fixture = new RegistryFixture();
    private final List<ChangeEvent.Removed<?>> removals = new ArrayList<>();

    @BeforeEach
    void hearRemovals() {
        fixture.consistency.listen(
                Interest.all(Mode.PERSISTENT),
                events -> events.forEach(event -> {
                    if (event instanceof ChangeEvent.Removed<?> removed) {
                        removals.add(removed);
                    }
                }));
    }

    private void overlayOfAGoneInstance() {
        fixture.register(FIRST);
        InstancePatch patch = new InstancePatch(
                Optional.of(5.0), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
        await(fixture.registry.edits().patch(ORDERS, FIRST, patch, ALICE));
        fixture.consistency.expire(ephemeralKey(FIRST));
    }

    private boolean overlayStands() {
        return fixture.consistency.get(overlayKey(FIRST)).isPresent();
    }

    private long absentSince() {
        return ((Overlay) fixture.consistency.value(overlayKey(FIRST))).absentSinceWallMillis();
    }

    // --- leadership

    @Test
    void jobs_runWhileThisNodeLeads_only() {
        overlayOfAGoneInstance();
        fixture.pass(WEEK.multipliedBy(2));
        assertThat(absentSince()).as("it led never").isZero();

        fixture.leads(true);
        fixture.pass(Duration.ofMinutes(5));
        fixture.leads(false);
        fixture.pass(WEEK.multipliedBy(2));
        assertThat(absentSince()).as("it led for too short").isZero();

        fixture.leads(true);
        fixture.pass(LATENESS);
        assertThat(absentSince()).isPositive();
        fixture.registry.close();
        fixture.pass(WEEK.multipliedBy(2));
        assertThat(overlayStands()).as("it is closed").isTrue();
    }

    /** An end and a begin at once must not leave the jobs of before running beside the new ones. */
    @Test
    void jobs_ofAnEarlierTerm_neverComeBack() {
        overlayOfAGoneInstance();
        for (int i = 0; i < 20; i++) {
            fixture.leads(true);
            fixture.pass(Duration.ofSeconds(70));
            fixture.leads(false);
        }
        assertThat(absentSince())
                .as("none of them has missed the instance for long enough")
                .isZero();
    }

    // --- overlays of instances that are gone

    @Test
    void overlay_ofAnInstanceThatIsThere_neverAges() {
        fixture.leads(true);
        overlayOfAGoneInstance();
        fixture.register(FIRST);
        int before = fixture.consistency.appliedCount();

        fixture.pass(WEEK.multipliedBy(2));

        assertThat(overlayStands()).isTrue();
        assertThat(fixture.consistency.appliedCount()).as("and costs no write").isEqualTo(before);
    }

    @Test
    void overlay_ofAnInstanceThatComesBack_countsAnew() {
        fixture.leads(true);
        overlayOfAGoneInstance();
        fixture.pass(WEEK.minusHours(1));
        assertThat(absentSince()).isPositive();

        fixture.register(FIRST);
        fixture.pass(Duration.ofMinutes(2));
        assertThat(absentSince()).as("the note is cleared").isZero();
        fixture.consistency.expire(ephemeralKey(FIRST));
        fixture.pass(WEEK.minusHours(1));
        assertThat(overlayStands()).isTrue();
        fixture.pass(Duration.ofHours(2));
        assertThat(overlayStands()).isFalse();
    }

    /** While lists may be empty for want of data nothing is missed, or a cold start would end operators' words. */
    @Test
    void overlay_whileWarmingUp_doesNotAge() {
        fixture.leads(true);
        overlayOfAGoneInstance();
        fixture.warmingUp = true;
        fixture.pass(WEEK.multipliedBy(2));
        assertThat(absentSince()).isZero();

        fixture.warmingUp = false;
        fixture.pass(OverlayAgeing.GRACE);
        assertThat(absentSince())
                .as("the grace begins when the lists are whole")
                .isZero();
        fixture.pass(Duration.ofMinutes(2));
        assertThat(absentSince()).isPositive();
    }

    @Test
    void overlay_withoutAnAgeLimit_stays() {
        RegistryFixture forEver = new RegistryFixture(
                new RegistrySettings(RegistrySettings.STANDARD.heartbeat(), 60_000, true, 0, 1_000));
        forEver.leads(true);
        forEver.consistency.arrives(
                overlayKey(FIRST), new Overlay(Optional.of(5.0), Optional.empty(), Optional.empty()));
        forEver.pass(WEEK.multipliedBy(60));
        assertThat(forEver.consistency.get(overlayKey(FIRST))).isPresent();
    }

    /** What only holds a taken-back word off is not needed once nobody can bear the word. */
    @Test
    void emptyOverlay_goesAfterTheLongestLease() {
        fixture.leads(true);
        fixture.register(FIRST);
        fixture.consistency.arrives(
                overlayKey(FIRST), Overlay.reset().stored().saidAs(new WordStamp(9, fixture.nowMillis, "alice")));
        fixture.pass(LEASE_MAX.minusMinutes(1));
        assertThat(overlayStands()).as("an expired record may come again").isTrue();
        fixture.pass(Duration.ofMinutes(3));
        assertThat(overlayStands()).isFalse();
    }

    /** A client may renew the record that bears the word for as long as it lives. */
    @Test
    void emptyOverlay_staysWhileARecordBearsTheWord() {
        fixture.leads(true);
        Overlay word = new Overlay(Optional.of(5.0), Optional.empty(), Optional.empty())
                .saidAs(new WordStamp(9, fixture.nowMillis, "alice"));
        fixture.consistency.arrives(
                overlayKey(FIRST), Overlay.reset().stored().saidAs(new WordStamp(10, fixture.nowMillis, "alice")));
        fixture.consistency.arrives(
                ephemeralKey(FIRST), Instance.ephemeral(FIRST).withWord(Optional.of(word)));

        fixture.pass(LEASE_MAX.multipliedBy(5));
        assertThat(overlayStands()).isTrue();
        fixture.consistency.mark(ephemeralKey(FIRST), Mark.UNHEALTHY);
        assertThat(fixture.view(FIRST).shown().weight()).isEqualTo(1);

        fixture.register(FIRST);
        fixture.pass(LEASE_MAX.plusMinutes(2));
        assertThat(overlayStands()).as("the client registered without it").isFalse();
    }

    /** A round that throws must not be the last one: words that nobody stores are gone after a full restart. */
    @Test
    void round_thatThrows_isTriedAgain() {
        fixture.leads(true);
        overlayOfAGoneInstance();
        fixture.consistency.failReads(Mode.PERSISTENT, new ConsistencyException.NotReady("reads stopped"));
        fixture.pass(WEEK.plus(LATENESS));
        fixture.consistency.heal(Mode.PERSISTENT);
        fixture.pass(Duration.ofMinutes(2));
        assertThat(overlayStands()).isFalse();
    }

    /** An operator who says something of it in the same moment wins. */
    @Test
    void overlay_thatIsWrittenMeanwhile_isNotRemoved() {
        fixture.leads(true);
        overlayOfAGoneInstance();
        fixture.pass(WEEK.plus(OverlayAgeing.GRACE).minusMinutes(5));
        for (int i = 0; i < 30 && removals.isEmpty(); i++) {
            fixture.consistency.beforeNextApply(() -> fixture.consistency.arrives(
                    overlayKey(FIRST), new Overlay(Optional.of(7.0), Optional.empty(), Optional.empty())));
            fixture.pass(Duration.ofMinutes(1));
        }
        assertThat(overlayStands()).isTrue();
        assertThat(removals).isEmpty();
    }

    @Test
    void round_thatFails_isTriedAgain() {
        fixture.leads(true);
        overlayOfAGoneInstance();
        fixture.consistency.failWrites(Mode.PERSISTENT, new ConsistencyException.NoLeader("deposed"));
        fixture.pass(LATENESS);
        fixture.consistency.heal(Mode.PERSISTENT);
        fixture.pass(Duration.ofMinutes(2));
        assertThat(absentSince()).isPositive();
    }

    // --- services

    @Test
    void leftoverClusters_ofAServiceThatNobodyDeclares_areCleared() {
        fixture.consistency.arrives(CLUSTER, ClusterDefinition.DEFAULT);
        fixture.leads(true);

        fixture.pass(Duration.ofSeconds(50 + 30 * (EmptyServices.ROUNDS - 2)));
        assertThat(fixture.consistency.get(CLUSTER)).as("not yet").isPresent();
        fixture.pass(Duration.ofSeconds(31));

        assertThat(fixture.consistency.get(CLUSTER)).isEmpty();
        assertThat(removals).hasSize(1);
        assertThat(removals.get(0).cause()).isEqualTo(Removal.HOUSEKEEPING);
        assertThat(fixture.registry.index().entry(ORDERS)).isNull();
    }

    @Test
    void clusters_ofAServiceThatIsDeclaredAtThatMoment_stay() {
        fixture.consistency.arrives(CLUSTER, ClusterDefinition.DEFAULT);
        fixture.leads(true);
        fixture.consistency.beforeNextApply(
                () -> fixture.consistency.arrives(Keys.service(ORDERS.keyGroup()), ServiceDefinition.DEFAULT));

        fixture.pass(Duration.ofHours(1));

        assertThat(fixture.consistency.get(CLUSTER)).isPresent();
    }

    @Test
    void autoClean_switchedOff_clearsNothing() {
        RegistryFixture off = new RegistryFixture(
                new RegistrySettings(RegistrySettings.STANDARD.heartbeat(), 60_000, false, 0, 1_000));
        off.consistency.arrives(CLUSTER, ClusterDefinition.DEFAULT);
        off.leads(true);
        off.pass(WEEK);
        assertThat(off.consistency.get(CLUSTER)).isPresent();
    }

    /** X19 over a virtual week and more, in which leadership comes and goes; R30: each removal happens once. */
    @Test
    void virtualWeek_declaredServicesStay_undeclaredOnesGo_overlaysAge() {
        ServiceName declared = ServiceName.of("", "", "declared");
        ServiceName undeclared = ServiceName.of("", "", "undeclared");
        await(fixture.registry.services().create(declared, ServiceDefinition.DEFAULT, ALICE));
        Instance instance = Instance.ephemeral(SECOND);
        await(fixture.registry.registrations().register(declared, instance, ALICE));
        await(fixture.registry.registrations().register(undeclared, instance, ALICE));
        for (ServiceName service : List.of(declared, undeclared)) {
            fixture.consistency.expire(Keys.instance(service.keyGroup(), SECOND, true));
        }
        overlayOfAGoneInstance();
        InstanceKey present = new InstanceKey("10.0.0.9", 80, "DEFAULT");
        fixture.register(present);
        fixture.consistency.arrives(
                overlayKey(present), new Overlay(Optional.of(3.0), Optional.empty(), Optional.empty()));
        long gone = fixture.nowMillis;

        long removedAt = 0;
        fixture.leads(true);
        for (int hour = 0; hour < 24 * 8; hour++) {
            fixture.pass(Duration.ofMinutes(59));
            if (hour % 9 == 8) {
                fixture.leads(false);
                fixture.leads(true);
            }
            fixture.pass(Duration.ofMinutes(1));
            if (removedAt == 0 && !overlayStands()) {
                removedAt = fixture.nowMillis;
            }
            assertThat(fixture.registry.index().exists(declared)).isTrue();
        }

        assertThat(Duration.ofMillis(removedAt - gone))
                .isBetween(WEEK, WEEK.plus(LATENESS.multipliedBy(2)).plusHours(1));
        assertThat(removals)
                .as("each once")
                .extracting(removed -> removed.key())
                .containsExactly(overlayKey(FIRST));
        assertThat(fixture.registry.index().exists(undeclared)).isFalse();
        assertThat(fixture.consistency.get(overlayKey(present))).isPresent();
        assertThat(fixture.consistency.get(Keys.service(declared.keyGroup()))).isPresent();
    }
}
