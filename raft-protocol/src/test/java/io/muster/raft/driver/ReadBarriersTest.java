package io.muster.raft.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.consistency.ConsistencyException.NoLeader;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Readers that wait for somebody to vouch for what they read (R24). */
class ReadBarriersTest {

    private static final long DEADLINE = 1_000;

    private final ReadBarriers reads = new ReadBarriers();
    private final CompletableFuture<Void> reader = new CompletableFuture<>();

    @Test
    void grantedReader_waitsUntilTheIndexIsApplied() {
        reads.submit(reader, DEADLINE);
        reads.granted(reads.ask(), 7);

        reads.appliedTo(6);
        assertThat(reader).isNotDone();
        reads.appliedTo(7);
        assertThat(reader).isCompleted();
    }

    /** Else question and refusal would follow each other as fast as the network lets them. */
    @Test
    void refusedReader_asksAgainOnlyWhenSomethingMayHaveChanged() {
        reads.submit(reader, DEADLINE);
        reads.refused(reads.ask());
        assertThat(reads.mayAsk()).isFalse();

        reads.goOn();
        assertThat(reads.mayAsk()).isTrue();
        reads.granted(reads.ask(), 0);
        reads.appliedTo(0);
        assertThat(reader).isCompleted();
    }

    @Test
    void refusedReader_endsInItsTime() {
        reads.submit(reader, DEADLINE);
        reads.refused(reads.ask());

        reads.expire(DEADLINE, () -> new NoLeader("none"));

        assertThat(reader).isCompletedExceptionally();
        assertThat(reads.nextExpiryNanos()).isEqualTo(Long.MAX_VALUE);
    }

    /** R17, R24: what a reader has to wait for with others leaves it its own time. */
    @Test
    void anOldReader_endsAlone_andLeavesTheOthersOfItsRequestTheirTime() {
        CompletableFuture<Void> young = new CompletableFuture<>();
        reads.submit(reader, DEADLINE);
        reads.submit(young, DEADLINE + 500);
        long request = reads.ask();

        assertThat(reads.nextExpiryNanos()).isEqualTo(DEADLINE);
        reads.expire(DEADLINE, () -> new NoLeader("none"));
        assertThat(reader).isCompletedExceptionally();
        assertThat(young).isNotDone();
        assertThat(reads.nextExpiryNanos()).isEqualTo(DEADLINE + 500);

        reads.granted(request, 7);
        reads.appliedTo(7);
        assertThat(young).isCompleted();
    }

    /** Refusals come in any order, so an older reader may stand behind a younger one. */
    @Test
    void aReaderThatIsRefusedAfterYoungerOnes_endsInItsOwnTime() {
        CompletableFuture<Void> young = new CompletableFuture<>();
        reads.submit(reader, DEADLINE);
        long older = reads.ask();
        reads.submit(young, DEADLINE + 500);
        reads.refused(reads.ask());
        reads.refused(older);

        assertThat(reads.nextExpiryNanos()).isEqualTo(DEADLINE);
        reads.expire(DEADLINE, () -> new NoLeader("none"));
        assertThat(reader).isCompletedExceptionally();
        assertThat(young).isNotDone();

        // As one of those that were granted, too.
        reads.goOn();
        reads.granted(reads.ask(), 7);
        reads.expire(DEADLINE + 500, () -> new NoLeader("none"));
        assertThat(young).isCompletedExceptionally();
    }
}
