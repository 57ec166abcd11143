package io.muster.distro;

import static io.muster.distro.EngineFixture.LEASE;
import static io.muster.distro.EngineFixture.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.consistency.Change;
import io.muster.consistency.ChangeEvent;
import io.muster.consistency.ChangeEvent.Removed;
import io.muster.consistency.ChangeEvent.Stored;
import io.muster.consistency.Codec;
import io.muster.consistency.Condition;
import io.muster.consistency.ConsistencyException.Conflict;
import io.muster.consistency.ConsistencyException.Invalid;
import io.muster.consistency.ConsistencyException.NotReady;
import io.muster.consistency.ConsistencyException.OutcomeUnknown;
import io.muster.consistency.ConsistencyException.Overloaded;
import io.muster.consistency.Datum;
import io.muster.consistency.Interest;
import io.muster.consistency.Key;
import io.muster.consistency.Mark;
import io.muster.consistency.Mode;
import io.muster.consistency.Outcome;
import io.muster.consistency.Readiness;
import io.muster.consistency.Removal;
import io.muster.consistency.Renewal;
import io.muster.consistency.Subscription;
import io.muster.distro.core.TextCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** The engine as its callers see it: one hop, own writes read back, listeners without gap. */
class DistroEngineTest {

    private static final Interest ALL = Interest.all(Mode.EPHEMERAL);

    private final EngineFixture node = new EngineFixture();

    @Test
    void start_standalone_isReadyAtOnce() {
        assertThat(node.engine.readiness(Mode.EPHEMERAL)).isEqualTo(Readiness.waitingFor("not started"));
        assertThat(node.start()).isEqualTo(new DistroStart(false, 0));
        assertThat(node.engine.readiness(Mode.EPHEMERAL)).isEqualTo(Readiness.READY);
        assertThat(node.engine.status().loadProgress()).isEqualTo(1);
        assertThat(node.engine.warmingUp()).isFalse();
        node.done(node.engine.warmedUp());
    }

    @Test
    void apply_beforeTheStart_isRefused_andNeverTakesEffect() {
        CompletionStage<Datum<String>> put = node.engine.put(key("a"), "v", LEASE);
        assertThat(node.failure(put)).isInstanceOf(NotReady.class);
        node.start();
        node.pass(1_000);
        assertThat(node.listed()).isEmpty();
    }

    @Test
    void apply_completes_afterTheListenersHaveHeard() {
        node.start();
        List<String> order = new ArrayList<>();
        node.engine.listen(ALL, events -> order.add("listener"));
        node.engine.put(key("a"), "v", LEASE).thenAccept(datum -> {
            order.add("caller");
            assertThat(node.engine.get(key("a"))).containsSame(datum);
        });
        node.settle();
        assertThat(order).containsExactly("listener", "caller");
    }

    @Test
    void apply_whatIsSubmittedTogether_isOneTurnAndOneBatch() {
        node.start();
        List<List<ChangeEvent<String>>> batches = node.batchesOf(ALL);
        for (int i = 0; i < 100; i++) {
            node.engine.put(key("i" + i), "v", LEASE);
        }
        node.settle();
        assertThat(batches).hasSize(1);
        assertThat(batches.get(0)).hasSize(100);
    }

    @Test
    void apply_moreThanOneTurnTakes_isCarriedOutInSeveral() {
        node.start();
        List<List<ChangeEvent<String>>> batches = node.batchesOf(ALL);
        for (int i = 0; i < 5_000; i++) {
            node.engine.put(key("i" + i), "v", LEASE);
        }
        node.settle();
        assertThat(batches).hasSize(3);
        assertThat(node.engine.status().records()).isEqualTo(5_000);
    }

    /** X17: turned away at once, never carried out, and counted. */
    @Test
    void apply_beyondTheQueue_isOverloaded() {
        node.start();
        List<CompletionStage<?>> accepted = new ArrayList<>();
        int queueMax = DistroConfig.DEFAULTS.queuedChangesMax();
        for (int i = 0; i < queueMax; i++) {
            accepted.add(node.engine.put(key("i" + i), "v", LEASE));
        }
        assertThat(node.engine.status().queuedChanges()).isEqualTo(queueMax);
        CompletionStage<Datum<String>> tooMany = node.engine.put(key("too-many"), "v", LEASE);
        assertThat(node.failure(tooMany)).isInstanceOf(Overloaded.class);
        accepted.forEach(stage -> assertThat(stage.toCompletableFuture()).isCompleted());
        assertThat(node.engine.get(key("too-many"))).isEmpty();
        assertThat(node.metrics.overloaded).hasValue(1);
        node.register("later");
        assertThat(node.engine.status().queuedChanges()).isZero();
    }

