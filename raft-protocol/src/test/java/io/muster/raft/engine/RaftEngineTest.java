package io.muster.raft.engine;

import static io.muster.raft.engine.StandaloneNode.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.consistency.Change;
import io.muster.consistency.ChangeEvent;
import io.muster.consistency.Condition;
import io.muster.consistency.ConsistencyException;
import io.muster.consistency.ConsistencyException.Conflict;
import io.muster.consistency.ConsistencyException.Invalid;
import io.muster.consistency.ConsistencyException.NotEnoughMembers;
import io.muster.consistency.ConsistencyException.NotReady;
import io.muster.consistency.ConsistencyException.OutcomeUnknown;
import io.muster.consistency.ConsistencyException.Overloaded;
import io.muster.consistency.Datum;
import io.muster.consistency.Interest;
import io.muster.consistency.Key;
import io.muster.consistency.Lease;
import io.muster.consistency.Mode;
import io.muster.consistency.Removal;
import io.muster.consistency.Subscription;
import io.muster.consistency.Version;
import io.muster.raft.EngineFailure;
import io.muster.raft.RaftConfig;
import io.muster.raft.RaftMetrics;
import io.muster.raft.RaftRecovery;
import io.muster.raft.RaftRole;
import io.muster.raft.RaftStatus;
import io.muster.raft.SmallDirectory;
import io.muster.sim.DiskOperation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The engine as a consistency service, on one simulated machine. */
class RaftEngineTest {

    /** A few dozen disk operations of a millisecond each, and much less than the election timeout. */
    private static final Duration AT_ONCE = Duration.ofMillis(100);

    private final StandaloneNode node = new StandaloneNode();

    /** Design §4: until its founding a clustered node's engine stands idle. */
    @Nested
    class NotFounded {

        @Test
        void clusteredNode_neverFoundsItself_andRefusesWritesAndLinearizableReadsAtOnce() {
            node.config(RaftConfig.defaults().withFoundsItself(false)).create();
            node.await(node.engine().start());

            assertThat(node.awaitFailure(node.putting("a", "1")))
                    .isInstanceOf(NotEnoughMembers.class)
                    .hasMessageContaining("not founded");
            assertThat(node.awaitFailure(node.engine().readBarrier())).hasMessageContaining("not founded");
            node.clock().advance(Duration.ofMinutes(1));

            RaftStatus status = node.engine().status();
            assertThat(status.state()).isEqualTo(RaftStatus.State.UP);
            assertThat(status.clusterId()).isEmpty();
            assertThat(status.term()).isZero();
            assertThat(node.engine().readiness(Mode.PERSISTENT).ready()).isFalse();
        }

        @Test
        void foundedNode_keepsItsGroup_whateverTheSettingSaysLater() {
            node.start();
            node.put("a", "1");
            node.kill();
            node.config(RaftConfig.defaults().withFoundsItself(false)).start();

            assertThat(node.get("a")).contains("1");
        }
    }

    /** Design §9: whoever votes alone waits for its own disk and for no election timeout, so that a start takes no time to speak of. */
    @Nested
    class SoleVoter {

        @Test
        void servesAtOnce_afterItsFounding_andAfterEachStart() {
            node.disk().latency(Duration.ofMillis(1));
            assertThat(untilItServes()).isLessThan(AT_ONCE);
            node.put("a", "1");

            node.kill();
            assertThat(untilItServes()).isLessThan(AT_ONCE);
            assertThat(node.get("a")).contains("1");
        }

        /** A clustered mode, with a group of one: the same. */
        @Test
        void servesAtOnce_afterAStart_asTheOnlyMemberOfACluster() {
            node.start();
            node.kill();
            node.config(SmallDirectory.ofBytes(4 << 20).withFoundsItself(false));
            assertThat(untilItServes()).isLessThan(AT_ONCE);
        }

        private Duration untilItServes() {
            long sinceNanos = node.clock().monoNanos();
            node.create().start();
            node.clock().runUntil(() -> node.engine().readiness(Mode.PERSISTENT).ready(), Duration.ofSeconds(5));
            assertThat(node.engine().status().role()).isEqualTo(RaftRole.LEADER);
            return Duration.ofNanos(node.clock().monoNanos() - sinceNanos);
        }
    }

    @Nested
    class Writing {

        @Test
        void put_isReadableAndVersionedByItsLogIndex() {
            node.start();

            Datum<String> first = node.put("a", "1");
            Datum<String> second = node.put("a", "2");

            assertThat(node.get("a")).contains("2");
            assertThat(second.version()).isGreaterThan(first.version());
            assertThat(second.version().asLong())
                    .isEqualTo(node.engine().status().appliedIndex());
        }

