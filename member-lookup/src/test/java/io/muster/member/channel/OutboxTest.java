package io.muster.member.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.member.NodeId;
import io.muster.member.channel.ChannelLimits.Frames;
import io.muster.member.channel.ChannelLimits.LaneLimits;
import io.muster.member.channel.PeerMetrics.DropReason;
import io.muster.member.port.Lane;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** X17: what waits for a peer is bounded in bytes and in time, and what is urgent goes first. */
class OutboxTest {

    private static final long AGE_MAX_NANOS = Duration.ofSeconds(1).toNanos();
    private static final LaneLimits LANE = new LaneLimits(200_000, Duration.ofNanos(AGE_MAX_NANOS));
    private static final ChannelLimits LIMITS = ChannelLimits.defaults()
            .withLanes(LANE, LANE, LANE)
            .withFrames(new Frames(200_000, 1000, 1 << 20, 10_000, 10_000));

    private final WireFixture wire = new WireFixture();
    private final FrameEncoder encoder = new FrameEncoder(WireFixture.seal(), wire.compression(), 1 << 20);
    private final FrameDecoder decoder = wire.decoder();
    private final CountingMetrics metrics = new CountingMetrics();
    private final Outbox outbox = new Outbox(new NodeId(1, 1), LIMITS, metrics);
    private long now;

    @Test
    void lanes_goInTheOrderOfTheirUrgency() {
        offer(Lane.DISTRO, 10);
        offer(Lane.RAFT, 10);
        offer(Lane.HEALTH, 10);

        assertThat(kinds(fill(10_000)))
                .containsExactly(WireFrame.Kind.HEALTH, WireFrame.Kind.RAFT, WireFrame.Kind.DISTRO);
        assertThat(outbox.isEmpty()).isTrue();
    }

    @Test
    void oneLane_keepsItsOrder() {
        for (int size = 1; size <= 5; size++) {
            offer(Lane.RAFT, size);
        }

        assertThat(fill(10_000)).extracting(frame -> frame.payload().length).containsExactly(1, 2, 3, 4, 5);
    }

    /** A heartbeat waits for one fragment of a big frame, not for the frame. */
    @Test
    void urgentMessage_goesBetweenTheFragmentsOfABigOne() {
        offer(Lane.RAFT, 3500);
        assertThat(kinds(fill(1100))).containsExactly(WireFrame.Kind.RAFT);

        offer(Lane.HEALTH, 10);

        List<WireFrame> frames = fill(10_000);
        assertThat(kinds(frames))
                .containsExactly(WireFrame.Kind.HEALTH, WireFrame.Kind.RAFT, WireFrame.Kind.RAFT, WireFrame.Kind.RAFT);
        assertThat(frames.get(3).more()).isFalse();
        assertThat(frames.get(3).continued()).isTrue();
    }

    @Test
    void raft_doesNotStarveDistro() {
        offer(Lane.RAFT, 100_000);
        offer(Lane.DISTRO, 3000);

        List<WireFrame.Kind> kinds = kinds(fill(200_000));

        assertThat(kinds.subList(0, 15))
                .filteredOn(WireFrame.Kind.DISTRO::equals)
                .hasSize(3);
        assertThat(kinds.subList(0, 4)).containsOnly(WireFrame.Kind.RAFT);
    }

    @Test
    void messageBeyondTheRoomOfItsLane_isDropped_andOthersAreNotHurt() {
        assertThat(offer(Lane.DISTRO, 150_000)).isTrue();
        assertThat(offer(Lane.DISTRO, 60_000)).isFalse();
        assertThat(offer(Lane.RAFT, 60_000)).isTrue();

        assertThat(metrics.drops(DropReason.QUEUE_FULL)).isEqualTo(1);
        assertThat(outbox.framesDropped()).containsEntry(Lane.DISTRO, 1L).containsEntry(Lane.RAFT, 0L);
        assertThat(outbox.queuedBytes().get(Lane.DISTRO)).isBetween(150_000L, 151_000L);
    }