    /** X17: large values fill the queue before many do. */
    @Test
    void apply_beyondTheBytesOfTheQueue_isOverloaded() {
        node.start();
        String large = "v".repeat(10 << 20);
        List<CompletionStage<?>> accepted = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            accepted.add(node.engine.put(key("i" + i), large, LEASE));
        }
        assertThat(node.failure(node.engine.put(key("too-many"), large, LEASE))).isInstanceOf(Overloaded.class);
        accepted.forEach(stage -> assertThat(stage.toCompletableFuture()).isCompleted());
        node.register("later");
        assertThat(node.done(node.engine.put(key("alone"), "v".repeat(70 << 20), LEASE)))
                .as("what is larger than the bound goes alone")
                .isNotNull();
    }

    @Test
    void apply_aConditionThatDoesNotHold_failsTheStage_othersOfTheBatchStand() {
        node.start();
        CompletionStage<?> batch = node.engine.apply(
                List.of(Change.put(key("a"), "1", LEASE, Condition.PRESENT), Change.put(key("b"), "1", LEASE)));
        assertThat(node.failure(batch))
                .isInstanceOfSatisfying(
                        Conflict.class,
                        conflict -> assertThat(conflict.outcome())
                                .as("a part of it happened")
                                .isEqualTo(Outcome.UNKNOWN));
        assertThat(node.listed()).containsExactly("b");
        assertThat(node.metrics.refused).hasValue(1);
        assertThat(node.failure(node.engine.apply(List.of(Change.put(key("a"), "1", LEASE, Condition.PRESENT)))))
                .isInstanceOfSatisfying(
                        Conflict.class,
                        conflict -> assertThat(conflict.outcome()).isEqualTo(Outcome.NOT_DONE));
    }

    @Test
    void apply_givesWhatStandsAfterwards_inOrder() {
        node.start();
        List<Optional<Datum<String>>> results = node.done(node.engine.apply(
                List.of(Change.put(key("a"), "1", LEASE), Change.remove(key("b"), Removal.OPERATOR))));
        assertThat(results).containsExactly(node.engine.get(key("a")), Optional.empty());
    }

    @Test
    void persistentKeys_areNotForThisEngine() {
        node.start();
        Key persistent = Key.persistent("orders", "a");
        assertThat(node.failure(node.engine.apply(List.of(Change.put(persistent, "v")))))
                .isInstanceOf(Invalid.class);
        assertThat(node.failure(node.engine.readBarrier())).isInstanceOf(Invalid.class);
        assertThatThrownBy(() -> node.engine.renew(persistent)).isInstanceOf(Invalid.class);
        assertThatThrownBy(() -> node.engine.get(persistent)).isInstanceOf(Invalid.class);
        assertThatThrownBy(() -> node.engine.listen(Interest.all(Mode.PERSISTENT), events -> {}))
                .isInstanceOf(Invalid.class);
    }

    /** R40, R44, R45 through the whole engine. */
    @Test
    void anInstance_livesAsLongAsItBeats() {
        node.start();
        node.register("a");
        for (int i = 0; i < 20; i++) {
            node.pass(5_000);
            assertThat(node.engine.renew(key("a"))).isEqualTo(Renewal.RENEWED);
        }
        node.pass(16_500);
        assertThat(node.engine.get(key("a")).orElseThrow().mark()).isEqualTo(Mark.UNHEALTHY);
        node.engine.renew(key("a"));
        node.settle();
        assertThat(node.engine.get(key("a")).orElseThrow().mark()).isEqualTo(Mark.HEALTHY);
        node.pass(31_500);
        assertThat(node.engine.get(key("a"))).isEmpty();
        assertThat(node.engine.status().expired()).isEqualTo(1);
        assertThat(node.engine.status().expiredTotal()).isEqualTo(1);
        assertThat(node.engine.status().revivedTotal()).isEqualTo(1);
    }

    @Test
    void aBeatAfterDeregistration_wasInFlight() {
        node.start();
        node.register("a");
        node.done(node.engine.remove(key("a"), Removal.CLIENT));
        assertThat(node.engine.renew(key("a"))).isEqualTo(Renewal.JUST_REMOVED);
        assertThat(node.engine.renew(key("b"))).isEqualTo(Renewal.UNKNOWN);
    }

    /** X14 through the whole engine: everything that was due in the pause runs late, ticks and beats alike. */
    @Test
    void thePausedServer_expiresNobodyWhoBeatsAgain() {
        node.start();
        for (int i = 0; i < 50; i++) {
            node.register("i" + i);
        }
        node.pass(4_900);
        node.clock.standStill(Duration.ofSeconds(60));
        node.pass(4_900);
        for (int i = 0; i < 50; i++) {
            assertThat(node.engine.renew(key("i" + i))).isEqualTo(Renewal.RENEWED);
        }
        node.pass(14_000);
        assertThat(node.engine.status().unhealthyTotal()).isZero();
        assertThat(node.metrics.stoodStillMillis.get()).isBetween(60_000L, 60_100L);
    }

    @Test
    void listen_tellsWhatStands_thenWhatComes_withoutGapOrRepetition() {
        node.start();
        for (int i = 0; i < 2_500; i++) {
            node.engine.put(key("i" + i), "v", LEASE);
        }
        List<ChangeEvent<String>> heard = new ArrayList<>();
        node.engine.listen(ALL, heard::addAll);
        node.engine.put(key("late"), "v", LEASE);
        node.settle();
        assertThat(heard.stream().map(event -> event.key().id()))
                .doesNotHaveDuplicates()
                .hasSize(2_501);
    }

    @Test
    void listen_byGroupAndPrefix_hearsOnlyOfThese() {
        node.start();
        node.register("before");
        List<List<ChangeEvent<String>>> exact = node.batchesOf(Interest.group(Mode.EPHEMERAL, "orders"));
        List<List<ChangeEvent<String>>> prefix = node.batchesOf(Interest.groupsWithPrefix(Mode.EPHEMERAL, "ord"));
        List<List<ChangeEvent<String>>> other = node.batchesOf(Interest.group(Mode.EPHEMERAL, "ord"));
        node.engine.apply(List.of(
                Change.put(Key.ephemeral("orders", "a"), "v", LEASE),
                Change.put(Key.ephemeral("ordinals", "a"), "v", LEASE),
                Change.put(Key.ephemeral("billing", "a"), "v", LEASE)));
        node.settle();
        assertThat(groupsOf(exact)).containsExactly("orders", "orders");
        assertThat(groupsOf(prefix)).containsExactly("orders", "orders", "ordinals");
        assertThat(other).isEmpty();
    }

    private static List<String> groupsOf(List<List<ChangeEvent<String>>> batches) {
        return batches.stream()
                .flatMap(List::stream)
                .map(event -> event.key().group())
                .toList();
    }

    @Test
    void listen_oneThatThrows_isCounted_andKeepsNobodyElseFromHearing() {
        node.start();
        node.engine.listen(ALL, events -> {
            throw new IllegalArgumentException("listener's own fault");
        });
        List<List<ChangeEvent<String>>> batches = node.batchesOf(ALL);
        node.register("a");
        node.register("b");
        assertThat(batches).hasSize(2);
        assertThat(node.metrics.listenerFailed).hasValue(2);
        assertThat(node.engine.readiness(Mode.EPHEMERAL).ready()).isTrue();
    }

    @Test
    void listen_oneThatThrowsAnError_stopsNothingEither() {
        node.start();
        node.engine.listen(ALL, events -> {
            throw new AssertionError("listener's own fault");
        });
        List<List<ChangeEvent<String>>> batches = node.batchesOf(ALL);
        node.register("a");
        assertThat(batches).hasSize(1);
        assertThat(node.metrics.listenerFailed).hasValue(1);
        assertThat(node.engine.readiness(Mode.EPHEMERAL).ready()).isTrue();
    }

    @Test
    void listen_closed_hearsNothingMore() {
        node.start();
        List<ChangeEvent<String>> heard = new ArrayList<>();
        Subscription subscription = node.engine.listen(ALL, heard::addAll);
        node.register("a");
        subscription.close();
        subscription.close();
        node.register("b");
        assertThat(heard).hasSize(1);
    }

    @Test
    void listen_changesFromWithinAListener_areHeardLater() {
        node.start();
        List<String> heard = new ArrayList<>();
        node.engine.listen(ALL, events -> {
            for (ChangeEvent<String> event : events) {
                heard.add(event.getClass().getSimpleName() + " " + event.key().id());
                if (event instanceof Stored) {
                    node.engine.remove(event.key(), Removal.OPERATOR);
                }
            }
        });
        node.register("a");
        assertThat(heard).containsExactly("Stored a", "Removed a");
    }

    @Test
    void forEach_walksEverything() {
        node.start();
        node.register("a");
        node.register("b");
        node.done(node.engine.put(Key.ephemeral("billing", "c"), "v", LEASE));
        List<String> walked = new ArrayList<>();
        node.engine.forEach(Mode.EPHEMERAL, datum -> walked.add(datum.key().id()));
        assertThat(walked).containsExactlyInAnyOrder("a", "b", "c");
        DistroStatus status = node.engine.status();
        assertThat(status.groups()).isEqualTo(2);
        assertThat(status.responsibleGroups()).isEqualTo(2);
        assertThat(status.records()).isEqualTo(3);
        assertThat(status.digest()).matches("[0-9a-f]{16}").isNotEqualTo("0000000000000000");
    }

    @Test
    void removal_tellsItsCauseAndWhoDecided() {
        node.start();
        List<List<ChangeEvent<String>>> batches = node.batchesOf(ALL);
        node.register("a");
        node.done(node.engine.remove(key("a"), Removal.OPERATOR));
        Removed<String> removed = (Removed<String>) batches.get(1).get(0);
        assertThat(removed.cause()).isEqualTo(Removal.OPERATOR);
        assertThat(removed.by()).isEqualTo(node.node.nodeId().toString());
    }

    @Test
    void stop_carriesOutWhatWasAccepted_andServesNoMore() {
        node.start();
        CompletionStage<Datum<String>> accepted = node.engine.put(key("a"), "v", LEASE);
        CompletionStage<Void> stop = node.engine.stop();
        node.done(stop);
        node.done(accepted);
        assertThat(node.failure(node.engine.put(key("b"), "v", LEASE))).isInstanceOf(NotReady.class);
        node.done(node.engine.stop());
        node.pass(60_000);
        assertThat(node.engine.status().records()).as("nothing runs any more").isEqualTo(1);
        assertThat(node.clock.pendingEvents()).as("no timer is left").isZero();
    }

    /** IX4: neither the engine's own nor that of what watches it. */
    @Test
    void stop_leavesNoTimer() {
        node.start();
        node.engine.watch(node.clock, loaded -> {});
        node.register("a");
        node.pass(1_200);

        node.done(node.engine.stop());

        assertThat(node.clock.pendingEvents()).isZero();
    }

    @Test
    void stop_whileItStarts_isFinal() {
        CompletionStage<DistroStart> start = node.engine.start();
        CompletionStage<Void> stop = node.engine.stop();
        node.done(stop);
        assertThat(node.failure(start)).isInstanceOf(NotReady.class);
        assertThat(node.engine.readiness(Mode.EPHEMERAL)).isEqualTo(Readiness.waitingFor("stopped"));
        assertThat(node.clock.pendingEvents()).as("no timer is left").isZero();
    }

    @Test
    void stop_beforeTheStart_isFinalToo() {
        node.done(node.engine.stop());
        assertThat(node.failure(node.engine.start())).isInstanceOf(NotReady.class);
        assertThat(node.engine.readiness(Mode.EPHEMERAL).ready()).isFalse();
    }

    @Test
    void renew_beforeAndAfterService_isRefused_notAnsweredAsUnknown() {
        assertThatThrownBy(() -> node.engine.renew(key("a"))).isInstanceOf(NotReady.class);
        node.start();
        node.register("a");
        node.done(node.engine.stop());
        assertThatThrownBy(() -> node.engine.renew(key("a"))).isInstanceOf(NotReady.class);
    }

    /** A value that its own codec can't encode any more breaks the contract: what the core holds is in doubt, and nothing is served from it. */
    @Test
    void aBrokenInvariant_stopsTheEngine_andSaysSo() {
        List<Throwable> failures = new ArrayList<>();
        AtomicBoolean broken = new AtomicBoolean();
        DistroEngine<String> engine = engineThatCannotEncode(broken::get, failures);
        node.done(engine.start());
        CompletionStage<Datum<String>> first = engine.put(key("a"), "bad", LEASE);
        CompletionStage<Datum<String>> second = engine.put(key("b"), "bad", LEASE);
        assertThat(engine.loaded()).isTrue();
        broken.set(true);
        assertThat(node.failure(first)).isInstanceOf(OutcomeUnknown.class);
        assertThat(node.failure(second)).isInstanceOf(NotReady.class);
        assertThatThrownBy(() -> engine.renew(key("a"))).isInstanceOf(NotReady.class);
        node.done(engine.stop());
        assertThat(engine.readiness(Mode.EPHEMERAL).reason()).contains("no form for bad");
        assertThat(failures).singleElement().isInstanceOf(IllegalStateException.class);
        assertThat(engine.loaded()).as("so that others take its groups over").isFalse();
    }

    /** A fault of one caller is that caller's: the engine goes on. */
    @Test
    void aValueWithoutAForm_isRefusedAtTheDoor() {
        AtomicBoolean broken = new AtomicBoolean();
        DistroEngine<String> engine = engineThatCannotEncode(broken::get, new ArrayList<>());
        node.done(engine.start());
        broken.set(true);
        assertThatThrownBy(() -> engine.put(key("a"), "bad", LEASE)).isInstanceOf(IllegalStateException.class);
        broken.set(false);
        assertThat(node.done(engine.put(key("a"), "good", LEASE))).isNotNull();
    }

    /** The thread must come to rest: it once asked itself for turn after turn, since the revival was never taken. */
    @Test
    void aBrokenInvariant_whileARevivalWaits_leavesNothingRunning() {
        AtomicBoolean broken = new AtomicBoolean();
        DistroEngine<String> engine = engineThatCannotEncode(broken::get, new ArrayList<>());
        node.done(engine.start());
        node.done(engine.put(key("a"), "good", LEASE));
        node.pass(16_500);
        engine.put(key("b"), "bad", LEASE);
        broken.set(true);
        assertThat(engine.renew(key("a"))).isEqualTo(Renewal.RENEWED);
        node.pass(1_000);
        assertThat(engine.readiness(Mode.EPHEMERAL).ready()).isFalse();
        assertThat(node.clock.pendingEvents()).isZero();
    }

    private DistroEngine<String> engineThatCannotEncode(BooleanSupplier broken, List<Throwable> failures) {
        Codec<String> codec = new Codec<>() {
            @Override
            public byte[] encode(String value) {
                if (broken.getAsBoolean()) {
                    throw new IllegalStateException("no form for " + value);
                }
                return new TextCodec().encode(value);
            }

            @Override
            public String decode(byte[] bytes) {
                throw new IllegalArgumentException();
            }
        };
        return new DistroEngine<>(
                DistroConfig.DEFAULTS, codec, node.node.identity(), node.node.start(), node.metrics, failures::add);
    }

    /** R54: what operators read, page by page, and digests down to the group. */
    @Test
    void operators_readPagesAndChecksums() {
        node.start();
        node.register("a");
        node.register("b");
        DistroPage<String> page = node.engine.page(java.util.Optional.empty());
        assertThat(page.total()).isEqualTo(2);
        assertThat(page.records()).hasSize(2);
        assertThat(page.next()).isEmpty();
        DistroChecksums checksums = node.engine.checksums();
        assertThat(checksums.buckets())
                .hasSize(1_024)
                .filteredOn(digest -> digest != 0)
                .hasSize(1);
        int bucket = checksums
                .buckets()
                .indexOf(checksums.buckets().stream()
                        .filter(digest -> digest != 0)
                        .findFirst()
                        .orElseThrow());
        assertThat(node.engine.checksums(bucket)).containsOnlyKeys("orders");
        assertThatThrownBy(() -> node.engine.checksums(1_024)).isInstanceOf(IllegalArgumentException.class);
        assertThat(node.engine.responsibleFor("orders")).contains(node.node.nodeId());
        assertThat(node.engine.shares()).containsEntry(node.node.nodeId(), 1);
        assertThat(node.engine.loaded()).isTrue();
    }

    /** R54: a group is read in pages, in the order of ids. */
    @Test
    void operators_readAGroupPageByPage() {
        node.start();
        for (String instance : List.of("d", "b", "e", "a", "c")) {
            node.register(instance);
        }
        node.done(node.engine.remove(key("c"), Removal.CLIENT));
        assertThat(ids(node.engine.group("orders", "", 2))).containsExactly("a", "b");
        assertThat(ids(node.engine.group("orders", "b", 2))).containsExactly("d", "e");
        assertThat(node.engine.group("orders", "e", 2)).isEmpty();
        assertThat(node.engine.group("nobody", "", 2)).isEmpty();
    }

    private static List<String> ids(List<Datum<String>> data) {
        return data.stream().map(datum -> datum.key().id()).toList();
    }

    /** Issue 5, operators: what they ask takes no turn of the engine's thread, so that no number of questions holds up a write. */
    @Test
    void operators_areAnsweredWithoutTheEnginesThread() {
        node.start();
        node.register("a");
        long events = node.clock.pendingEvents();
        for (int i = 0; i < 1_000; i++) {
            node.engine.page(java.util.Optional.empty());
            node.engine.group("orders", "", 10);
            node.engine.shares();
            node.engine.checksums();
            node.engine.checksums(i);
        }
        assertThat(node.clock.pendingEvents()).as("turns asked for").isEqualTo(events);
    }
}
