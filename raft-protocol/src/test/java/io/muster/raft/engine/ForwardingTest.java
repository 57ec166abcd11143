package io.muster.raft.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.consistency.ConsistencyException;
import io.muster.consistency.ConsistencyException.NoLeader;
import io.muster.consistency.Outcome;
import io.muster.raft.SmallDirectory;
import io.muster.raft.wire.ForwardCodec;
import io.muster.raft.wire.ForwardMessage.Numbered;
import io.muster.raft.wire.ForwardMessage.Refusal;
import io.muster.raft.wire.ForwardMessage.Request;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** R16: writes through a node that does not lead; decision 0016. */
class ForwardingTest {

    /** As docs/raft-storage-format.md gives it: behind the format, node id, run id and sequence. */
    private static final int COMMAND_LEFT_AFTER_OFFSET = 1 + 4 * Long.BYTES;

    private final EngineCluster cluster = new EngineCluster(1, 3);
    private int leader;
    private int follower;
    private int other;

    @AfterEach
    void noEngineHasStoppedItself() {
        assertThat(cluster.failures()).isEmpty();
    }

    private void found() {
        cluster.found();
        leader = cluster.awaitLeader();
        follower = (leader + 1) % 3;
        other = (leader + 2) % 3;
    }

    /** Two of three are left, and their leader cannot commit the first entry of its term. */
    private void foundAndElectALeaderThatMayNotTakeWritesYet() {
        found();
        cluster.wire(follower).lose(Wire::bringsEntries);
        cluster.wire(other).lose(Wire::bringsEntries);
        int first = leader;
        cluster.kill(first);
        leader = cluster.awaitLeader();
        follower = leader == other ? follower : other;
        other = first;
        cluster.until(() -> cluster.status(follower).leader().equals(Optional.of(cluster.id(leader))));
    }

    private static void assertThatNothingWasDone(Throwable error) {
        assertThat(error)
                .isInstanceOfSatisfying(
                        ConsistencyException.class,
                        refused -> assertThat(refused.outcome()).isEqualTo(Outcome.NOT_DONE));
    }

    private List<Long> numbersThatCame(int node) {
        return cluster.wire(node).forwarded(Request.class).stream()
                .flatMap(request -> request.commands().stream())
                .map(Numbered::number)
                .toList();
    }

    /** A leader that takes nothing for a while is no reason to send it nothing for the rest of its term. */
    @Test
    void writesThroughAFollower_goOn_whenTheLeaderTakesThemAgain() {
        cluster.config(SmallDirectory.ofBytes(8 << 20).withTimes(100, 5_000, 5_000));
        found();
        long term = cluster.status(leader).term();
        cluster.put(follower, "a", "1");
        cluster.machines().network().isolate(other);
        CompletableFuture<String> transfer = cluster.engine(leader)
                .transferLeader(Optional.of(cluster.id(other)))
                .toCompletableFuture();

        assertThatNothingWasDone(cluster.awaitFailure(cluster.putting(follower, "a", "2")));
        cluster.awaitFailure(transfer);
        assertThat(cluster.put(follower, "a", "3").value()).isEqualTo("3");
        assertThat(cluster.status(leader).term()).isEqualTo(term);
        assertThat(cluster.get(leader, "a")).contains("3");
    }

    @Test
    void writesThroughAFollower_goOn_whenTheLeaderHasCommittedInItsTermAtLast() {
        foundAndElectALeaderThatMayNotTakeWritesYet();
        long term = cluster.status(leader).term();

        Throwable refused = cluster.awaitFailure(cluster.putting(follower, "a", "1"));
        assertThat(refused).isInstanceOf(NoLeader.class).hasMessageContaining("first commit of term " + term);
        cluster.wire(follower).loseNothing();
        cluster.put(follower, "a", "2");

        assertThat(cluster.status(leader).term()).isEqualTo(term);
        assertThat(cluster.get(leader, "a")).contains("2");
    }

    /** R17: a definite refusal does not become an unknown outcome since the frame that told it was lost. */
    @Test
    void refusalThatWasLost_isToldAgain() {
        foundAndElectALeaderThatMayNotTakeWritesYet();
        cluster.wire(follower).lose(frame -> Wire.bringsEntries(frame) || Wire.isForwarded(frame, Refusal.class));
        CompletableFuture<?> write = cluster.putting(follower, "a", "1");
        cluster.advance(Duration.ofMillis(2_500));
        assertThat(cluster.wire(follower).forwarded(Refusal.class)).isNotEmpty();
        cluster.wire(follower).lose(Wire::bringsEntries);

        assertThatNothingWasDone(cluster.awaitFailure(write));
    }

