package io.muster.raft.engine;

import static io.muster.raft.engine.EngineCluster.key;
import static org.assertj.core.api.Assertions.assertThat;

import io.muster.consistency.Change;
import io.muster.consistency.ChangeEvent;
import io.muster.consistency.Codec;
import io.muster.consistency.Condition;
import io.muster.consistency.ConsistencyException.Invalid;
import io.muster.consistency.ConsistencyException.NoLeader;
import io.muster.consistency.ConsistencyException.OutcomeUnknown;
import io.muster.consistency.Datum;
import io.muster.consistency.Mode;
import io.muster.consistency.Removal;
import io.muster.raft.DataSetAsideException;
import io.muster.raft.RaftConfig;
import io.muster.raft.RaftRole;
import io.muster.raft.SmallDirectory;
import io.muster.raft.Texts;
import io.muster.sim.net.LinkQuality;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Several engines as one consistency service, over a simulated network and with real storage. */
class EngineClusterTest {

    /** Loses a fifth of the frames, and doubles and reorders some. */
    private static final LinkQuality LOSSY =
            new LinkQuality(0.2, 0.3, 0.1, 0, 0, 0, 200_000, 100_000, 1, 10_000, 64L << 20);

    private final EngineCluster cluster = new EngineCluster(1, 3);

    @AfterEach
    void noEngineHasStoppedItself() {
        assertThat(cluster.failures()).isEmpty();
    }

    /** Design §4, "Founding". */
    @Nested
    class Founding {

        @Test
        void threeEmptyNodes_foundOneClusterOfThreeVoters() {
            cluster.found();

            assertThat(cluster.status(0).clusterId()).isPresent();
            for (int node = 0; node < 3; node++) {
                assertThat(cluster.status(node).clusterId())
                        .isEqualTo(cluster.status(0).clusterId());
                assertThat(cluster.status(node).voters()).hasSize(3);
                assertThat(cluster.status(node).lossesTolerated()).isEqualTo(1);
            }
        }

        @Test
        void nodesThatLackAListedOne_doNotFound_andSayWhy() {
            cluster.start(0);
            cluster.start(1);
            cluster.advance(Duration.ofMinutes(1));

            assertThat(cluster.status(0).clusterId()).isEmpty();
            assertThat(cluster.status(0).reason()).contains("not founded", "does not answer");
        }

        /** A one-voter cluster without client entries gives way to one that has more to lose. */
        @Test
        void aClusterWithoutData_isGivenUpForAnother() {
            cluster.machines().addMachine();
            cluster.listAt(3, List.of(3));
            cluster.start(3);
            cluster.until(() -> cluster.engine(3).readiness(Mode.PERSISTENT).ready());
            for (int node = 0; node < 3; node++) {
                cluster.start(node);
            }
            cluster.awaitServing();
            cluster.put(0, "a", "1");
            cluster.listAt(3, List.of(0, 1, 2, 3));
            cluster.listNodes(List.of(0, 1, 2, 3));
            cluster.until(() -> cluster.get(3, "a").isPresent());

            assertThat(cluster.status(3).clusterId())
                    .isEqualTo(cluster.status(0).clusterId());
        }

        @Test
        void aClusterWithData_isGivenUpOnlyWhenAnOperatorSaysThatItMayBeLost() {
            cluster.machines().addMachine();
            cluster.listAt(3, List.of(3));
            cluster.start(3);
            cluster.until(() -> cluster.engine(3).readiness(Mode.PERSISTENT).ready());
            cluster.put(3, "own", "1");
            for (int node = 0; node < 3; node++) {
                cluster.start(node);
            }
            cluster.awaitServing();
            cluster.put(0, "a", "1");
            cluster.listAt(3, List.of(0, 1, 2, 3));
            cluster.listNodes(List.of(0, 1, 2, 3));
            cluster.advance(Duration.ofSeconds(20));
            assertThat(cluster.get(3, "own")).contains("1");
            assertThat(cluster.awaitFailure(cluster.engine(3).join(false))).hasMessageContaining("would be lost");

            cluster.await(cluster.engine(3).join(true));
            cluster.until(() -> cluster.get(3, "a").isPresent());
            assertThat(cluster.get(3, "own")).isEmpty();
            assertThat(cluster.heard(3).stream().filter(event -> event instanceof ChangeEvent.Removed))
                    .extracting(ChangeEvent::key)
                    .containsExactly(key("own"));
        }