        @Test
        void remove_ofWhatIsNotThere_succeedsAndChangesNothing() {
            node.start();
            String before = node.engine().status().digest();
            List<ChangeEvent<String>> heard = new ArrayList<>();
            node.engine().listen(Interest.all(Mode.PERSISTENT), heard::addAll);

            node.remove("a");

            assertThat(heard).isEmpty();
            assertThat(node.get("a")).isEmpty();
            assertThat(node.engine().status().digest())
                    .as("it holds the request")
                    .isNotEqualTo(before);
        }

        @Test
        void batch_happensAsAWhole() {
            node.start();
            node.put("c", "old");

            List<Optional<Datum<String>>> standing = node.await(node.engine()
                    .apply(List.of(
                            Change.put(key("a"), "1"),
                            Change.put(key("b"), "2", Condition.ABSENT),
                            Change.remove(key("c"), Removal.OPERATOR))));

            assertThat(standing.get(0)).get().extracting(Datum::value).isEqualTo("1");
            assertThat(standing.get(1)).get().extracting(Datum::value).isEqualTo("2");
            assertThat(standing.get(2)).isEmpty();
            assertThat(node.engine().group(Mode.PERSISTENT, "group"))
                    .extracting(Datum::value)
                    .containsExactly("1", "2");
        }

        @Test
        void batch_withAConditionThatDoesNotHold_changesNothing() {
            node.start();
            node.put("b", "there");

            Throwable error = node.awaitFailure(node.engine()
                    .apply(List.of(Change.put(key("a"), "1"), Change.put(key("b"), "2", Condition.ABSENT))));

            assertThat(error).isInstanceOf(Conflict.class);
            assertThat(((Conflict) error).key()).isEqualTo(key("b"));
            assertThat(node.get("a")).isEmpty();
            assertThat(node.get("b")).contains("there");
        }

        @Test
        void condition_isDecidedInLogOrder_soOneOfTwoRacersWins() {
            node.start();
            Version version = node.put("a", "0").version();

            CompletionStage<?> first =
                    node.engine().apply(List.of(Change.put(key("a"), "1", Condition.versionIs(version))));
            CompletionStage<?> second =
                    node.engine().apply(List.of(Change.put(key("a"), "2", Condition.versionIs(version))));

            node.await(first);
            assertThat(node.awaitFailure(second)).isInstanceOf(Conflict.class);
            assertThat(node.get("a")).contains("1");
        }

        @Test
        void condition_present() {
            node.start();

            assertThat(node.awaitFailure(node.engine().apply(List.of(Change.put(key("a"), "1", Condition.PRESENT)))))
                    .isInstanceOf(Conflict.class);
            node.put("a", "1");
            node.await(node.engine().apply(List.of(Change.put(key("a"), "2", Condition.PRESENT))));

            assertThat(node.get("a")).contains("2");
        }

        @Test
        void requestsThatBreakTheContract_areInvalid() {
            node.start();
            Change<String> ephemeral = Change.put(Key.ephemeral("g", "i"), "v", new Lease(1, 1));
            Change<String> unencodable = Change.put(key("half a pair: \ud800"), "v");
            Change<String> tooLarge = Change.put(key("a"), "v".repeat(1 << 20));

            for (List<Change<String>> batch :
                    List.of(List.<Change<String>>of(), List.of(ephemeral), List.of(unencodable), List.of(tooLarge))) {
                assertThat(node.awaitFailure(node.engine().apply(batch))).isInstanceOf(Invalid.class);
            }
            assertThatThrownBy(() -> node.engine().renew(key("a"))).isInstanceOf(Invalid.class);
            assertThatThrownBy(() -> node.engine().listen(Interest.all(Mode.EPHEMERAL), events -> {}))
                    .isInstanceOf(Invalid.class);
        }

        /** Group commit: what arrives while one batch is being synced shares the next sync (design §4). */
        @Test
        void writesThatArriveDuringASync_shareTheNextOne() {
            node.start();
            node.disk().latency(Duration.ofMillis(1));
            node.disk().clearTrace();

            List<CompletableFuture<?>> writes = new ArrayList<>();
            for (int i = 0; i < 64; i++) {
                writes.add(node.putting("k" + i, "v"));
            }
            node.await(CompletableFuture.allOf(writes.toArray(CompletableFuture[]::new)));

            assertThat(node.disk().trace())
                    .filteredOn(each -> each.kind() == DiskOperation.Kind.SYNC)
                    .hasSizeBetween(1, 2);
        }

