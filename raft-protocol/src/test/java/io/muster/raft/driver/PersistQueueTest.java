package io.muster.raft.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.member.NodeId;
import io.muster.raft.RaftMetrics;
import io.muster.raft.SmallDirectory;
import io.muster.raft.core.Effect;
import io.muster.raft.core.HardState;
import io.muster.raft.core.message.PeerMessage;
import io.muster.raft.core.message.PeerMessage.AppendEntriesReply;
import io.muster.raft.core.message.PeerMessage.PreVoteReply;
import io.muster.raft.storage.Checksum;
import io.muster.raft.storage.RaftStorage;
import io.muster.raft.storage.StorageEvents;
import io.muster.sim.MemoryDisk;
import io.muster.sim.NodeTime;
import io.muster.sim.VirtualTime;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is held back while the disk does not answer has a bound (X17). */
class PersistQueueTest {

    private static final NodeId SELF = new NodeId(0, 1);
    private static final NodeId LEADER = new NodeId(0, 2);
    private static final NodeId OTHER = new NodeId(0, 3);

    private final VirtualTime clock = new VirtualTime(0);
    private final NodeTime time = clock.node();
    private final MemoryDisk disk = new MemoryDisk();
    private final RaftStorage storage = new RaftStorage(
            SmallDirectory.ofBytes(2 << 20),
            SELF,
            disk.open(time),
            time,
            () -> 0,
            new NothingHappens(),
            Checksum.CRC32C);
    private final PersistQueue queue = new PersistQueue(storage, RaftMetrics.NONE, 1 << 15, id -> {});

    private static final class NothingHappens implements StorageEvents {
        @Override
        public void failed(Throwable cause) {
            throw new AssertionError(cause);
        }

        @Override
        public void boundReached() {}

        @Override
        public void roomMade() {}
    }

    @BeforeEach
    void aVoteThatTheDiskDoesNotTake() {
        storage.open(new Restoring<>(new NoState(), time, RaftMetrics.NONE));
        clock.runUntilIdle();
        disk.stall();
        queue.add(new Effect.Persist(1, new HardState(3, Optional.of(LEADER), 0), List.of()));
        queue.flush();
    }

    private void holds(NodeId to, PeerMessage message) {
        assertThat(queue.mayGo(new Effect.Send(to, message, 1))).isFalse();
    }

    private List<PeerMessage> releasedTo(NodeId to) {
        disk.unstall();
        clock.runUntilIdle();
        return queue.released().stream()
                .filter(send -> send.to().equals(to))
                .map(Effect.Send::message)
                .toList();
    }

    @Test
    void ofAnswersToHeartbeats_theNewestIsHeld() {
        for (long round = 1; round <= 100_000; round++) {
            holds(LEADER, AppendEntriesReply.matched(3, 7, round));
            holds(OTHER, AppendEntriesReply.matched(3, 2, round));
        }

        assertThat(releasedTo(LEADER)).containsExactly(AppendEntriesReply.matched(3, 7, 100_000));
    }

    @Test
    void whatSaysSomethingElse_staysHeld() {
        AppendEntriesReply refused = AppendEntriesReply.refused(3, 9, 8, 2, 1);
        AppendEntriesReply matched = AppendEntriesReply.matched(3, 7, 2);
        AppendEntriesReply byRest = AppendEntriesReply.matched(3, 7, Long.MIN_VALUE);
        holds(LEADER, refused);
        holds(LEADER, byRest);
        holds(LEADER, matched);

        assertThat(releasedTo(LEADER)).containsExactly(refused, byRest, matched);
    }

    @Test
    void whateverElseIsHeld_hasABound() {
        for (long attempt = 1; attempt <= 2 * PersistQueue.HELD_MAX; attempt++) {
            holds(LEADER, new PreVoteReply(3, true, attempt));
        }

        assertThat(releasedTo(LEADER))
                .hasSize(PersistQueue.HELD_MAX)
                .last()
                .isEqualTo(new PreVoteReply(3, true, 2 * PersistQueue.HELD_MAX));
    }
}
