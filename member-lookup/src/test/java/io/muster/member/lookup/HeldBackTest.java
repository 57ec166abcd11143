package io.muster.member.lookup;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.member.MemberAddress;
import io.muster.member.port.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** IX3: an address server that has lost its memory fills up again name by name. On a clock of the test's own. */
class HeldBackTest {

    private final Clock clock = new Clock();
    private final Source source = new Source();
    private final List<String> taken = new ArrayList<>();
    private final LookupSwitch lookups = new LookupSwitch(
            clock, members -> taken.add(hosts(members)), members -> CompletableFuture.completedStage(true));

    /** Runs what is due, on the test's thread, when the test says so. */
    private static final class Clock implements Time {

        private record Task(long atNanos, long number, Runnable run) {}

        private final PriorityQueue<Task> tasks =
                new PriorityQueue<>(Comparator.comparingLong(Task::atNanos).thenComparingLong(Task::number));
        private long nowNanos;
        private long number;

        @Override
        public long monoNanos() {
            return nowNanos;
        }

        @Override
        public long wallMillis() {
            return nowNanos / 1_000_000;
        }

        @Override
        public Timer after(Duration delay, Runnable task) {
            Task scheduled = new Task(nowNanos + delay.toNanos(), ++number, task);
            tasks.add(scheduled);
            return () -> tasks.remove(scheduled);
        }

        @Override
        public void execute(Runnable task) {
            task.run();
        }

        void advance(Duration time) {
            long end = nowNanos + time.toNanos();
            while (!tasks.isEmpty() && tasks.peek().atNanos() <= end) {
                Task due = tasks.remove();
                nowNanos = due.atNanos();
                due.run().run();
            }
            nowNanos = end;
        }
    }

    /** Says what the test has it say. */
    private static final class Source implements MemberLookup {

        private ListListener listener = members -> {};
        private String problem = "";

        @Override
        public String mode() {
            return "scripted";
        }

        @Override
        public void start(ListListener to) {
            listener = to;
            says("a", "b", "c");
        }

        void says(String... hosts) {
            listener.listed(Stream.of(hosts)
                    .map(host -> new MemberAddress(host, 8848, 7848))
                    .toList());
        }

        @Override
        public LookupHealth health() {
            return new LookupHealth("the source", true, 0, problem);
        }

        @Override
        public void stop() {
            // Nothing runs.
        }
    }

    private static String hosts(List<MemberAddress> members) {
        return String.join("", members.stream().map(MemberAddress::host).toList());
    }

    private void begin() {
        lookups.begin(source, List.of());
        assertThat(taken).containsExactly("abc");
    }

    @Test
    void listThatLacksOne_isTakenAtOnce_fromASourceThatIsTrusted() {
        begin();
        source.says("a", "b");
        assertThat(taken).containsExactly("abc", "ab");
    }

    @Test
    void listThatLacksOne_afterOneThatWasHeldBack_waits_andTheWholeOneIsTakenAtOnce() {
        begin();
        source.says("a");
        source.says("a", "b");
        assertThat(lookups.holdsBack()).isTrue();
        assertThat(lookups.health().problem()).contains("after a list that was held back");
        clock.advance(LookupSwitch.REGAINS_TRUST_AFTER.minusSeconds(1));
        source.says("a", "b", "c");
        assertThat(lookups.holdsBack()).isFalse();
        clock.advance(LookupSwitch.REGAINS_TRUST_AFTER.multipliedBy(3));
        assertThat(taken).as("no list but the whole one").containsExactly("abc", "abc");
    }

    @Test
    void listThatTheSourceStandsBy_isTakenInTheEnd_butNotWhileTheSourceIsIll() {
        begin();
        source.says("a");
        source.says("a", "b");
        source.problem = "status 500";
        clock.advance(LookupSwitch.REGAINS_TRUST_AFTER.multipliedBy(2));
        assertThat(taken).containsExactly("abc");
        source.problem = "";
        clock.advance(LookupSwitch.REGAINS_TRUST_AFTER);
        assertThat(taken).containsExactly("abc", "ab");
        source.says("a", "b", "c");
        source.says("a", "c");
        assertThat(taken).as("it is trusted again").containsExactly("abc", "ab", "abc", "ac");
    }

    /** A way that never opens does not keep every later switch out. */
    @Test
    void switchThatIsNeverReady_fails_andAnotherOneIsPossible() {
        begin();
        Source next = new Source();
        CompletableFuture<?> stuck = lookups.to(next, list -> new CompletableFuture<>(), () -> taken.add("never"))
                .toCompletableFuture();
        clock.advance(LookupSwitch.READY_WITHIN);
        assertThat(stuck).isCompletedExceptionally();
        assertThat(lookups.to(new Source(), list -> CompletableFuture.completedStage(null), () -> taken.add("switched"))
                        .toCompletableFuture())
                .isCompleted();
        assertThat(taken).containsExactly("abc", "switched", "abc");
        assertThat(lookups.switches()).isEqualTo(1);
        assertThat(lookups.listsTaken()).isEqualTo(2);
    }
}
