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
import io.muster.consistency.FormatInForce;
import io.muster.consistency.Interest;
import io.muster.consistency.Mark;
import io.muster.consistency.Mode;
import io.muster.naming.model.Instance;
import io.muster.naming.model.InstancePatch;
import io.muster.naming.model.Metadata;
import io.muster.naming.model.MetadataEdit;
import io.muster.naming.model.Overlay;
import io.muster.naming.model.RegistryRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * X12 against a model: whatever clients, operators, expiry and elections do in whatever order, readers see the client's latest values with the fields
 * over them that operators set last, and what is taken back is gone.
 */
class OperatorsWordsModelTest {

    private static final int RUNS = 60;
    private static final int RUNS_OVER_A_SWITCH = 20;
    private static final int STEPS = 120;
    private static final List<String> KEYS = List.of("a", "b", "c");

    /** What must be shown: the client's word, and the operators' by field. */
    private static final class Model {
        Optional<Instance> client = Optional.empty();
        Optional<Double> weight = Optional.empty();
        Optional<Boolean> enabled = Optional.empty();
        boolean replaces;
        final Map<String, Optional<String>> metadata = new TreeMap<>();

        void takeBack() {
            weight = Optional.empty();
            enabled = Optional.empty();
            replaces = false;
            metadata.clear();
        }

        boolean saysSomething() {
            return weight.isPresent() || enabled.isPresent() || replaces || !metadata.isEmpty();
        }

        Instance shown() {
            Instance base = client.orElseThrow();
            Map<String, String> pairs =
                    new TreeMap<>(replaces ? Map.of() : base.metadata().toMap());
            metadata.forEach(
                    (key, value) -> value.ifPresentOrElse(some -> pairs.put(key, some), () -> pairs.remove(key)));
            return base.withWeight(weight.orElse(base.weight()))
                    .withEnabled(enabled.orElse(base.enabled()))
                    .withMetadata(Metadata.of(pairs));
        }
    }

    private static final class Run {
        final Random random;
        final RegistryFixture fixture = new RegistryFixture();
        final Model model = new Model();
        final List<String> story = new ArrayList<>();
        boolean led = true;

        /** A full beat registers only what has expired: after a deregistration it was in flight (R44). */
        boolean expired;

        /** What the engine keeps of it when it has expired, for a late beat. */
        Optional<Instance> kept = Optional.empty();

        /** Records that were written with a word that carries another. */
        int carrying;

        Run(long seed) {
            random = new Random(seed);
            fixture.consistency.listen(Interest.all(Mode.EPHEMERAL), this::look);
            fixture.register(SECOND); // the service outlives the instance in question
        }

        /** No member that knows the second format alone could read it. */
        private void look(List<ChangeEvent<RegistryRecord>> changes) {
            for (ChangeEvent<RegistryRecord> change : changes) {
                if (change instanceof ChangeEvent.Stored<RegistryRecord> stored
                        && ((Instance) stored.datum().value())
                                .word()
                                .flatMap(Overlay::upon)
                                .isPresent()) {
                    assertThat(fixture.formatInForce).as("%s", story).isEqualTo(FormatInForce.THIRD);
                    carrying++;
                }
            }
        }

        void isInForce(int format) {
            tell("format " + format);
            fixture.formatInForce = format;
        }

        void step() {
            switch (random.nextInt(13)) {
                case 0, 1 -> register();
                case 2 -> leave();
                case 3 -> election();
                case 4, 5 -> patch();
                case 6 -> put();
                case 7, 8 -> batch();
                case 9 -> takeBack();
                case 10 -> fixture.pass(Duration.ofMillis(random.nextInt(6_000)));
                case 11 -> buried();
                default -> mark();
            }
        }

        private void register() {
            Instance client = Instance.ephemeral(FIRST)
                    .withWeight(1 + random.nextInt(3))
                    .withEnabled(random.nextInt(4) > 0)
                    .withMetadata(pairs());
            boolean beats = expired && random.nextBoolean();
            tell((beats ? "beat " : "register ") + client);
            if (beats) {
                await(fixture.registry.registrations().beat(ORDERS, FIRST, Optional.of(client), ALICE));
            } else {
                fixture.register(client);
            }
            model.client = Optional.of(beats ? kept.orElse(client) : client);
            expired = false;
            kept = Optional.empty();
        }

        /** Long after: what has expired is no longer kept, and the leader's housekeeping has been at work. */
        private void buried() {
            tell("hours pass");
            fixture.consistency.forget(ephemeralKey(FIRST));
            kept = Optional.empty();
            fixture.leads(true);
            fixture.pass(Duration.ofMinutes(130));
            fixture.leads(false);
        }

        private Metadata pairs() {
            Map<String, String> pairs = new TreeMap<>();
            KEYS.stream().filter(key -> random.nextBoolean()).forEach(key -> pairs.put(key, "v" + random.nextInt(9)));
            return Metadata.of(pairs);
        }

        private void leave() {
            if (model.client.isPresent()) {
                expired = random.nextBoolean();
                tell(expired ? "expires" : "deregisters");
                if (expired) {
                    fixture.consistency.expire(ephemeralKey(FIRST));
                    kept = model.client;
                } else {
                    await(fixture.registry.registrations().deregister(ORDERS, FIRST, true, ALICE));
                }
                model.client = Optional.empty();
            }
        }