        /** Invariant AckIsDurable, and the order of the mark (design §4, "Storage"). */
        @Test
        void acknowledgement_comesAfterWriteAndSync_andTheMarkAfterTheSync() {
            node.start();
            node.disk().clearTrace();
            List<String> operationsAtAck = new ArrayList<>();

            node.await(node.putting("a", "1")
                    .thenAccept(ignored -> node.disk()
                            .trace()
                            .forEach(each -> operationsAtAck.add(each.kind().toString()))));
            node.clock().runUntilIdle();

            assertThat(operationsAtAck).containsExactly("write", "sync");
            assertThat(node.disk().trace())
                    .extracting(each -> each.kind().toString())
                    .containsExactly("write", "sync", "write");
        }
    }

    @Nested
    class Restarting {

        @Test
        void emptyDirectory_isFoundedAtOnce() {
            RaftRecovery recovery = node.start();

            RaftStatus status = node.engine().status();
            assertThat(recovery.entriesRestored()).isZero();
            assertThat(status.role()).isEqualTo(RaftRole.LEADER);
            assertThat(status.clusterId()).isPresent();
            assertThat(status.voters()).containsExactly(node.machine().nodeId());
            assertThat(status.votedFor()).contains(node.machine().nodeId());
            assertThat(status.electionDueMillis()).isEqualTo(-1);
        }

        /** R13, IR14: term, vote, log and membership outlive kill -9. */
        @Test
        void killed_comesBackWithAllThatWasAcknowledged() {
            node.start();
            node.put("a", "1");
            node.put("b", "2");
            node.remove("a");
            RaftStatus before = node.engine().status();

            RaftRecovery recovery = node.killAndRestart();

            RaftStatus after = node.engine().status();
            assertThat(node.get("a")).isEmpty();
            assertThat(node.get("b")).contains("2");
            assertThat(after.digest()).isEqualTo(before.digest());
            assertThat(after.term()).isGreaterThan(before.term());
            assertThat(after.clusterId()).isEqualTo(before.clusterId());
            assertThat(recovery.term()).isEqualTo(before.term());
            assertThat(recovery.entriesRestored()).isEqualTo(before.lastIndex());
        }

        /** R33. */
        @Test
        void restoredState_reachesListenersBeforeTheStartIsOver() {
            node.start();
            node.put("a", "1");
            node.put("b", "2");
            node.kill();
            List<String> heard = new ArrayList<>();
            RaftEngine<String> engine = node.create();
            engine.listen(Interest.all(Mode.PERSISTENT), events -> events.forEach(each -> heard.add(describe(each))));

            node.await(engine.start());
            node.clock().runUntil(() -> engine.readiness(Mode.PERSISTENT).ready(), Duration.ofSeconds(1));

            assertThat(heard).containsExactly("stored a=1", "stored b=2");
        }

        @Test
        void stop_endsWritesThatAreOnTheirWay_andRefusesLaterOnes() {
            node.start();
            node.disk().latency(Duration.ofMillis(5));
            CompletableFuture<?> onItsWay = node.putting("a", "1");
            node.clock().advance(Duration.ofMillis(1));
            CompletableFuture<?> queued = node.putting("b", "2");

            node.await(node.engine().stop());

            assertThat(onItsWay).isCompleted();
            assertThat(node.awaitFailure(queued)).isInstanceOf(NotReady.class);
            assertThat(node.awaitFailure(node.putting("c", "3"))).isInstanceOf(NotReady.class);
            assertThat(node.engine().status().state()).isEqualTo(RaftStatus.State.STOPPED);
            node.await(node.engine().stop());
        }

        @Test
        void beforeTheStart_writesWait_andReadsAreEmpty() {
            RaftEngine<String> engine = node.create();
            CompletableFuture<?> early = node.putting("a", "1");
            assertThat(engine.readiness(Mode.PERSISTENT).ready()).isFalse();

            node.await(engine.start());
            node.await(early);

            assertThat(node.get("a")).contains("1");
        }
    }

    @Nested
    class Listening {

        @Test
        void listener_hearsTheStateThenEveryChange_onceAndInLogOrder() {
            node.start();
            node.put("b", "1");
            List<String> heard = new ArrayList<>();

            node.engine()
                    .listen(Interest.all(Mode.PERSISTENT), events -> events.forEach(each -> heard.add(describe(each))));
            node.put("a", "2");
            node.remove("b");

            assertThat(heard).containsExactly("stored b=1", "stored a=2", "removed b=1 by OPERATOR");
        }

        @Test
        void listener_hasHeardWhenTheWriteIsAcknowledged() {
            node.start();
            List<String> order = new ArrayList<>();
            node.engine().listen(Interest.group(Mode.PERSISTENT, "group"), events -> order.add("told"));

            node.await(node.putting("a", "1").thenAccept(ignored -> order.add("acknowledged")));

            assertThat(order).containsExactly("told", "acknowledged");
        }

