package io.muster.member.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import io.muster.member.port.DiskQueue.Job;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DiskQueueTest {

    private static final long CLOSE_WAIT_MILLIS = 10_000;

    private final TurnTime time = new TurnTime();
    private final List<String> ran = new CopyOnWriteArrayList<>();
    private final CountDownLatch gate = new CountDownLatch(1);
    private final AtomicReference<Thread> ioThread = new AtomicReference<>();
    private final DiskQueue queue = new DiskQueue(time, "test-disk", () -> ran.add("at end"));

    @BeforeEach
    void start() {
        queue.start();
    }

    @AfterEach
    void close() {
        gate.countDown();
        queue.close(CLOSE_WAIT_MILLIS);
    }

    @Test
    void completions_waitForTheJobThatHandsOver_andTravelTogether() {
        submitGate();
        submit("write", false);
        submit("sync", true);
        submit("next write", false);
        submit("next sync", true);
        gate.countDown();

        time.runTurnsUntil(() -> ran.size() == 5);

        assertThat(ran).containsExactly("gate", "write", "sync", "next write", "next sync");
        assertThat(time.turns()).isEqualTo(2);
    }

    @Test
    void completions_leave_whenNothingMoreWaits() {
        submit("write", false);

        time.runTurnsUntil(() -> ran.contains("write"));
    }

    @Test
    void completions_leave_whenManyAreReady() {
        submitGate();
        IntStream.range(0, 200).forEach(i -> submit("write " + i, false));
        gate.countDown();

        time.runTurnsUntil(() -> ran.size() == 201);

        assertThat(time.turns()).isEqualTo(4);
    }

    @Test
    void completionThatThrows_keepsNoOtherFromRunning() {
        submitGate();
        queue.submit(new Job(
                () -> () -> {
                    throw new IllegalStateException("broken invariant");
                },
                0,
                false));
        submit("after it", true);
        gate.countDown();

        assertThatIllegalStateException()
                .isThrownBy(() -> time.runTurnsUntil(() -> ran.contains("after it")))
                .withMessage("broken invariant");
        time.runTurnsUntil(() -> ran.contains("after it"));
    }

    @Test
    void moreJobsThanMayWait_areRefused() {
        submitGate();
        await().until(() -> queue.size() == 0);
        IntStream.range(0, Disk.OPERATIONS_MAX).forEach(i -> submit("write", false));

        assertThatIllegalStateException()
                .isThrownBy(() -> submit("one more", false))
                .withMessageContaining("16384");
    }

    @Test
    void bytesHeld_areThoseOfJobsThatAreNotDone() {
        submitGate();
        queue.submit(new Job(() -> () -> ran.add("write"), 1_000, false));
        assertThat(queue.bytesHeld()).isEqualTo(1_000);
        gate.countDown();

        time.runTurnsUntil(() -> ran.contains("write"));

        await().until(() -> queue.bytesHeld() == 0);
    }

    @Test
    void close_carriesOutWhatWaits_thenRefuses() {
        submit("write", false);

        queue.close(CLOSE_WAIT_MILLIS);
        queue.close(CLOSE_WAIT_MILLIS);

        assertThat(submit("late", false)).isFalse();
        time.runTurnsUntil(() -> ran.contains("write"));
        assertThat(ran).containsExactlyInAnyOrder("write", "at end");
    }

    @Test
    void interrupt_endsNothing() {
        queue.submit(new Job(
                () -> {
                    ioThread.set(Thread.currentThread());
                    return () -> ran.add("first");
                },
                0,
                true));
        time.runTurnsUntil(() -> ran.contains("first"));

        ioThread.get().interrupt();
        submit("second", true);

        time.runTurnsUntil(() -> ran.contains("second"));
    }

    private boolean submit(String name, boolean handOverAfter) {
        return queue.submit(new Job(() -> () -> ran.add(name), 0, handOverAfter));
    }

    /** A job that keeps the I/O thread busy until the gate opens. */
    private void submitGate() {
        queue.submit(new Job(
                () -> {
                    try {
                        gate.await();
                    } catch (InterruptedException interrupted) {
                        throw new AssertionError(interrupted);
                    }
                    return () -> ran.add("gate");
                },
                0,
                false));
    }
}
