package io.muster.sim.linearizability;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * Tells whether a history is linearizable: whether each operation can be given an instant between its call and its
 * return such that the model, one operation at a time in the order of the instants, answers what the clients were told
 * (invariant IR12).
 *
 * <p>Stateless; a check runs on the caller's thread. The work is exponential in the number of operations that overlap,
 * so histories are split by key where the model allows, kept at a few hundred operations a key ({@link KeyRotation}),
 * and a search ends undecided when its steps are used up.
 *
 * @param <S> states of the model
 * @param <C> its commands
 * @param <R> its results
 */
public final class LinearizabilityChecker<S, C, R> {

    /**
     * Applications of the model in the search of each part: a second or two. The memo grows by less than one
     * configuration for each.
     */
    public static final long STEPS_MAX = 4_000_000;

    private final SequentialModel<S, C, R> model;
    private final Function<History<C, R>, SortedMap<String, History<C, R>>> split;
    private final UnaryOperator<List<Operation<C, R>>> rules;
    private final Supplier<Memo<S>> memos;
    private final long stepsMax;

    /**
     * @param split the parts to check, each on its own, by name
     * @param rules from the operations recorded to those that a search must explain
     */
    LinearizabilityChecker(
            SequentialModel<S, C, R> model,
            Function<History<C, R>, SortedMap<String, History<C, R>>> split,
            UnaryOperator<List<Operation<C, R>>> rules,
            Supplier<Memo<S>> memos,
            long stepsMax) {
        this.model = model;
        this.split = split;
        this.rules = rules;
        this.memos = memos;
        this.stepsMax = stepsMax;
    }

    /** For models of a single key: the operations on each key are checked apart from all others. */
    public static <S, C, R> LinearizabilityChecker<S, C, R> perKey(SequentialModel<S, C, R> model) {
        return new LinearizabilityChecker<>(
                model, History::byKey, new StandardRules<>(model), ConfigurationMemo::new, STEPS_MAX);
    }

    /** For models of the whole state. */
    public static <S, C, R> LinearizabilityChecker<S, C, R> whole(SequentialModel<S, C, R> model) {
        return new LinearizabilityChecker<>(
                model, LinearizabilityChecker::onePart, new StandardRules<>(model), ConfigurationMemo::new, STEPS_MAX);
    }

    /** The same checker with another bound than {@link #STEPS_MAX}. */
    public LinearizabilityChecker<S, C, R> withStepsMax(long stepsMax) {
        return new LinearizabilityChecker<>(model, split, rules, memos, stepsMax);
    }

    /** The first violation, by key; else the first part that is undecided, if any. */
    public Verdict<C, R> check(History<C, R> history) {
        Optional<Verdict<C, R>> undecided = Optional.empty();
        for (Map.Entry<String, History<C, R>> part : split.apply(history).entrySet()) {
            Verdict<C, R> verdict = checkPart(part.getKey(), part.getValue());
            if (verdict instanceof Verdict.Violation<C, R>) {
                return verdict;
            }
            if (verdict instanceof Verdict.Undecided<C, R> && undecided.isEmpty()) {
                undecided = Optional.of(verdict);
            }
        }
        return undecided.orElseGet(Verdict.Linearizable::new);
    }

    static <C, R> SortedMap<String, History<C, R>> onePart(History<C, R> history) {
        SortedMap<String, History<C, R>> parts = new TreeMap<>();
        parts.put("", history);
        return parts;
    }

    private Verdict<C, R> checkPart(String part, History<C, R> history) {
        List<Operation<C, R>> operations = rules.apply(history.operations()).stream()
                .sorted(Comparator.comparing(Operation::call))
                .toList();
        Search<S, C, R> search = new Search<>(model, operations, memos.get(), stepsMax);
        return switch (search.run()) {
            case ALL_PLACED -> new Verdict.Linearizable<>();
            case STEPS_EXCEEDED -> new Verdict.Undecided<>(part, operations.size(), stepsMax);
            case NO_ORDER -> violation(part, history, operations, search.frontier());
        };
    }

    private Verdict.Violation<C, R> violation(
            String part, History<C, R> history, List<Operation<C, R>> operations, Search.Frontier frontier) {
        List<Verdict.Placed<C, R>> prefix = new ArrayList<>();
        S state = model.initial();
        for (int number : frontier.order()) {
            // As recorded: the rules may have changed the return or the command.
            Operation<C, R> operation = history.sameAs(operations.get(number));
            state = model.apply(state, operation.key(), operation.command()).state();
            prefix.add(new Verdict.Placed<>(operation, model.describe(state)));
        }
        Operation<C, R> blocked = history.sameAs(operations.get(frontier.blocked()));
        R answer = model.apply(state, blocked.key(), blocked.command()).result();
        return new Verdict.Violation<>(part, history.operations(), prefix, model.describe(state), blocked, answer);
    }
}
