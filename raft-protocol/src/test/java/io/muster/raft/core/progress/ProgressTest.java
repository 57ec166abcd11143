package io.muster.raft.core.progress;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class ProgressTest {

    private static final long ROUND = 100;
    private static final long RESEND = 50;

    private final Progress progress = new Progress(10, new InFlight(3, 100), ROUND, 0);

    private void send(long last, long bytes, long now) {
        long prev = progress.nextIndex() - 1;
        progress.sending();
        progress.sent(prev, last, bytes, now);
    }

    @Test
    void probe_hasOneMessageOnItsWay() {
        assertThat(progress.state()).isEqualTo(Progress.State.PROBE);
        assertThat(progress.maySend()).isTrue();

        send(12, 10, 0);

        assertThat(progress.maySend()).isFalse();
        assertThat(progress.nextIndex())
                .as("until it is known where the logs match")
                .isEqualTo(11);
    }

    /** Its disk stands still: all that followed would be refused, and each refusal be answered by more (found by a long simulation: 5,000,000 messages a minute). */
    @Test
    void memberThatMatches_andTakesNothing_isTriedAgainWhenTheTimeIsOver() {
        send(12, 10, 0);

        progress.matches(10, 20, 1);
        assertThat(progress.state()).isEqualTo(Progress.State.PROBE);
        assertThat(progress.maySend()).isFalse();
        assertThat(progress.isOverdue(RESEND, 1 + RESEND)).isTrue();

        progress.lost(RESEND);
        send(12, 10, RESEND);
        progress.matches(11, 20, RESEND + 1);
        assertThat(progress.state()).as("it took a part").isEqualTo(Progress.State.REPLICATE);
        assertThat(progress.nextIndex()).isEqualTo(12);
    }

    @Test
    void match_opensThePipeline_boundedInMessages() {
        progress.matches(10, 20, 1);
        assertThat(progress.state()).isEqualTo(Progress.State.REPLICATE);

        send(11, 1, 1);
        send(12, 1, 1);
        assertThat(progress.maySend()).isTrue();
        send(13, 1, 1);
        assertThat(progress.maySend()).as("three on their way").isFalse();
        progress.matches(12, 20, 2);

        assertThat(progress.maySend()).isTrue();
        assertThat(progress.nextIndex()).isEqualTo(14);
    }

    @Test
    void window_isBoundedInBytes_andOneMessageAlwaysFits() {
        progress.matches(10, 20, 1);
        send(11, 1_000, 1);
        assertThat(progress.maySend()).isFalse();

        progress.matches(11, 20, 2);
        assertThat(progress.inFlight().bytes()).isZero();
        assertThat(progress.maySend()).isTrue();
    }

    @Test
    void whatIsBeingRead_isNotAskedForTwice() {
        progress.matches(10, 20, 1);
        progress.sending();

        assertThat(progress.maySend()).isFalse();
    }

    /** A lost AppendEntries is resent after a timeout, not before. */
    @Test
    void silence_isWaitedFor_thenTriedAnewFromTheMatch() {
        progress.matches(10, 20, 1);
        send(11, 1, 1);
        send(12, 1, 1);
        assertThat(progress.isOverdue(RESEND, RESEND)).isFalse();
        assertThat(progress.isOverdue(RESEND, RESEND + 1)).isTrue();

        progress.lost(RESEND + 1);

        assertThat(progress.state()).isEqualTo(Progress.State.PROBE);
        assertThat(progress.nextIndex()).isEqualTo(11);
        assertThat(progress.maySend()).isTrue();
    }

    @Test
    void answers_startTheTimeoutAnew() {
        progress.matches(10, 20, 1);
        send(11, 1, 1);
        send(12, 1, 1);
        progress.matches(11, 20, 40);

        assertThat(progress.isOverdue(RESEND, 60)).isFalse();
        assertThat(progress.isOverdue(RESEND, 90)).isTrue();
    }

    @Test
    void refusal_closesThePipeline_andLateOnesChangeNothing() {
        progress.matches(10, 20, 1);
        send(11, 1, 1);
        send(12, 1, 1);
        assertThat(progress.differs(9, 3)).as("settled already").isFalse();

        assertThat(progress.differs(11, 11)).isTrue();
        assertThat(progress.state()).isEqualTo(Progress.State.PROBE);
        assertThat(progress.nextIndex()).isEqualTo(11);
        assertThat(progress.differs(11, 2)).as("of the pipeline that is gone").isFalse();
    }

    @Test
    void messageSent_afterTheProgressMovedBack_countsAsLost() {
        progress.matches(10, 20, 1);
        send(11, 1, 1);
        progress.sending();
        progress.differs(11, 11);

        progress.sent(11, 15, 10, 2);

        assertThat(progress.nextIndex()).isEqualTo(11);
        assertThat(progress.inFlight().isEmpty()).isTrue();
    }

    @Test
    void snapshot_goesInPieces_andEndsInAProbe() {
        progress.beginSnapshot(100, 1_000, 0);
        assertThat(progress.maySend()).isFalse();
        assertThat(progress.maySendChunk()).isTrue();
        progress.sendingChunk();
        progress.chunkSent(99, 0, 10, false, 1);
        assertThat(progress.maySendChunk()).as("that was another snapshot").isFalse();
        progress.chunkSent(100, 0, 10, true, 1);

        progress.chunkStored(99, 10, 1);
        assertThat(progress.isOverdue(RESEND, RESEND + 1)).isTrue();
        progress.matches(100, 120, 2);

        assertThat(progress.state()).isEqualTo(Progress.State.PROBE);
        assertThat(progress.nextIndex()).isEqualTo(101);
        assertThat(progress.maySendChunk()).isFalse();
    }

    @Test
    void piecesThatAreStored_startTheTimeoutAnew() {
        progress.beginSnapshot(100, 1_000, 0);
        progress.sendingChunk();
        progress.chunkSent(100, 0, 10, false, 0);
        progress.chunkStored(100, 10, 40);

        assertThat(progress.isOverdue(RESEND, 60)).isFalse();
        assertThat(progress.isOverdue(RESEND, 90)).isTrue();
    }

    /** Dissertation §4.2.1: the first round that takes less than an election timeout. */
    @Test
    void learner_hasCaughtUp_afterAShortRound() {
        assertThat(progress.isCaughtUp(0)).isFalse();
        progress.matches(10, 5_000, ROUND + 50);
        assertThat(progress.isCaughtUp(ROUND + 50))
                .as("the first round was long")
                .isFalse();

        progress.matches(5_000, 5_010, ROUND + 60);
        assertThat(progress.isCaughtUp(ROUND + 60)).isTrue();
        assertThat(progress.isCaughtUp(3 * ROUND))
                .as("it stays behind with the next round")
                .isFalse();
        progress.matches(5_010, 5_010, 3 * ROUND);
        assertThat(progress.isCaughtUp(3 * ROUND)).as("which took too long").isFalse();
    }

    @Test
    void learnerThatHasCaughtUp_staysSoWhileNothingIsWritten() {
        progress.matches(10, 10, 10);
        assertThat(progress.isCaughtUp(1_000_000)).isTrue();

        progress.appended(11, 1_000_000);
        assertThat(progress.isCaughtUp(1_000_010)).isTrue();
        assertThat(progress.isCaughtUp(1_000_000 + ROUND)).isFalse();
    }

    /** Whatever comes in whatever order: match below next, and match never falls. */
    @Test
    void anyAnswers_keepTheInvariant() {
        Random random = new Random(5);
        for (int run = 0; run < 2_000; run++) {
            Progress any = new Progress(random.nextInt(20), new InFlight(4, 50), ROUND, 0);
            long match = 0;
            for (int step = 0; step < 50; step++) {
                switch (random.nextInt(8)) {
                    case 0, 1 -> any.matches(random.nextInt(30), 30, step);
                    case 2 -> any.differs(random.nextInt(30), random.nextInt(30));
                    case 3 -> any.lost(step);
                    case 4 -> any.beginSnapshot(random.nextInt(30), 20, step);
                    case 5 -> any.chunkStored(random.nextInt(30), random.nextInt(3), step);
                    case 6 -> any.chunkSent(random.nextInt(30), random.nextInt(3), 1, random.nextBoolean(), step);
                    default -> {
                        if (any.maySend()) {
                            any.sending();
                            long prev = any.nextIndex() - 1;
                            any.sent(prev, prev + random.nextInt(3), random.nextInt(40), step);
                        }
                    }
                }
                assertThat(any.matchIndex()).isGreaterThanOrEqualTo(match).isLessThan(any.nextIndex());
                match = any.matchIndex();
            }
        }
    }
}
