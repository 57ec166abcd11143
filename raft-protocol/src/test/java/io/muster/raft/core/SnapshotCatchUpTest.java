package io.muster.raft.core;

import static io.muster.raft.core.CoreFixture.SELF;
import static io.muster.raft.core.CoreFixture.TWO;
import static org.assertj.core.api.Assertions.assertThat;

import io.muster.member.ClusterId;
import io.muster.member.NodeId;
import io.muster.raft.core.log.LogView;
import io.muster.raft.core.membership.Configuration;
import io.muster.raft.core.membership.ConfigurationHistory;
import io.muster.raft.core.message.PeerMessage.AppendEntries;
import io.muster.raft.core.message.PeerMessage.InstallSnapshot;
import io.muster.raft.core.snapshot.SnapshotHead;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** How long a snapshot of 50 MB takes over a link with 20 ms delay each way, to a disk that takes 1 ms for a piece of 256 KiB. */
class SnapshotCatchUpTest {

    private static final long SNAPSHOT_BYTES = 50_000_000;
    private static final int PIECE_BYTES = 256 << 10;
    private static final long WINDOW_BYTES = CoreLimits.DEFAULTS.snapshotInFlightBytesMax();
    private static final long MILLI = 1_000_000;
    private static final long DELAY = 20 * MILLI;
    private static final long STORING = MILLI;
    private static final CoreTiming TIMING = new CoreTiming(100 * MILLI, 1_000 * MILLI, 1_000 * MILLI, 500 * MILLI);
    private static final long BOUND = 60_000 * MILLI;
    private static final SnapshotHead HEAD =
            new SnapshotHead(5, 1, new Configuration(new ClusterId(1, 1), List.of(SELF, TWO)));

    private record Event(long at, long number, NodeId node, Input input) {}

    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::number));

    private final TreeMap<NodeId, RaftCore> cores = new TreeMap<>();
    private final byte[] piece = new byte[PIECE_BYTES];
    private long now;
    private long eventCount;
    private long diskFreeAt;
    private long firstPieceAt;
    private long installedAt;

    /** Bytes of pieces on the link, and the most that there were. */
    private long onTheWay;

    private long mostOnTheWay;

    /** One in so many pieces is lost; 0 for none. */
    private int lossOneIn;

    private final Random losses = new Random(4);

    private void start(NodeId node, long windowBytes, LogView log, ConfigurationHistory history) {
        CoreLimits limits = new CoreLimits(128, 8 << 20, 1 << 20, PIECE_BYTES, windowBytes, 10);
        cores.put(node, new RaftCore(node, TIMING, limits, new Rules(), new Random(node.hashCode())));
        later(0, node, new Input.Start(new HardState(1, Optional.empty(), 0), log, history));
    }

    private void later(long delay, NodeId node, Input input) {
        events.add(new Event(now + delay, eventCount++, node, input));
    }

    /** @return virtual time from the first piece on until the follower has the last one */
    private Duration catchUp(long windowBytes) {
        ConfigurationHistory history = new ConfigurationHistory();
        history.put(HEAD.index(), HEAD.configuration());
        start(SELF, windowBytes, new LogView(HEAD.index(), HEAD.term()), history);
        start(TWO, windowBytes, new LogView(0, 0), new ConfigurationHistory());
        while (installedAt == 0 && now < BOUND) {
            Event event = events.remove();
            now = event.at;
            if (event.input instanceof Input.Received received
                    && received.message() instanceof InstallSnapshot install) {
                onTheWay -= install.bytes().length;
            }
            for (Effect effect : cores.get(event.node).on(event.input, now)) {
                carryOut(event.node, effect);
            }
        }
        return Duration.ofNanos(installedAt - firstPieceAt);
    }

    private void carryOut(NodeId node, Effect effect) {
        NodeId other = node.equals(SELF) ? TWO : SELF;
        if (effect instanceof Effect.Persist persist) {
            later(0, node, new Input.Persisted(persist.id()));
        } else if (effect instanceof Effect.Send send) {
            later(DELAY, other, new Input.Received(node, send.message()));
        } else if (effect instanceof Effect.WakeAt wake) {
            later(wake.nanos() - now, node, new Input.Tick());
        } else if (effect instanceof Effect.Replicate replicate) {
            // Without the entries: that the follower lacks what is before them is all that matters here.
            later(
                    DELAY,
                    other,
                    new Input.Received(
                            node,
                            new AppendEntries(
                                    replicate.term(),
                                    replicate.prevLogIndex(),
                                    replicate.prevLogTerm(),
                                    List.of(),
                                    replicate.leaderCommit(),
                                    replicate.round())));
            later(
                    0,
                    node,
                    new Input.Sent(other, replicate.term(), replicate.prevLogIndex(), replicate.prevLogIndex(), 0));
        } else if (effect instanceof Effect.SendChunk chunk) {
            firstPieceAt = firstPieceAt == 0 ? now : firstPieceAt;
            send(node, other, chunk);
        } else if (effect instanceof Effect.StoreChunk chunk) {
            diskFreeAt = Math.max(now, diskFreeAt) + STORING;
            later(diskFreeAt - now, node, new Input.ChunkStored(chunk.id()));
        } else if (effect instanceof Effect.LoadSnapshot) {
            installedAt = now;
        }
    }

    private void send(NodeId from, NodeId to, Effect.SendChunk chunk) {
        int length = (int) Math.min(PIECE_BYTES, SNAPSHOT_BYTES - chunk.offset());
        boolean last = chunk.offset() + length == SNAPSHOT_BYTES;
        byte[] bytes = length == PIECE_BYTES ? piece : new byte[length];
        if (lossOneIn == 0 || losses.nextInt(lossOneIn) > 0) {
            onTheWay += length;
            mostOnTheWay = Math.max(mostOnTheWay, onTheWay);
            later(
                    DELAY,
                    to,
                    new Input.Received(from, new InstallSnapshot(chunk.term(), HEAD, chunk.offset(), bytes, last)));
        }
        later(0, from, new Input.ChunkSent(to, chunk.term(), chunk.index(), chunk.offset(), length, last));
    }

    @Test
    @SuppressWarnings("SystemOut") // the figures are what one wants to see
    void window_makesItSeveralTimesFaster_andIsKept() {
        Duration onePieceAtATime = new SnapshotCatchUpTest().catchUp(1);
        Duration windowed = catchUp(WINDOW_BYTES);
        System.out.println("50 MB at 20 ms each way: " + onePieceAtATime.toMillis() + " ms one piece at a time, "
                + windowed.toMillis() + " ms with a window of " + WINDOW_BYTES + " bytes");

        assertThat(onePieceAtATime).isGreaterThan(Duration.ofSeconds(7));
        assertThat(windowed).isPositive().isLessThan(onePieceAtATime.dividedBy(5));
        assertThat(mostOnTheWay).isLessThanOrEqualTo(WINDOW_BYTES + PIECE_BYTES);
    }

    /** Not slower than one piece at a time, where each loss costs a timeout. */
    @Test
    void lossyLink_isNoWorseOff() {
        SnapshotCatchUpTest before = new SnapshotCatchUpTest();
        before.lossOneIn = 20;
        lossOneIn = 20;
        Duration onePieceAtATime = before.catchUp(1);

        assertThat(catchUp(WINDOW_BYTES)).isPositive().isLessThanOrEqualTo(onePieceAtATime);
    }
}