        @Test
        void listener_hearsOfItsGroupsOnly() {
            node.start();
            node.await(node.engine().put(Key.persistent("one", "a"), "0"));
            List<String> exact = new ArrayList<>();
            List<String> prefix = new ArrayList<>();
            node.engine()
                    .listen(Interest.group(Mode.PERSISTENT, "one"), all -> all.forEach(e -> exact.add(describe(e))));
            node.engine()
                    .listen(
                            Interest.groupsWithPrefix(Mode.PERSISTENT, "one"),
                            all -> all.forEach(e -> prefix.add(describe(e))));

            node.await(node.engine().put(Key.persistent("one+", "b"), "1"));
            node.await(node.engine().put(Key.persistent("two", "c"), "2"));

            assertThat(exact).containsExactly("stored a=0");
            assertThat(prefix).containsExactly("stored a=0", "stored b=1");
        }

        @Test
        void listenerThatThrows_harmsNobodyElse_andIsCounted() {
            AtomicInteger failed = new AtomicInteger();
            node.metrics(new RaftMetrics() {
                @Override
                public void listenerFailed() {
                    failed.incrementAndGet();
                }
            });
            node.start();
            List<String> heard = new ArrayList<>();
            node.engine().listen(Interest.all(Mode.PERSISTENT), events -> {
                throw new IllegalStateException("bad listener");
            });
            node.engine()
                    .listen(Interest.all(Mode.PERSISTENT), events -> events.forEach(each -> heard.add(describe(each))));

            node.put("a", "1");
            node.put("a", "2");

            assertThat(heard).containsExactly("stored a=1", "stored a=2");
            assertThat(failed).hasValue(2);
            assertThat(node.failures()).isEmpty();
        }

        @Test
        void closedSubscription_hearsNothingMore() {
            node.start();
            List<String> heard = new ArrayList<>();
            Subscription subscription = node.engine()
                    .listen(Interest.all(Mode.PERSISTENT), events -> events.forEach(each -> heard.add(describe(each))));
            node.put("a", "1");

            subscription.close();
            node.put("a", "2");

            assertThat(heard).containsExactly("stored a=1");
        }
    }

    @Nested
    class Reading {

        @Test
        void readBarrier_completesOnALeader_andShowsAcknowledgedWrites() {
            node.start();
            node.put("a", "1");

            assertThat(node.await(node.engine().getLinearizable(key("a"))))
                    .get()
                    .extracting(Datum::value)
                    .isEqualTo("1");
        }

        /** R24: no linearizable read before an entry of the term is committed. */
        @Test
        void readBarrier_waitsForTheFirstCommitOfTheTerm() {
            RaftEngine<String> engine = node.create();
            node.disk().latency(Duration.ofMillis(10));
            CompletableFuture<Void> barrier = engine.readBarrier().toCompletableFuture();
            CompletableFuture<?> start = engine.start().toCompletableFuture();

            node.clock().runUntil(start::isDone, Duration.ofSeconds(5));
            assertThat(barrier).isNotDone();
            node.await(barrier);

            assertThat(engine.status().commitIndex()).isGreaterThanOrEqualTo(2);
        }

        @Test
        void group_isInKeyOrder_andForEachSeesAll() {
            node.start();
            for (String id : List.of("c", "a", "b")) {
                node.put(id, id);
            }
            node.await(node.engine().put(Key.persistent("other", "z"), "z"));

            List<String> seen = new ArrayList<>();
            node.engine().forEach(Mode.PERSISTENT, datum -> seen.add(datum.value()));

            assertThat(node.engine().group(Mode.PERSISTENT, "group"))
                    .extracting(Datum::value)
                    .containsExactly("a", "b", "c");
            assertThat(seen).containsExactly("a", "b", "c", "z");
            assertThat(node.engine().group(Mode.PERSISTENT, "")).isEmpty();
            assertThat(node.engine().group(Mode.EPHEMERAL, "group")).isEmpty();
            assertThat(node.engine().get(Key.ephemeral("group", "a"))).isEmpty();
        }
    }

    @Nested
    class Limits {

