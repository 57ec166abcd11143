package io.muster.raft.core.progress;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The window of a snapshot's pieces. Each piece has 10 bytes. */
class SnapshotPiecesTest {

    private static final int PIECE = 10;

    private final SnapshotPieces pieces = new SnapshotPieces(7, 40);

    /** Sends as much as may be, and tells how many pieces that were. */
    private int sendAll() {
        int count = 0;
        while (pieces.maySend()) {
            pieces.sending();
            pieces.sent(pieces.nextOffset(), PIECE, false);
            count++;
        }
        return count;
    }

    /** The member has stored all that is on its way, and said so piece by piece. */
    private void allArrive() {
        long end = pieces.nextOffset();
        for (long offset = end - pieces.onTheirWayBytes() + PIECE; offset <= end; offset += PIECE) {
            pieces.stored(offset);
        }
    }

    @Test
    void window_opensFromOnePiece_twiceAsWideWithEachRoundTrip_upToTheBound() {
        assertThat(sendAll()).isEqualTo(1);
        allArrive();
        assertThat(sendAll()).isEqualTo(2);
        allArrive();
        assertThat(sendAll()).isEqualTo(4);
        allArrive();
        assertThat(sendAll()).as("40 bytes are the bound").isEqualTo(4);
        assertThat(pieces.onTheirWayBytes()).isEqualTo(40);
    }

    @Test
    void onePieceAlwaysFits_howeverNarrowTheWindow() {
        SnapshotPieces narrow = new SnapshotPieces(7, 1);
        narrow.sending();
        narrow.sent(0, 1_000, false);
        assertThat(narrow.maySend()).isFalse();

        narrow.stored(1_000);
        assertThat(narrow.maySend()).isTrue();
    }

    @Test
    void onePieceIsReadAtATime() {
        pieces.sending();
        assertThat(pieces.maySend()).isFalse();
    }

    @Test
    void behindTheLastPiece_nothingIsSent() {
        pieces.sending();
        pieces.sent(0, PIECE, true);
        pieces.stored(PIECE);
        assertThat(pieces.maySend()).isFalse();
    }

    @Test
    void lostPieces_goAgain_fromWhereTheMemberStands_oneFirst() {
        sendAll();
        allArrive();
        sendAll();
        pieces.stored(20);
        pieces.lost();

        assertThat(pieces.nextOffset()).isEqualTo(20);
        assertThat(sendAll()).isEqualTo(1);
    }

    /** A build that takes one piece at a time, and drops the rest, gets them so after some losses. */
    @Test
    void whatWasTooMuch_isNotTriedAgain() {
        int losses = 0;
        for (int i = 0; i < 30; i++) {
            boolean tooMuch = sendAll() > 1;
            pieces.stored(pieces.nextOffset() - pieces.onTheirWayBytes() + PIECE);
            if (tooMuch) {
                pieces.lost();
                losses++;
            }
        }

        assertThat(losses).isBetween(1, 3);
        assertThat(sendAll()).isEqualTo(1);
    }

    /** A member that is away for a while says nothing about the window. */
    @Test
    void silence_halvesTheWindowOnce() {
        for (int i = 0; i < 3; i++) {
            sendAll();
            allArrive();
        }
        assertThat(sendAll()).isEqualTo(4);
        for (int i = 0; i < 5; i++) {
            pieces.lost();
            sendAll();
        }
        for (int i = 0; i < 3; i++) {
            allArrive();
            sendAll();
        }

        assertThat(pieces.onTheirWayBytes()).isEqualTo(20);
    }

    @Test
    void memberThatHasLostWhatItHad_getsItFromTheBeginning() {
        sendAll();
        allArrive();
        sendAll();

        assertThat(pieces.stored(0)).isTrue();
        assertThat(pieces.nextOffset()).isZero();
        assertThat(pieces.stored(0))
                .as("said by each piece that was on its way")
                .isFalse();
    }

    /** Its process died, and pieces that came late gave the next one the beginning again: it never says that it has nothing. */
    @Test
    void memberThatHasLessThanItHad_getsTheRestAnew_onceASilenceIsOver() {
        sendAll();
        allArrive();
        sendAll();
        allArrive();
        sendAll();
        assertThat(pieces.stored(PIECE)).as("may be a late answer").isFalse();

        pieces.lost();

        assertThat(pieces.stored(PIECE)).isTrue();
        assertThat(pieces.nextOffset()).isEqualTo(PIECE);
    }

    @Test
    void lateAnswerThatIsBelieved_isSetRightByTheNext() {
        sendAll();
        allArrive();
        sendAll();
        allArrive();
        long there = pieces.nextOffset();
        pieces.lost();
        pieces.stored(PIECE);

        assertThat(pieces.stored(there)).isTrue();
        assertThat(pieces.nextOffset()).isEqualTo(there);
    }

    /** It was sent the same by the same leader before. */
    @Test
    void memberThatHasMore_isSentTheRest() {
        sendAll();
        assertThat(pieces.stored(30)).isTrue();
        assertThat(pieces.nextOffset()).isEqualTo(30);
        assertThat(pieces.stored(20)).as("late").isFalse();
        assertThat(pieces.stored(30)).as("doubled").isFalse();
    }

    @Test
    void pieceThatWasBeingReadWhenTheTransferMoved_countsAsLost() {
        pieces.sending();
        pieces.stored(30);
        pieces.sent(0, PIECE, true);

        assertThat(pieces.nextOffset()).isEqualTo(30);
        assertThat(pieces.maySend()).isTrue();
    }
}
