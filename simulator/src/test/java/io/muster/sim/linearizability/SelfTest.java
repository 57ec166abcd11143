package io.muster.sim.linearizability;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Tries a checker on histories whose verdict is known, by hand or by {@link BruteForce}. What makes it bite is shown by
 * {@link PlantedCheckerBugsTest}.
 */
final class SelfTest {

    static final int RANDOM_HISTORIES = 10_000;

    private static final long SEED = 7;

    /** A checker of each kind, for the same store. */
    record Subject(
            LinearizabilityChecker<Optional<String>, StoreCommand, StoreResult> perKey,
            LinearizabilityChecker<?, StoreCommand, StoreResult> whole) {

        static Subject real() {
            return new Subject(
                    LinearizabilityChecker.perKey(new RegisterModel()), LinearizabilityChecker.whole(new MapModel()));
        }

        /** The verdicts on a history, from each checker that can judge it. */
        List<Verdict<StoreCommand, StoreResult>> check(History<StoreCommand, StoreResult> history) {
            boolean readsAll = history.operations().stream()
                    .anyMatch(operation -> operation.command() instanceof StoreCommand.ReadAll);
            return readsAll ? List.of(whole.check(history)) : List.of(perKey.check(history), whole.check(history));
        }
    }

    /** How many of the random histories were of either kind; a self-test without both would say little. */
    record Tally(int linearizable, int violations) {}

    private final Subject subject;
    private final List<String> complaints = new ArrayList<>();
    private Tally tally = new Tally(0, 0);

    SelfTest(Subject subject) {
        this.subject = subject;
    }

    /** Wrong verdicts; none if the checker is right. */
    List<String> complaints() {
        return complaints;
    }

    Tally tally() {
        return tally;
    }

    SelfTest onHandMadeHistories() {
        for (HandMadeHistory example : HandMadeHistory.all()) {
            for (Verdict<StoreCommand, StoreResult> verdict : subject.check(example.history())) {
                Optional<String> violationAt = verdict instanceof Verdict.Violation<StoreCommand, StoreResult> violation
                        ? Optional.of(example.labels().getOrDefault(violation.blocked(), "?"))
                        : Optional.empty();
                if (verdict instanceof Verdict.Undecided<?, ?> || !violationAt.equals(example.violationAt())) {
                    complaints.add(example.name() + ": " + verdict);
                }
            }
        }
        return this;
    }

    SelfTest onRandomHistories() {
        RandomHistories histories = new RandomHistories(SEED);
        for (int i = 0; i < RANDOM_HISTORIES; i++) {
            History<StoreCommand, StoreResult> history = histories.small();
            boolean linearizable = BruteForce.isLinearizable(history.operations());
            for (Verdict<StoreCommand, StoreResult> verdict : subject.check(history)) {
                boolean right = verdict instanceof Verdict.Violation<StoreCommand, StoreResult> violation
                        ? !linearizable && explains(violation)
                        : linearizable && verdict instanceof Verdict.Linearizable<?, ?>;
                if (!right) {
                    complaints.add("random history " + i + ": " + verdict + " on " + history);
                }
            }
            tally = linearizable
                    ? new Tally(tally.linearizable() + 1, tally.violations())
                    : new Tally(tally.linearizable(), tally.violations() + 1);
        }
        return this;
    }

    /** Whether the prefix is an order, and one that the blocked operation cannot go on with. */
    private static boolean explains(Verdict.Violation<StoreCommand, StoreResult> violation) {
        List<Operation<StoreCommand, StoreResult>> prefix = new ArrayList<>();
        violation.prefix().forEach(placed -> prefix.add(placed.operation()));
        List<Operation<StoreCommand, StoreResult>> longer = new ArrayList<>(prefix);
        longer.add(violation.blocked());
        return BruteForce.isOrder(prefix) && !BruteForce.isOrder(longer);
    }
}
