package io.muster.member.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.member.NodeId;
import io.muster.member.channel.PeerMetrics.DropReason;
import io.muster.member.port.Lane;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** X17: what waits for a driver is bounded in bytes, in age, and for each peer. */
class InboxTest {

    private static final Duration AGE_MAX = Duration.ofSeconds(5);
    private static final int BYTES_MAX = 100_000;
    private static final NodeId FLOOD = new NodeId(1, 1);
    private static final NodeId QUIET = new NodeId(2, 2);

    private final CountingMetrics metrics = new CountingMetrics();
    private final Inbox inbox = new Inbox(Lane.RAFT, BYTES_MAX, AGE_MAX, metrics);
    private long now;

    @Test
    void messages_comeOutInTheirOrder() {
        offer(FLOOD, 1);
        offer(QUIET, 2);
        offer(FLOOD, 3);

        assertThat(inbox.take(now).message()).hasSize(1);
        assertThat(inbox.take(now).from()).isEqualTo(QUIET);
        assertThat(inbox.take(now).message()).hasSize(3);
        assertThat(inbox.take(now)).isNull();
        assertThat(inbox.bytes()).isZero();
    }

    @Test
    void oneThatFloods_leavesRoomForOthers() {
        while (offer(FLOOD, 1000)) {
            assertThat(inbox.bytes()).isLessThanOrEqualTo(BYTES_MAX);
        }

        assertThat(inbox.bytes()).isBetween(BYTES_MAX / 2L - 1100, BYTES_MAX / 2L + 1100);
        assertThat(metrics.drops(DropReason.INBOX_FULL)).isEqualTo(1);
        assertThat(offer(QUIET, 20_000)).isTrue();
    }

    @Test
    void manyThatFlood_stayWithinTheBound() {
        for (int round = 0; round < 1000; round++) {
            for (int peer = 1; peer <= 9; peer++) {
                offer(new NodeId(peer, peer), 500);
            }
        }

        assertThat(inbox.bytes()).isBetween(BYTES_MAX * 3L / 4, (long) BYTES_MAX);
    }

    @Test
    void whatWasTaken_givesItsRoomBack_toItsPeer() {
        for (int round = 0; round < 100; round++) {
            while (offer(FLOOD, 1000)) {
                assertThat(inbox.isEmpty()).isFalse();
            }
            int taken = 0;
            while (inbox.take(now) != null) {
                taken++;
            }
            assertThat(taken).isGreaterThan(40);
            assertThat(inbox.bytes()).isZero();
        }
    }

    /** Its sender has given up or repeated it. */
    @Test
    void messageThatWaitedTooLong_isDroppedAndCounted() {
        offer(FLOOD, 1);
        now += AGE_MAX.toNanos();
        offer(FLOOD, 2);
        now++;

        assertThat(inbox.take(now).message()).hasSize(2);
        assertThat(metrics.drops(DropReason.INBOX_EXPIRED)).isEqualTo(1);
        assertThat(inbox.isEmpty()).isTrue();
        assertThat(inbox.bytes()).isZero();
    }

    @Test
    void emptyMessages_areBounded_too() {
        int taken = 0;
        while (offer(FLOOD, 0)) {
            taken++;
        }

        assertThat(taken).isBetween(100, BYTES_MAX);
    }

    private boolean offer(NodeId from, int bytes) {
        return inbox.offer(from, new byte[bytes], now);
    }
}