        /** FoundOnce: it counts when the first entry is durable, however slow that is and whenever the node is told to stop. */
        @Test
        void aNodeThatIsListedAlone_foundsOnce_alsoIfItIsStoppedMeanwhile() {
            for (int millis = 0; millis < 150; millis += 5) {
                EngineCluster alone = new EngineCluster(1, 1);
                alone.machines().machine(0).disk().latency(Duration.ofMillis(5));
                alone.start(0);
                alone.advance(Duration.ofMillis(millis));
                CompletionStage<Void> stopped = alone.engine(0).stop();
                alone.await(stopped);
                alone.advance(Duration.ofSeconds(1));
                assertThat(alone.failures())
                        .as("stopped after " + millis + " ms")
                        .isEmpty();
            }
        }

        /** R63: a standalone node that is switched to a list while it runs takes in whom the list names, and keeps its data. */
        @Test
        void aStandaloneNode_takesOthersIn_onceItsLookupListsThem() {
            cluster.config(0, SmallDirectory.ofBytes(8 << 20).withFoundsItself(true));
            cluster.listAt(0, List.of(0));
            cluster.start(0);
            cluster.until(() -> cluster.engine(0).readiness(Mode.PERSISTENT).ready());
            cluster.put(0, "a", "1");
            cluster.start(1);
            cluster.start(2);
            cluster.advance(Duration.ofSeconds(5));
            assertThat(cluster.status(1).clusterId()).isEmpty();

            cluster.listAt(0, List.of(0, 1, 2));
            cluster.until(() -> cluster.status(0).voters().size() == 3);

            assertThat(cluster.put(2, "b", "2").value()).isEqualTo("2");
            assertThat(cluster.get(2, "a")).contains("1");
        }

        @Test
        void anOperator_foundsWithMembersMissing() {
            cluster.start(0);
            cluster.start(1);
            cluster.advance(Duration.ofSeconds(5));

            cluster.await(cluster.engine(0).found(List.of(cluster.id(0), cluster.id(1), cluster.id(2))));
            cluster.until(() -> cluster.status(1).voters().contains(cluster.id(1)));

            assertThat(cluster.put(1, "a", "1").value()).isEqualTo("1");
        }
    }

    @Nested
    class Writing {

        @Test
        void aWriteThroughAnyNode_isReadableOnAll() {
            cluster.found();
            for (int node = 0; node < 3; node++) {
                cluster.put(node, "key" + node, "value" + node);
                assertThat(cluster.get(node, "key" + node)).contains("value" + node);
            }
            cluster.awaitSame();

            for (int node = 0; node < 3; node++) {
                assertThat(cluster.get(node, "key0")).contains("value0");
                assertThat(cluster.get(node, "key1")).contains("value1");
                assertThat(cluster.get(node, "key2")).contains("value2");
            }
        }

        /** R17, R28: a client's write through any node survives the loss of the leader. */
        @Test
        void whenTheLeaderDies_theOthersGoOn_andNothingAcknowledgedIsLost() {
            cluster.found();
            int leader = cluster.awaitLeader();
            int follower = cluster.follower();
            cluster.put(follower, "a", "1");
            cluster.kill(leader);

            // Taken while the dead leader is still believed in: repeated with the next one.
            CompletableFuture<?> during = cluster.putting(follower, "b", "2");
            cluster.await(during);
            cluster.start(leader);
            cluster.awaitServing();
            cluster.awaitSame();

            assertThat(cluster.get(leader, "a")).contains("1");
            assertThat(cluster.get(leader, "b")).contains("2");
        }