    /** R17: no node refuses what stands in its log, though it leads no longer and the command comes once more. */
    @Test
    void commandThatComesTwice_isNotRefusedByALeaderThatHasTakenItAndWasDeposed() {
        found();
        cluster.wire(follower).lose(Wire::bringsEntries);
        cluster.wire(other).lose(Wire::bringsEntries);
        CompletableFuture<?> write = cluster.putting(follower, "a", "1");
        cluster.advance(Duration.ofMillis(50));
        Wire.Forwarded request = cluster.wire(leader).forwarded().get(0);
        cluster.machines().network().isolate(leader);
        cluster.machines().network().cut(follower, other);
        cluster.until(() -> cluster.leader().isEmpty());
        cluster.machines().network().link(leader, follower).heal();

        cluster.wire(leader).arrives(request.from(), request.frame());
        cluster.advance(Duration.ofMillis(2_500));
        assertThat(cluster.wire(follower).forwarded(Refusal.class)).isEmpty();
        assertThat(write).isNotDone();

        cluster.wire(follower).loseNothing();
        cluster.wire(other).loseNothing();
        cluster.machines().network().heal();
        cluster.await(write);
        assertThat(cluster.get(follower, "a")).contains("1");
    }

    /** A leader that is slow is not made slower: what waits in its log does not enter it again. */
    @Test
    void commandThatWaitsInTheLeadersLog_isLoggedOnce_howeverOftenItIsSent() {
        found();
        cluster.put(follower, "before", "1");
        cluster.awaitSame();
        long lastIndex = cluster.status(leader).lastIndex();
        cluster.wire(follower).lose(Wire::bringsEntries);
        cluster.wire(other).lose(Wire::bringsEntries);
        int sentBefore = numbersThatCame(leader).size();
        CompletableFuture<?> write = cluster.putting(follower, "a", "1");
        cluster.advance(Duration.ofMillis(3_500));
        assertThat(numbersThatCame(leader)).hasSizeGreaterThan(sentBefore + 2);
        assertThat(cluster.status(leader).lastIndex()).isEqualTo(lastIndex + 1);

        cluster.wire(follower).loseNothing();
        cluster.wire(other).loseNothing();
        cluster.await(write);
        cluster.awaitSame();
        assertThat(cluster.status(leader).lastIndex()).isEqualTo(lastIndex + 1);
    }

    /** Frames need not come in order: what was lost is taken when it comes again, though later ones came meanwhile. */
    @Test
    void commandThatWasLost_isTakenWhenItIsSentAgain_underItsNumber() {
        found();
        cluster.wire(leader).lose(frame -> Wire.isForwarded(frame, Request.class));
        CompletableFuture<?> lost = cluster.putting(follower, "a", "1");
        cluster.advance(Duration.ofMillis(50));
        cluster.wire(leader).loseNothing();
        cluster.put(follower, "b", "1");
        assertThat(lost).isNotDone();

        cluster.await(lost);
        assertThat(numbersThatCame(leader)).containsExactly(1L, 2L, 1L);
    }

    /** Design §4: a forwarding node repeats the request with a new leader inside the same deadline; as when the one before is told to stop. */
    @Test
    void writesThroughAFollower_waitForTheNextLeader_whenTheLeaderStops() {
        found();
        cluster.put(follower, "a", "1");
        CompletionStage<Void> stopped = cluster.engine(leader).stop();
        List<CompletableFuture<?>> writes = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            writes.add(cluster.putting(follower, "k" + i, "1"));
            writes.add(cluster.putting(other, "l" + i, "1"));
            cluster.advance(Duration.ofMillis(1));
        }
        cluster.await(stopped);
        cluster.kill(leader);

        writes.forEach(cluster::await);
    }

    /** R17: a write that waited for a leader is not taken for one that the network held back (ExactlyOnce), however far the log has gone on meanwhile. */
    @Test
    void commandThatWaitedForALeader_tellsTheCommitIndexOfThatLeader() {
        found();
        cluster.awaitSame();
        cluster.machines().network().isolate(follower);
        for (int i = 0; i < 50; i++) {
            cluster.put(leader, "k" + i, "1");
        }
        long committed = cluster.status(leader).commitIndex();
        cluster.until(() -> cluster.status(follower).leader().isEmpty());
        CompletableFuture<?> waiting = cluster.putting(follower, "a", "1");
        cluster.machines().network().heal();
        cluster.await(waiting);

        Request request = cluster.wire(leader).forwarded(Request.class).get(0);
        ByteBuffer command = ByteBuffer.wrap(request.commands().get(0).bytes());
        assertThat(command.getLong(COMMAND_LEFT_AFTER_OFFSET)).isGreaterThanOrEqualTo(committed);
    }

    /** The processes that have ended in a long term leave no trace that would keep a new one from being heard. */
    @Test
    void leaderThatHasHeardManyRunsOfAMember_hearsTheNextOne() {
        found();
        long term = cluster.status(leader).term();
        for (int run = 1; run <= 1_000; run++) {
            byte[] frame = ForwardCodec.encode(
                    cluster.status(leader).clusterId().orElseThrow(),
                    new Request(term, run, List.of(new Numbered(1, new byte[0]))));
            cluster.wire(leader).arrives(cluster.id(follower), frame);
        }

        assertThat(cluster.put(follower, "a", "1").value()).isEqualTo("1");
        assertThat(cluster.status(leader).term()).isEqualTo(term);
    }
}
