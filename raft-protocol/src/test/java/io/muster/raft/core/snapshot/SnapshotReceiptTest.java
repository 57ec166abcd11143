package io.muster.raft.core.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.member.ClusterId;
import io.muster.member.NodeId;
import io.muster.raft.core.membership.Configuration;
import io.muster.raft.core.snapshot.SnapshotReceipt.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Pieces of 10 bytes; 25 may be taken and not stored, and one piece more. */
class SnapshotReceiptTest {

    private static final int PIECE = 10;
    private static final NodeId LEADER = new NodeId(1, 1);
    private static final SnapshotHead HEAD =
            new SnapshotHead(5, 2, new Configuration(new ClusterId(1, 1), List.of(LEADER)));

    private final SnapshotReceipt receipt = new SnapshotReceipt(25);

    private Answer offer(long offset, boolean last) {
        return receipt.offered(LEADER, HEAD, offset, PIECE, last);
    }

    @Test
    void piecesThatFollowEachOther_areTakenWithoutWaiting_upToTheBound() {
        assertThat(offer(0, false)).isEqualTo(Answer.STORE);
        assertThat(offer(10, false)).isEqualTo(Answer.STORE);
        assertThat(offer(20, false)).isEqualTo(Answer.STORE);
        assertThat(offer(30, false)).as("30 bytes wait for the disk").isEqualTo(Answer.IGNORE);
        assertThat(receipt.offset()).as("nothing is stored yet").isZero();

        assertThat(receipt.isStoring(2)).as("the first comes first").isFalse();
        assertThat(receipt.isStoring(1)).isTrue();
        assertThat(receipt.stored()).isFalse();

        assertThat(receipt.offset()).isEqualTo(10);
        assertThat(offer(30, false)).isEqualTo(Answer.STORE);
    }

    @Test
    void pieceBehindAGap_isNotTaken() {
        offer(0, false);
        assertThat(offer(20, false)).isEqualTo(Answer.TELL_OFFSET);
        assertThat(offer(10, false)).isEqualTo(Answer.STORE);
    }

    @Test
    void doubledPieces_areIgnoredWhileTheyAreStored_andAnsweredAfterwards() {
        offer(0, false);
        offer(10, false);
        assertThat(offer(0, false)).isEqualTo(Answer.IGNORE);
        assertThat(offer(10, false)).isEqualTo(Answer.IGNORE);
        receipt.stored();

        assertThat(offer(0, false)).isEqualTo(Answer.TELL_OFFSET);
    }

    @Test
    void lastPiece_endsIt_whenItIsStored() {
        offer(0, false);
        offer(10, true);
        assertThat(offer(20, false)).as("behind the end").isEqualTo(Answer.IGNORE);
        assertThat(receipt.stored()).isFalse();
        assertThat(receipt.isLoading()).isFalse();

        assertThat(receipt.stored()).isTrue();
        assertThat(receipt.isLoading()).isTrue();
        assertThat(offer(10, true)).isEqualTo(Answer.IGNORE);
    }

    /** What the disk says of pieces that were forgotten must not count for those that came in their place. */
    @Test
    void whatWasForgotten_isNotStoredAnyMore() {
        offer(0, false);
        offer(10, false);
        receipt.clear();
        offer(0, false);

        assertThat(receipt.isStoring(1)).isFalse();
        assertThat(receipt.isStoring(2)).isFalse();
        assertThat(receipt.isStoring(3)).isTrue();
    }

    /** Whatever comes in whatever order: what is stored has no gap, and what waits keeps to its bound. */
    @Test
    void anyOrder_storesEachByteOnce() {
        Random random = new Random(3);
        for (int run = 0; run < 1_000; run++) {
            SnapshotReceipt any = new SnapshotReceipt(25);
            List<long[]> waiting = new ArrayList<>();
            long end = 0;
            for (int step = 0; step < 60; step++) {
                long offset = 10L * random.nextInt(8);
                if (random.nextBoolean()) {
                    if (any.offered(LEADER, HEAD, offset, PIECE, offset == 70) == Answer.STORE) {
                        assertThat(offset).isEqualTo(end);
                        end += PIECE;
                        waiting.add(new long[] {any.storeId(), end});
                    }
                } else if (!waiting.isEmpty()) {
                    long[] piece = waiting.remove(0);
                    assertThat(any.isStoring(piece[0])).isTrue();
                    any.stored();
                    assertThat(any.offset()).isEqualTo(piece[1]);
                }
                assertThat(waiting).hasSizeLessThanOrEqualTo(3);
            }
        }
    }
}
