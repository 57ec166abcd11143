package io.muster.sim.linearizability;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Invariant IR12, {@code Linearizable}: is the judge right? */
class LinearizabilityCheckerTest {

    private final LinearizabilityChecker<Optional<String>, StoreCommand, StoreResult> checker =
            LinearizabilityChecker.perKey(new RegisterModel());

    static List<HandMadeHistory> handMadeHistories() {
        return HandMadeHistory.all();
    }

    @ParameterizedTest
    @MethodSource("handMadeHistories")
    void check_handMade(HandMadeHistory example) {
        for (Verdict<StoreCommand, StoreResult> verdict :
                SelfTest.Subject.real().check(example.history())) {
            Optional<String> violationAt = verdict instanceof Verdict.Violation<StoreCommand, StoreResult> violation
                    ? Optional.ofNullable(example.labels().get(violation.blocked()))
                    : Optional.empty();
            assertThat(violationAt).as("%s", verdict).isEqualTo(example.violationAt());
        }
    }

    @Test
    void check_agreesWithBruteForce() {
        SelfTest selfTest = new SelfTest(SelfTest.Subject.real()).onRandomHistories();

        assertThat(selfTest.complaints()).isEmpty();
        assertThat(selfTest.tally().linearizable()).isGreaterThan(SelfTest.RANDOM_HISTORIES / 4);
        assertThat(selfTest.tally().violations()).isGreaterThan(SelfTest.RANDOM_HISTORIES / 10);
    }

    /** CPU time of this thread, so that a busy machine does not fail it. */
    @Test
    void check_hundredHistoriesOf300Operations_inTwoSeconds() {
        RandomHistories.Shape shape = new RandomHistories.Shape(300, 10, 1, 1_000, 0.05, 0.05, false);
        RandomHistories random = new RandomHistories(11);
        List<History<StoreCommand, StoreResult>> histories = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            History<StoreCommand, StoreResult> history = random.linearizable(shape);
            histories.add(history);
            histories.add(random.withOneAnswerChanged(history, shape));
        }
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long start = threads.getCurrentThreadCpuTime();

        List<Verdict<StoreCommand, StoreResult>> verdicts =
                histories.stream().map(checker::check).toList();
        assertThat(Duration.ofNanos(threads.getCurrentThreadCpuTime() - start)).isLessThan(Duration.ofSeconds(2));
        assertThat(verdicts.stream().filter(verdict -> verdict instanceof Verdict.Undecided<?, ?>))
                .isEmpty();
        assertThat(verdicts.stream().filter(verdict -> verdict instanceof Verdict.Violation<?, ?>))
                .hasSizeBetween(10, 50);
    }

    @Test
    void check_beyondItsSteps_isUndecided() {
        History<StoreCommand, StoreResult> history =
                new RandomHistories(1).linearizable(new RandomHistories.Shape(30, 3, 1, 100, 0, 0, false));

        assertThat(checker.check(history)).isInstanceOf(Verdict.Linearizable.class);
        assertThat(checker.withStepsMax(10).check(history)).isEqualTo(new Verdict.Undecided<>("k0", 30, 10));
    }

    @Test
    void check_aViolationOnOneKeyOutweighsAnUndecidedOther() {
        List<Operation<StoreCommand, StoreResult>> operations = new ArrayList<>(new RandomHistories(1)
                .linearizable(new RandomHistories.Shape(30, 3, 1, 100, 0, 0, false))
                .operations());
        operations.addAll(HandMadeHistory.timeline(List.of("c9 [get z a]")).keySet());

        assertThat(checker.withStepsMax(10).check(new History<>(operations)))
                .isInstanceOfSatisfying(
                        Verdict.Violation.class,
                        violation -> assertThat(violation.part()).isEqualTo("z"));
    }

    /**
     * Thirty deletes of unknown outcome may each have taken effect or not: a billion subsets, but only thirty-one that
     * differ.
     */
    @Test
    void check_operationsThatAreAlike_areTriedInOneOrderOnly() {
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            rows.add("d" + i + " [del x]?");
        }
        rows.add("c1             [put x a]  [get x nil]  [put x b]  [get x nil]  [put x c]  [get x d]");
        History<StoreCommand, StoreResult> history =
                new History<>(List.copyOf(HandMadeHistory.timeline(rows).keySet()));

        assertThat(checker.withStepsMax(10_000).check(history)).isInstanceOf(Verdict.Violation.class);
    }

    @Test
    void check_ofNothing_isLinearizable() {
        assertThat(checker.check(new History<>(List.of()))).isEqualTo(new Verdict.Linearizable<>());
        assertThat(LinearizabilityChecker.whole(new MapModel()).check(new History<>(List.of())))
                .isEqualTo(new Verdict.Linearizable<>());
    }
}