        /** IR13: a write that is passed on again and again takes effect once. */
        @Test
        void overANetworkThatLosesAndDoublesFrames_eachWriteTakesEffectOnce() {
            cluster.found();
            int follower = cluster.follower();
            cluster.machines().network().quality(LOSSY);
            for (int i = 0; i < 30; i++) {
                CompletableFuture<?> done = cluster.engine(follower)
                        .apply(List.of(Change.put(key("k" + i), "v" + i, Condition.ABSENT)))
                        .toCompletableFuture();
                cluster.await(done);
            }
            cluster.machines().network().quality(LinkQuality.GOOD);
            cluster.awaitSame();

            assertThat(cluster.engine(0).group(Mode.PERSISTENT, "group")).hasSize(30);
        }

        /** A follower whose directory is smaller takes in several batches what its leader sends at once. */
        @Test
        void aNodeWithShorterSegments_keepsUpWithALeaderThatHasLongerOnes() {
            cluster.config(RaftConfig.defaults().withDataDirMaxBytes(64 << 20))
                    .config(2, SmallDirectory.ofBytes(8 << 20).withFoundsItself(false))
                    .found();
            if (cluster.awaitLeader() == 2) {
                cluster.await(cluster.engine(2).transferLeader(Optional.of(cluster.id(0))));
            }
            String large = "x".repeat(8_000);
            List<CompletableFuture<?>> writes = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                writes.add(cluster.putting(0, "k" + i, large));
            }
            writes.forEach(cluster::await);
            cluster.awaitSame();

            assertThat(cluster.engine(2).group(Mode.PERSISTENT, "group")).hasSize(60);
        }