        private void election() {
            led = !led;
            tell(led ? "a leader" : "no leader");
            if (led) {
                fixture.consistency.heal(Mode.PERSISTENT);
            } else {
                fixture.consistency.failWrites(Mode.PERSISTENT, new ConsistencyException.NoLeader("none"));
            }
        }

        private InstancePatch drawn() {
            return new InstancePatch(
                    random.nextBoolean() ? Optional.of(10.0 + random.nextInt(5)) : Optional.empty(),
                    random.nextBoolean() ? Optional.of(random.nextBoolean()) : Optional.empty(),
                    Optional.empty(),
                    random.nextInt(3) == 0 ? Optional.of(pairs()) : Optional.empty(),
                    Optional.empty());
        }

        private void patch() {
            InstancePatch patch = drawn();
            if (model.client.isPresent()) {
                tell("PATCH " + patch);
                await(fixture.registry.edits().patch(ORDERS, FIRST, patch, ALICE));
                said(patch);
            }
        }

        private void put() {
            InstancePatch given = drawn();
            if (model.client.isPresent()) {
                tell("PUT " + given);
                await(fixture.registry.edits().update(ORDERS, FIRST, true, given, true, ALICE));
                said(given);
            }
        }

        private void said(InstancePatch patch) {
            model.weight = patch.weight().or(() -> model.weight);
            model.enabled = patch.enabled().or(() -> model.enabled);
            patch.metadata().ifPresent(whole -> {
                model.replaces = true;
                model.metadata.clear();
                whole.forEach((key, value) -> model.metadata.put(key, Optional.of(value)));
            });
        }

        private void batch() {
            String key = KEYS.get(random.nextInt(KEYS.size()));
            Optional<String> value = random.nextBoolean() ? Optional.of("op" + random.nextInt(9)) : Optional.empty();
            MetadataEdit edit = value.map(some -> MetadataEdit.put(RegistryFixture.metadata(key, some)))
                    .orElse(MetadataEdit.remove(List.of(key)));
            if (model.client.isPresent()) {
                tell("metadata " + key + " " + value);
                await(fixture.registry
                        .metadataBatch()
                        .edit(ORDERS, List.of(new MetadataBatch.Target(FIRST, true)), edit, ALICE));
                model.metadata.put(key, value);
            }
        }

        private void takeBack() {
            tell("DELETE overlay");
            try {
                await(fixture.registry.edits().removeOverlay(ORDERS, FIRST, ALICE));
                assertThat(model.saysSomething()).as("there was one: %s", story).isTrue();
                model.takeBack();
            } catch (RegistryException.NotFound none) {
                assertThat(model.saysSomething())
                        .as("there was none: %s", story)
                        .isFalse();
            } catch (ConsistencyException.NoLeader refused) {
                assertThat(led || model.client.isPresent())
                        .as("only for an absent instance: %s", story)
                        .isFalse();
            }
        }

        private void mark() {
            if (model.client.isPresent()) {
                fixture.consistency.mark(ephemeralKey(FIRST), Mark.UNHEALTHY);
            }
        }

        /** The end of the story is what matters. */
        private void tell(String what) {
            story.add(what);
            if (story.size() > 30) {
                story.remove(0);
            }
        }

        void check() {
            Optional<Instance> shown =
                    fixture.orders().instance(FIRST).map(view -> view.shown().withWord(Optional.empty()));
            assertThat(shown).as("%s", story).isEqualTo(model.client.map(client -> model.shown()));
        }

        void end() {
            led = true;
            fixture.consistency.heal(Mode.PERSISTENT);
            fixture.pass(Duration.ofSeconds(10));
            assertThat(fixture.registry.index().pendingWordCount())
                    .as("%s", story)
                    .isZero();
            register();
            check();
            Optional<Overlay> stored = fixture.consistency
                    .get(overlayKey(FIRST))
                    .map(datum -> (Overlay) datum.value())
                    .filter(overlay -> !overlay.isEmpty());
            assertThat(stored.map(overlay -> overlay.applyTo(model.client.orElseThrow()))
                            .orElse(model.client.orElseThrow()))
                    .as("what is stored says all of it: %s", story)
                    .isEqualTo(model.shown());
        }
    }

    @Test
    void readersSeeTheClientsValuesUnderTheOperatorsLatestWords() {
        for (long seed = 0; seed < RUNS; seed++) {
            Run run = new Run(seed);
            for (int step = 0; step < STEPS; step++) {
                run.step();
                run.check();
            }
            run.end();
        }
    }

    /**
     * R32: the same while a member that does not read words upon words is replaced in the middle of it. Until then none is written, and whatever is pending at that
     * moment is the ground for what is said after it.
     */
    @Test
    void readersSeeTheSame_whereTheThirdFormatComesInForceMeanwhile_andNoRecordNeedsItBefore() {
        int carrying = 0;
        for (long seed = 0; seed < RUNS_OVER_A_SWITCH; seed++) {
            Run run = new Run(seed);
            run.isInForce(FormatInForce.SECOND);
            int raisedAt = run.random.nextInt(STEPS);
            for (int step = 0; step < STEPS; step++) {
                if (step == raisedAt) {
                    run.isInForce(FormatInForce.THIRD);
                }
                run.step();
                run.check();
            }
            run.end();
            carrying += run.carrying;
        }
        assertThat(carrying).as("written once all read it").isPositive();
    }
}
