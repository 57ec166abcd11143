package io.muster.sim.linearizability;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/**
 * The self-test bites: it finds each of the planted bugs C1–C4 ({@code spec/simulation.md} §10), in either of its
 * halves.
 */
class PlantedCheckerBugsTest {

    private static final RegisterModel REGISTER = new RegisterModel();
    private static final MapModel MAP = new MapModel();

    @Test
    void theRealChecker_passes() {
        assertThat(new SelfTest(SelfTest.Subject.real())
                        .onHandMadeHistories()
                        .onRandomHistories()
                        .complaints())
                .isEmpty();
    }

    @Test
    void c1_unknownWritesTreatedAsFailed_isFound() {
        assertFound(withRules(operations -> new StandardRules<>(REGISTER)
                .apply(operations).stream()
                        .filter(operation -> !operation.isUnknown())
                        .toList()));
    }

    @Test
    void c2_splitByKeyIgnored_isFound() {
        SelfTest.Subject real = SelfTest.Subject.real();
        assertFound(new SelfTest.Subject(LinearizabilityChecker.whole(REGISTER), real.whole()));
    }

    @Test
    void c3_memoOfTheStateOnly_isFound() {
        Supplier<Memo<Optional<String>>> memos = StateMemo::new;
        assertFound(new SelfTest.Subject(
                new LinearizabilityChecker<>(
                        REGISTER,
                        History::byKey,
                        new StandardRules<>(REGISTER),
                        memos,
                        LinearizabilityChecker.STEPS_MAX),
                SelfTest.Subject.real().whole()));
    }

    @Test
    void c4_returnsOneTooLate_isFound() {
        assertFound(withReturnsShiftedBy(1));
    }

    @Test
    void c4_returnsOneTooEarly_isFound() {
        assertFound(withReturnsShiftedBy(-1));
    }

    private static void assertFound(SelfTest.Subject subject) {
        assertThat(new SelfTest(subject).onHandMadeHistories().complaints()).isNotEmpty();
        assertThat(new SelfTest(subject).onRandomHistories().complaints()).isNotEmpty();
    }

    private static SelfTest.Subject withReturnsShiftedBy(long nanos) {
        return withRules(operations -> new StandardRules<>(REGISTER)
                .apply(operations).stream()
                        .map(operation -> shiftReturn(operation, nanos))
                        .toList());
    }

    private static Operation<StoreCommand, StoreResult> shiftReturn(
            Operation<StoreCommand, StoreResult> operation, long nanos) {
        Moment shifted = Moment.at(operation.ret().nanos() + nanos);
        boolean impossible = operation.isUnknown() || shifted.compareTo(operation.call()) < 0;
        return impossible ? operation : operation.returningAt(shifted);
    }

    private static SelfTest.Subject withRules(UnaryOperator<List<Operation<StoreCommand, StoreResult>>> rules) {
        return new SelfTest.Subject(
                new LinearizabilityChecker<>(
                        REGISTER, History::byKey, rules, ConfigurationMemo::new, LinearizabilityChecker.STEPS_MAX),
                new LinearizabilityChecker<>(
                        MAP,
                        LinearizabilityChecker::onePart,
                        rules,
                        ConfigurationMemo::new,
                        LinearizabilityChecker.STEPS_MAX));
    }

    /** Forgets which operations led to the state. */
    private static final class StateMemo implements Memo<Optional<String>> {

        private final Set<Optional<String>> visited = new HashSet<>();

        @Override
        public boolean firstVisit(BitSet placed, Optional<String> state) {
            return visited.add(state);
        }
    }
}