        /** R17: in flight and not known in time is unknown, never failed. */
        @Test
        void diskThatHangs_endsWritesAtTheirTimeLimits() {
            node.start();
            node.disk().latency(Duration.ofSeconds(60));
            long before = node.clock().monoNanos();
            CompletableFuture<?> inFlight = node.putting("a", "1");
            node.clock().advance(Duration.ofMillis(1));
            CompletableFuture<?> queued = node.putting("b", "2");

            Throwable queuedError = node.awaitFailure(queued);
            assertThat(Duration.ofNanos(node.clock().monoNanos() - before)).isLessThan(Duration.ofMillis(2_010));
            Throwable inFlightError = node.awaitFailure(inFlight);
            assertThat(Duration.ofNanos(node.clock().monoNanos() - before)).isEqualTo(Duration.ofSeconds(5));

            assertThat(queuedError).isInstanceOf(Overloaded.class);
            assertThat(inFlightError).isInstanceOf(OutcomeUnknown.class);
        }

        /** X17. */
        @Test
        void queue_isBoundedInBytes() {
            node.start();
            node.disk().latency(Duration.ofSeconds(1));
            node.putting("first", "1");
            node.clock().advance(Duration.ofMillis(1));

            List<CompletableFuture<?>> writes = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                writes.add(node.putting("k" + i, "v".repeat(10_000)));
            }

            long overloaded = writes.stream()
                    .filter(CompletableFuture::isCompletedExceptionally)
                    .count();
            assertThat(overloaded).isGreaterThan(50).isLessThan(100);
            assertThat(node.awaitFailure(writes.get(99))).isInstanceOf(Overloaded.class);
            node.disk().heal();
            node.clock().runUntil(() -> node.engine().queueBytes() == 0, Duration.ofSeconds(10));
        }

        /** A failed sync stops the engine and is never tried again (design §4). */
        @Test
        void failedSync_stopsTheEngine_andNothingIsAcknowledged() {
            node.start();
            node.disk().failSync(file -> file.contains("log"));
            node.disk().clearTrace();

            Throwable error = node.awaitFailure(node.putting("a", "1"));

            assertThat(error).isInstanceOf(OutcomeUnknown.class);
            assertThat(node.failures())
                    .extracting(EngineFailure::kind)
                    .containsExactly(EngineFailure.Kind.STORAGE_FAILED);
            assertThat(node.failures().get(0).kind().exitCode()).isEqualTo(74);
            node.clock().advance(Duration.ofMinutes(1));
            assertThat(node.disk().trace())
                    .filteredOn(each -> each.kind() == DiskOperation.Kind.SYNC)
                    .hasSize(1);
            assertThat(node.engine().readiness(Mode.PERSISTENT).ready()).isFalse();
            assertThat(node.awaitFailure(node.putting("b", "2"))).isInstanceOf(NotReady.class);
            assertThat(node.awaitFailure(node.engine().readBarrier())).isInstanceOf(ConsistencyException.class);
        }

        @Test
        void failedWrite_stopsTheEngine() {
            node.start();
            node.disk().failWrite(file -> file.contains("log"));

            assertThat(node.awaitFailure(node.putting("a", "1"))).isInstanceOf(OutcomeUnknown.class);
            assertThat(node.failures())
                    .extracting(EngineFailure::kind)
                    .containsExactly(EngineFailure.Kind.STORAGE_FAILED);
        }

        @Test
        void config_namesTheRelationThatIsBroken() {
            assertThatThrownBy(() -> RaftConfig.defaults().withTimes(100, 150, 5000))
                    .hasMessage("raft.election-timeout-ms (150) must be at least twice raft.heartbeat-ms (100)");
            assertThatThrownBy(() -> SmallDirectory.ofBytes(1 << 19))
                    .hasMessage("server.data-dir-max-bytes (524288) must be at least 16 times the log's segment size"
                            + " (65536)");
            assertThatThrownBy(() -> RaftConfig.defaults().withDataDirMaxBytes(1 << 20))
                    .hasMessage("server.data-dir-max-bytes (1048576) must be at least 16777216");
        }
    }

    @Test
    void manyWrites_allAppliedInOrder() {
        node.start();
        List<CompletableFuture<?>> writes = new ArrayList<>();
        IntStream.range(0, 2_000).forEach(i -> writes.add(node.putting("k" + i % 100, "v" + i)));
        node.await(CompletableFuture.allOf(writes.toArray(CompletableFuture[]::new)));

        for (int i = 0; i < 100; i++) {
            assertThat(node.get("k" + i)).contains("v" + (1_900 + i));
        }
    }

    private static String describe(ChangeEvent<String> event) {
        if (event instanceof ChangeEvent.Stored<String> stored) {
            return "stored " + stored.key().id() + "=" + stored.datum().value();
        }
        if (event instanceof ChangeEvent.Removed<String> removed) {
            return "removed " + removed.key().id() + "=" + removed.last().value() + " by " + removed.cause();
        }
        return event.toString();
    }
}
