package io.muster.distro.core;

import static io.muster.distro.core.CoreFixture.LEASE;
import static io.muster.distro.core.CoreFixture.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.consistency.Change;
import io.muster.consistency.ChangeEvent;
import io.muster.consistency.ChangeEvent.Removed;
import io.muster.consistency.ChangeEvent.Stored;
import io.muster.consistency.Condition;
import io.muster.consistency.ConsistencyException.Conflict;
import io.muster.consistency.Datum;
import io.muster.consistency.Key;
import io.muster.consistency.Lease;
import io.muster.consistency.Mark;
import io.muster.consistency.Removal;
import io.muster.consistency.Version;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WriteTest {

    private final CoreFixture node = new CoreFixture().loaded();

    @AfterEach
    void coherent() {
        node.assertCoherent();
    }

    @Test
    void put_isReadAtOnce_andTold() {
        Datum<String> datum = node.register("a", "value", LEASE);
        assertThat(datum.mark()).isEqualTo(Mark.HEALTHY);
        assertThat(node.get("a")).containsSame(datum);
        assertThat(node.events).containsExactly(new Stored<>(datum));
    }

    @Test
    void put_again_takesAFreshVersion_evenForAnEqualValue() {
        Version first = node.register("a").version();
        assertThat(node.register("a").version()).isGreaterThan(first);
    }

    @Test
    void put_sharesTheNameOfItsGroup_soThatItIsHeldOnce() {
        Datum<String> first = node.register("a");
        String sameName = String.copyValueOf(CoreFixture.SERVICE.toCharArray());
        Datum<String> second = node.write(Change.put(Key.ephemeral(sameName, "b"), "v", LEASE))
                .results()
                .get(0)
                .orElseThrow();
        assertThat(second.key().group()).isSameAs(first.key().group());
    }

    @Test
    void remove_isGoneAtOnce_andToldWithItsCause() {
        Datum<String> datum = node.register("a");
        node.deregister("a");
        assertThat(node.get("a")).isEmpty();
        assertThat(node.events).hasSize(2);
        Removed<String> removed = (Removed<String>) node.events.get(1);
        assertThat(removed.last()).isSameAs(datum);
        assertThat(removed.cause()).isEqualTo(Removal.CLIENT);
        assertThat(removed.by()).isEqualTo(node.self.toString());
        assertThat(removed.version()).isGreaterThan(datum.version());
    }

    @Test
    void remove_whatIsNotThere_succeedsAndTellsNothing() {
        Effects.Outcome<String> effects = node.write(Change.remove(key("a"), Removal.CLIENT));
        assertThat(effects.refusal()).isEmpty();
        assertThat(node.events).isEmpty();
    }

    /** X17: a beat or a copy may be under way, but a mass of removals must not fill the memory. */
    @Test
    void remove_whatNeverWas_isBuriedUpToABound() {
        node.register("known");
        for (int i = 0; i < Store.UNKNOWN_TOMBSTONES_MAX + 10; i++) {
            node.deregister("never-was-" + i);
        }
        node.deregister("never-was-0");
        assertThat(node.core.counts().tombstones()).isEqualTo(Store.UNKNOWN_TOMBSTONES_MAX);
        node.deregister("known");
        assertThat(node.core.counts().tombstones())
                .as("what was known is buried beyond the bound")
                .isEqualTo(Store.UNKNOWN_TOMBSTONES_MAX + 1);
        node.register("never-was-0");
        node.deregister("one-more");
        assertThat(node.core.records().find(key("one-more")))
                .as("there is room again")
                .isNotNull();
    }

    @Test
    void conditions_areCheckedAgainstWhatIsVisible() {
        assertThat(node.put("a", "1", Condition.PRESENT).refusal()).containsInstanceOf(Conflict.class);
        Datum<String> stored =
                node.put("a", "1", Condition.ABSENT).results().get(0).orElseThrow();
        assertThat(node.put("a", "2", Condition.ABSENT).refusal()).isPresent();
        assertThat(node.put("a", "2", Condition.PRESENT).refusal()).isEmpty();
        assertThat(node.put("a", "3", Condition.versionIs(stored.version())).refusal())
                .as("a lost update is refused")
                .isPresent();
        Version current = node.get("a").orElseThrow().version();
        assertThat(node.put("a", "3", Condition.versionIs(current)).refusal()).isEmpty();
        node.deregister("a");
        assertThat(node.put("a", "4", Condition.versionIs(current)).refusal()).isPresent();
        assertThat(node.put("a", "4", Condition.ABSENT).refusal())
                .as("a beat that registers what it finds absent was in flight (R44)")
                .isPresent();
        node.pass(10_100);
        assertThat(node.put("a", "4", Condition.ABSENT).refusal())
                .as("an older tombstone is absence")
                .isEmpty();
    }

    @Test
    void conditions_anExpiredDatumCountsAsAbsent() {
        node.register("a");
        node.pass(31_000);
        assertThat(node.get("a")).isEmpty();
        assertThat(node.put("a", "2", Condition.PRESENT).refusal()).isPresent();
        assertThat(node.put("a", "2", Condition.ABSENT).refusal()).isEmpty();
        assertThat(node.markOf("a")).contains(Mark.HEALTHY);
    }

    @Test
    void batch_eachChangeStandsAlone_andTheFirstRefusalIsTold() {
        Effects.Outcome<String> effects = node.writeAll(List.of(
                Change.put(key("a"), "1", LEASE),
                Change.put(key("b"), "1", LEASE, Condition.PRESENT),
                Change.put(key("c"), "1", LEASE, Condition.PRESENT),
                Change.put(key("d"), "1", LEASE)));
        assertThat(((Conflict) effects.refusal().orElseThrow()).key()).isEqualTo(key("b"));
        assertThat(node.all().stream().map(datum -> datum.key().id())).containsExactly("a", "d");
    }

    @Test
    void lease_beyondTheLimit_isCut() {
        node.register("a", "v", new Lease(15_000, 90L * 86_400_000));
        node.pass(3_600_000 - 1_000);
        assertThat(node.markOf("a")).contains(Mark.UNHEALTHY);
        node.pass(2_500);
        assertThat(node.get("a")).isEmpty();
    }

    @Test
    void beforeTheStart_writesAndTicks_areABrokenDuty() {
        CoreFixture idle = new CoreFixture();
        assertThatThrownBy(() -> idle.register("a")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> idle.feed(new Input.Tick<>())).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void group_isInKeyOrder() {
        List.of("c", "a", "d", "b").forEach(node::register);
        assertThat(node.core.records().group(CoreFixture.SERVICE).stream()
                        .map(datum -> datum.key().id()))
                .containsExactly("a", "b", "c", "d");
        assertThat(node.core.records().group("no-such-service")).isEmpty();
    }

    /** Registering 100,000 instances of one service must not cost more each than registering ten. */
    @Test
    void group_ofAHundredThousand_isHeldWithoutCopies() {
        for (int i = 0; i < 100_000; i++) {
            node.register("10.0.0.1#" + i);
        }
        assertThat(node.core.records().group(CoreFixture.SERVICE)).hasSize(100_000);
        assertThat(node.events).hasSize(100_000).allMatch(ChangeEvent.Stored.class::isInstance);
    }
}