        /** R3, R17: no majority, no write; definitely so within 2 s where none is on its way. */
        @Test
        void aNodeAlone_refusesWritesWithinTwoSeconds() {
            cluster.found();
            int leader = cluster.awaitLeader();
            for (int node = 0; node < 3; node++) {
                if (node != leader) {
                    cluster.kill(node);
                }
            }
            Throwable inFlight = cluster.awaitFailure(cluster.putting(leader, "a", "1"));
            cluster.advance(Duration.ofSeconds(3));
            CompletableFuture<?> later = cluster.putting(leader, "b", "2");
            cluster.advance(Duration.ofMillis(2_100));

            assertThat(inFlight).isInstanceOfAny(OutcomeUnknown.class, NoLeader.class);
            assertThat(later).isCompletedExceptionally();
            assertThat(cluster.awaitFailure(later)).isInstanceOf(NoLeader.class);
            assertThat(cluster.get(leader, "b")).isEmpty();
        }
    }

    @Nested
    class Reading {

        /** R24: a linearizable read anywhere sees what was acknowledged anywhere before. */
        @Test
        void aLinearizableRead_throughAnyNode_seesTheLastAcknowledgedWrite() {
            cluster.found();
            for (int i = 0; i < 9; i++) {
                cluster.put(i % 3, "a", "v" + i);
                assertThat(cluster.getLinearizable((i + 1) % 3, "a")).contains("v" + i);
            }
        }

        @Test
        void aNodeThatIsCutOff_refusesLinearizableReads_andServesLocalOnes() {
            cluster.found();
            int leader = cluster.awaitLeader();
            cluster.put(leader, "a", "1");
            cluster.machines().network().isolate(leader);
            cluster.put(cluster.engine(0) == cluster.engine(leader) ? 1 : 0, "a", "2");

            assertThat(cluster.awaitFailure(cluster.engine(leader).readBarrier()))
                    .isInstanceOf(NoLeader.class);
            assertThat(cluster.get(leader, "a")).contains("1");

            cluster.machines().network().heal();
            cluster.awaitSame();
            assertThat(cluster.getLinearizable(leader, "a")).contains("2");
        }
    }

    @Nested
    class ComingBack {

        /** R28: all killed, all come back with their data. */
        @Test
        void allNodesRestart_withEverythingThatWasAcknowledged() {
            cluster.found();
            for (int i = 0; i < 20; i++) {
                cluster.put(i % 3, "k" + i, "v" + i);
            }
            for (int node = 0; node < 3; node++) {
                cluster.kill(node);
            }
            for (int node = 0; node < 3; node++) {
                cluster.start(node);
            }
            cluster.awaitServing();
            cluster.awaitSame();

            assertThat(cluster.engine(2).group(Mode.PERSISTENT, "group")).hasSize(20);
        }

        /** R29: what a deposed leader wrote on a minority loses. */
        @Test
        void entriesOfADeposedLeader_loseToThoseOfTheMajority() {
            cluster.found();
            int old = cluster.awaitLeader();
            cluster.machines().network().isolate(old);
            CompletableFuture<?> lost = cluster.putting(old, "a", "minority");
            int other = (old + 1) % 3;
            cluster.until(() -> cluster.status(other).role() == RaftRole.LEADER
                    || cluster.status((old + 2) % 3).role() == RaftRole.LEADER);
            cluster.put(other, "b", "majority");
            cluster.awaitFailure(lost);
            cluster.machines().network().heal();
            cluster.awaitSame();

            assertThat(cluster.get(old, "b")).contains("majority");
            assertThat(cluster.get(other, "a")).isEqualTo(cluster.get(old, "a"));
        }

        /** An emptied directory is a new node: it joins as a learner and takes its old self's place. */
        @Test
        void aWipedNode_comesBackAsANewOne_andGetsEverything() {
            cluster.found();
            for (int i = 0; i < 10; i++) {
                cluster.put(0, "k" + i, "v" + i);
            }
            cluster.wipe(2);
            cluster.start(2);
            cluster.until(
                    () -> cluster.engine(2).group(Mode.PERSISTENT, "group").size() == 10);

            assertThat(cluster.status(2).clusterId())
                    .isEqualTo(cluster.status(0).clusterId());
        }

        /** R20: a node that lags behind the log gets a snapshot, and its listeners hear what differs. */
        @Test
        void aNodeThatLagsBehindTheLog_getsASnapshot() {
            cluster.config(SmallDirectory.ofBytes(4 << 20).withSnapshotEveryEntries(50))
                    .found();
            int leader = cluster.awaitLeader();
            int late = (leader + 1) % 3;
            cluster.put(late, "gone", "before");
            cluster.put(late, "kept", "before");
            cluster.awaitSame();
            cluster.machines().network().isolate(late);
            cluster.await(cluster.engine(leader).remove(key("gone"), Removal.OPERATOR));
            for (int i = 0; i < 400; i++) {
                cluster.put(leader, "k" + i % 40, "v" + i);
            }
            int events = cluster.heard(late).size();
            cluster.machines().network().heal();
            cluster.awaitSame();

            assertThat(cluster.status(late).snapshotIndex()).isPositive();
            assertThat(cluster.get(late, "gone")).isEmpty();
            assertThat(cluster.get(late, "k0")).contains("v360");
            List<ChangeEvent<String>> news =
                    cluster.heard(late).subList(events, cluster.heard(late).size());
            assertThat(news.stream().filter(event -> event instanceof ChangeEvent.Removed))
                    .extracting(ChangeEvent::key)
                    .containsExactly(key("gone"));
            assertThat(news.stream().filter(event -> event.key().equals(key("kept"))))
                    .isEmpty();

            // And it is whole after a restart.
            cluster.kill(late);
            cluster.start(late);
            cluster.awaitServing();
            cluster.awaitSame();
            assertThat(cluster.get(late, "k0")).contains("v360");
        }

        /** Its link is slow, the leader's directory holds no older snapshot beside the newest, and writes go on. */
        @Test
        void aNodeThatTakesItsSnapshotSlowly_isNotMadeToBeginAnewByEachNewOne() {
            cluster.config(SmallDirectory.ofBytes(8 << 20).withSnapshotEveryEntries(50))
                    .found();
            int leader = cluster.awaitLeader();
            int late = (leader + 1) % 3;
            cluster.machines().network().isolate(late);
            String value = "x".repeat(30_000);
            for (int i = 0; i < 120; i++) {
                cluster.put(leader, "k" + i % 100, value);
            }
            cluster.machines().network().heal();
            LinkQuality slow = LinkQuality.GOOD.withDelay(Duration.ofMillis(200), Duration.ZERO);
            cluster.machines().network().link(leader, late).quality(slow);
            cluster.machines().network().link(late, leader).quality(slow);

            int writes = 0;
            while (cluster.status(late).snapshotIndex() < 50) {
                assertThat(++writes).as("writes until it has a snapshot").isLessThan(500);
                cluster.put(leader, "small", "v" + writes);
                cluster.advance(Duration.ofMillis(10));
            }
        }
    }

    /** R15; design §4, "State digest". */
    @Nested
    class Differing {

        /** Reads one value as another, once. */
        private static final class Misreading implements Codec<String> {

            private boolean done;

            @Override
            public byte[] encode(String value) {
                return Texts.CODEC.encode(value);
            }

            @Override
            public String decode(byte[] bytes) {
                String value = Texts.CODEC.decode(bytes);
                boolean misread = value.equals("misread") && !done;
                done |= misread;
                return misread ? "something else" : value;
            }
        }

        @Test
        void aCopyThatDiffers_isReplacedByTheLeaders() {
            cluster.codec(0, new Misreading()).codec(1, Texts.CODEC).found();
            // Not by the leader, whose proposals are applied as they are.
            if (cluster.awaitLeader() == 0) {
                cluster.await(cluster.engine(0).transferLeader(Optional.of(cluster.id(1))));
                cluster.until(() -> cluster.status(1).role() == RaftRole.LEADER);
            }
            int leader = cluster.awaitLeader();
            cluster.put(leader, "a", "misread");
            assertDifferent();
            for (int i = 0; i < 1_030; i++) {
                cluster.put(leader, "k" + i % 10, "v" + i);
            }
            cluster.awaitSame();

            assertThat(cluster.get(0, "a")).contains("misread");
            assertThat(cluster.get(0, "k9")).isEqualTo(cluster.get(leader, "k9"));
            assertThat(cluster.status(0).snapshotIndex()).isPositive();
        }

        /** A copy that differs again after it was replaced is not read any more; but as the only one that is left it must do (R23). */
        @Test
        void aCopyThatGoesOnDiffering_isNotRead_unlessNoOtherIsLeft() {
            Codec<String> misreading = new Codec<>() {
                @Override
                public byte[] encode(String value) {
                    return Texts.CODEC.encode(value);
                }

                @Override
                public String decode(byte[] bytes) {
                    String value = Texts.CODEC.decode(bytes);
                    return value.equals("misread") ? "something else" : value;
                }
            };
            cluster.codec(0, misreading).found();
            if (cluster.awaitLeader() == 0) {
                cluster.await(cluster.engine(0).transferLeader(Optional.of(cluster.id(1))));
            }
            int leader = cluster.awaitLeader();
            cluster.put(leader, "a", "misread");
            for (int i = 0; i < 4_200; i++) {
                cluster.put(leader, "k" + i % 10, "v" + i);
            }
            cluster.until(() -> !cluster.engine(0).readiness(Mode.PERSISTENT).ready());
            cluster.kill(1);
            cluster.kill(2);
            cluster.advance(Duration.ofSeconds(10));

            cluster.await(cluster.engine(0).resetMembership(List.of(cluster.id(0))));
            cluster.until(() -> cluster.engine(0).readiness(Mode.PERSISTENT).ready());

            assertThat(cluster.getLinearizable(0, "k9")).contains("v4199");
        }

        private void assertDifferent() {
            cluster.until(
                    () -> cluster.status(0).appliedIndex() == cluster.status(1).appliedIndex());
            assertThat(cluster.status(0).digest())
                    .isNotEqualTo(cluster.status(1).digest());
        }
    }

    /** Design §4, "Storage"; IR14: damage to what was durable. */
    @Nested
    class Damaged {

        @Test
        void aMemberOfACluster_setsItsDataAside_andItsIdIsOver() {
            cluster.found();
            for (int i = 0; i < 10; i++) {
                cluster.put(0, "k" + i, "v" + i);
            }
            cluster.awaitSame();
            cluster.advance(Duration.ofSeconds(1));
            cluster.kill(2);
            // The one with the entries; the first holds a vote of before it had any.
            cluster.machines().machine(2).disk().flipBit("raft/log-0000000000000002.seg", 4_200, 3);

            cluster.start(2);
            assertThat(cluster.awaitFailure(cluster.starting(2)))
                    .isInstanceOf(DataSetAsideException.class)
                    .hasMessageContaining("log-0000000000000002.seg");

            // Also when it is started again under the same id.
            cluster.kill(2);
            cluster.start(2);
            assertThat(cluster.awaitFailure(cluster.starting(2))).isInstanceOf(DataSetAsideException.class);
            assertThat(cluster.put(0, "a", "goes on").value()).isEqualTo("goes on");
        }
    }

    @Nested
    class Operating {

        /** R22: it is done when that one leads, and says so. */
        @Test
        void leadership_isHandedToTheMemberThatIsNamed() {
            cluster.found();
            int leader = cluster.awaitLeader();
            int target = (leader + 1) % 3;
            assertThat(cluster.await(cluster.engine(leader).transferLeader(Optional.of(cluster.id(target)))))
                    .isEqualTo("node " + cluster.id(target) + " leads");
            assertThat(cluster.status(leader).leader()).contains(cluster.id(target));

            assertThat(cluster.awaitFailure(cluster.engine(leader).transferLeader(Optional.empty())))
                    .isInstanceOf(NoLeader.class)
                    .hasMessageContaining(
                            "%s does: ask there",
                            cluster.machines().machine(target).address().name());
        }

        /** Writes that wait until it is clear who leads are proposed when a transfer fails, by an engine that is in the middle of a step then. */
        @Test
        void writesThatWaitForATransfer_areTakenWhenItFails() {
            cluster.found();
            int leader = cluster.awaitLeader();
            int away = (leader + 1) % 3;
            cluster.put(leader, "a", "0");
            cluster.machines().network().isolate(away);
            List<CompletableFuture<List<Optional<Datum<String>>>>> puts = new ArrayList<>();
            CompletionStage<String> transfer = cluster.engine(leader).transferLeader(Optional.of(cluster.id(away)));
            transfer.whenComplete((said, error) -> puts.add(cluster.putting(leader, "c", "1")));
            for (int i = 0; i < 20; i++) {
                puts.add(cluster.putting(leader, "a", "waits " + i));
                cluster.advance(Duration.ofMillis(20));
            }

            assertThat(cluster.awaitFailure(transfer)).hasMessageContaining("not taken over");
            puts.forEach(cluster::await);
            assertThat(cluster.get(leader, "a")).contains("waits 19");
            assertThat(cluster.leader()).contains(leader);
        }

        /** R21: the members follow the list, while writes go on. */
        @Test
        void aNodeThatIsListed_becomesAVoter() {
            cluster.found();
            cluster.machines().addMachine();
            cluster.listNodes(List.of(0, 1, 2, 3));
            cluster.start(3);
            cluster.until(() -> cluster.status(3).voters().size() == 4);

            assertThat(cluster.put(3, "a", "1").value()).isEqualTo("1");
        }

        /** Design §4: a voter leaves when it has been absent from the list for 60 s. */
        @Test
        void aNodeThatIsNoLongerListed_leavesAfterAMinute() {
            cluster.found();
            cluster.listNodes(List.of(0, 1));
            cluster.advance(Duration.ofSeconds(50));
            assertThat(cluster.status(0).voters()).hasSize(3);
            cluster.until(() -> cluster.status(0).voters().size() == 2);
        }

        /** Design §4: what a leader saw in an earlier leadership counts only if its list has said the same ever since. */
        @Test
        void aNodeThatWasListedAgainWhileAnotherLed_staysForAnotherMinute() {
            cluster.found();
            int leader = cluster.awaitLeader();
            int next = (leader + 1) % 3;
            cluster.listNodes(List.of(leader, next));
            cluster.advance(Duration.ofSeconds(40));
            cluster.await(cluster.engine(leader).transferLeader(Optional.of(cluster.id(next))));
            cluster.listNodes(List.of(0, 1, 2));
            cluster.advance(Duration.ofSeconds(3));
            cluster.listNodes(List.of(leader, next));
            cluster.await(cluster.engine(next).transferLeader(Optional.of(cluster.id(leader))));
            cluster.advance(Duration.ofSeconds(40));

            assertThat(cluster.status(leader).voters()).hasSize(3);
            cluster.until(() -> cluster.status(leader).voters().size() == 2);
        }

        @Test
        void aChangeThatTheListWouldUndo_isRefused_unlessReconciliationIsPaused() {
            cluster.found();
            int leader = cluster.awaitLeader();
            int other = (leader + 1) % 3;

            assertThat(cluster.awaitFailure(cluster.engine(leader).removeMember(cluster.id(other), false)))
                    .isInstanceOf(Invalid.class)
                    .hasMessageContaining("is listed");

            cluster.await(cluster.engine(leader).pauseWish());
            cluster.await(cluster.engine(leader).removeMember(cluster.id(other), false));
            assertThat(cluster.status(leader).voters()).hasSize(2);
            assertThat(cluster.status(leader).wishPaused()).isTrue();
        }

        /** R22: that the old leader leads no longer is no sign that the named one does. */
        @Test
        void aTransferWhoseLeaderIsCutOff_isNotDone() {
            cluster.found();
            int leader = cluster.awaitLeader();
            CompletionStage<String> transfer =
                    cluster.engine(leader).transferLeader(Optional.of(cluster.id((leader + 1) % 3)));
            cluster.machines().network().isolate(leader);

            assertThat(cluster.awaitFailure(transfer))
                    .isInstanceOf(OutcomeUnknown.class)
                    .hasMessageContaining("no leader is known");
        }

        /** R21, R23: nobody else promotes a node that is not listed, so the next leader must know of it. */
        @Test
        void aMemberAddedByHand_becomesAVoter_thoughTheLeaderChangesBeforeItHasCaughtUp() {
            cluster.found();
            int leader = cluster.awaitLeader();
            int next = (leader + 1) % 3;
            cluster.machines().addMachine();
            cluster.listAt(3, List.of(0, 1, 2, 3));
            cluster.await(cluster.engine(leader).pauseWish());
            assertThat(cluster.await(cluster.engine(leader).addMember(cluster.id(3))))
                    .contains("to vote once caught up: [" + cluster.id(3));
            cluster.await(cluster.engine(leader).transferLeader(Optional.of(cluster.id(next))));
            assertThat(cluster.status(next).voters()).hasSize(3);

            cluster.start(3);
            cluster.until(() -> cluster.status(3).voters().contains(cluster.id(3)));

            assertThat(cluster.put(3, "a", "1").value()).isEqualTo("1");
        }

        /** R15, R23: there is no copy left to take the state from. */
        @Test
        void theRestOfALostMajority_servesAlso_ifItWasAboutToReplaceItsState() {
            cluster.found();
            cluster.put(0, "a", "1");
            cluster.awaitSame();
            int rest = cluster.follower();
            cluster.machines().network().isolate(rest);
            cluster.await(cluster.engine(rest).repair());
            for (int node = 0; node < 3; node++) {
                if (node != rest) {
                    cluster.kill(node);
                }
            }
            cluster.advance(Duration.ofSeconds(10));

            cluster.await(cluster.engine(rest).resetMembership(List.of(cluster.id(rest))));

            assertThat(cluster.put(rest, "b", "2").value()).isEqualTo("2");
            assertThat(cluster.getLinearizable(rest, "a")).contains("1");
        }

        /** R23. */
        @Test
        void whenAMajorityIsLostForGood_anOperatorMakesTheRestServeAgain() {
            cluster.found();
            cluster.put(0, "a", "1");
            cluster.awaitSame();
            cluster.kill(1);
            cluster.kill(2);
            cluster.advance(Duration.ofSeconds(10));

            cluster.await(cluster.engine(0).resetMembership(List.of(cluster.id(0))));

            assertThat(cluster.put(0, "b", "2").value()).isEqualTo("2");
            assertThat(cluster.get(0, "a")).contains("1");
        }

        @Test
        void aLeaderThatStops_handsLeadershipOverFirst() {
            cluster.found();
            int leader = cluster.awaitLeader();
            cluster.await(cluster.engine(leader).stop());
            cluster.kill(leader);
            cluster.advance(Duration.ofMillis(300));

            assertThat(cluster.leader()).isPresent();
        }
    }
}