    @Test
    void emptyMessages_areBounded_too() {
        int taken = 0;
        while (offer(Lane.HEALTH, 0)) {
            taken++;
        }

        assertThat(taken).isBetween(100, 100_000);
    }

    @Test
    void messageThatWaitedTooLong_isDropped() {
        offer(Lane.RAFT, 10);
        now += AGE_MAX_NANOS;
        offer(Lane.RAFT, 20);
        now++;

        assertThat(fill(10_000)).extracting(frame -> frame.payload().length).containsExactly(20);
        assertThat(metrics.drops(DropReason.EXPIRED)).isEqualTo(1);
        assertThat(outbox.isEmpty()).isTrue();
    }

    /** What a hung peer costs goes away though nothing is sent. */
    @Test
    void expire_freesWhatNobodyTakes() {
        for (int count = 0; count < 100; count++) {
            offer(Lane.DISTRO, 1000);
        }
        now += AGE_MAX_NANOS + 1;

        outbox.expire(now);

        assertThat(outbox.isEmpty()).isTrue();
        assertThat(metrics.drops(DropReason.EXPIRED)).isEqualTo(100);
    }

    /** To compress 16 MiB in one go would hold the loop, and all heartbeats, for a tenth of a second. */
    @Test
    void compression_takesTwoFragmentsATurn() {
        FrameEncoder compressing = new FrameEncoder(WireFixture.seal(), wire.compression(), 100);
        Outbox eager = new Outbox(new NodeId(1, 1), LIMITS.withFrames(new Frames(200_000, 1000, 100, 1, 1)), metrics);
        eager.offer(Lane.RAFT, new byte[10_000], now);
        int turns = 0;
        while (!eager.isEmpty()) {
            ByteBuffer batch = ByteBuffer.allocate(10_000);
            eager.newTurn();
            eager.fill(batch, compressing, Optional.empty(), now);
            assertThat(eager.turnSpent()).isTrue();
            turns++;
        }

        assertThat(turns).isEqualTo(5);
    }

    @Test
    void messageThatHasBegun_goesToItsEnd() {
        offer(Lane.RAFT, 1500);
        fill(1100);
        now += 2 * AGE_MAX_NANOS;

        assertThat(fill(10_000)).singleElement().matches(frame -> !frame.more());
    }

    @Test
    void otherConnection_getsBegunMessagesFromTheirBeginning() {
        offer(Lane.RAFT, 1500);
        fill(1100);

        outbox.restart();

        assertThat(fill(10_000)).hasSize(2).first().matches(frame -> !frame.continued());
    }

    @Test
    void clear_dropsAll_andGivesTheRoomBack() {
        offer(Lane.RAFT, 1500);
        offer(Lane.RAFT, 1500);
        fill(1100);

        outbox.clear(DropReason.CONNECTION_LOST);

        assertThat(outbox.isEmpty()).isTrue();
        assertThat(fill(10_000)).isEmpty();
        assertThat(metrics.drops(DropReason.CONNECTION_LOST)).isEqualTo(2);
    }

    private boolean offer(Lane lane, int bytes) {
        return outbox.offer(lane, new byte[bytes], now);
    }

    private List<WireFrame> fill(int room) {
        ByteBuffer batch = ByteBuffer.allocate(room);
        outbox.fill(batch, encoder, Optional.empty(), now);
        List<WireFrame> frames = new ArrayList<>();
        Consumer<Refusal> never = refusal -> {
            throw new AssertionError("refused: " + refusal);
        };
        decoder.feed(batch.array(), 0, batch.position(), frames::add).ifPresent(never);
        return frames;
    }

    private static List<WireFrame.Kind> kinds(List<WireFrame> frames) {
        return frames.stream().map(WireFrame::kind).toList();
    }
}
