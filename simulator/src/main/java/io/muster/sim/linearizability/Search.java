package io.muster.sim.linearizability;

import io.muster.sim.linearizability.SequentialModel.Step;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The search of Wing and Gong for an order of the operations that the model agrees with: place any operation that was
 * called before the first return among those left, and take the last one back where none fits. Used once.
 *
 * <p>Some rules keep it short. Where there is an order, there is one that keeps them all: take one that places as few
 * operations of unknown outcome as can be.
 *
 * <ol>
 *   <li>What cannot change a state, such as a read or a conflict, is placed as soon as it fits and never reconsidered:
 *       later it would serve no better.
 *   <li>Operations of unknown outcome need not be placed, and are only where they change the state, and where that
 *       makes a difference to what comes next.
 *   <li>Of operations that are alike, with the same command and outcome, the one that returns first goes first: if
 *       another did, the two could change places.
 * </ol>
 */
final class Search<S, C, R> {

    enum End {
        ALL_PLACED,
        NO_ORDER,
        STEPS_EXCEEDED
    }

    /** How far some order came: the operations placed, by number, and the one whose return it could not reach. */
    record Frontier(List<Integer> order, int blocked) {}

    private static final int NONE = -1;

    private record Likeness<C, R>(String key, C command, Outcome<R> outcome) {}

    private final SequentialModel<S, C, R> model;
    private final List<Operation<C, R>> operations;
    private final Memo<S> memo;
    private final long stepsMax;

    private final EventList events;

    /** By operation; equal for those that are alike. */
    private final int[] likeness;

    /** Operations of known outcome that changed nothing, whatever the state. */
    private final BitSet observations = new BitSet();

    private final BitSet placed = new BitSet();

    /** The operations placed, in order, and the state that each one found. */
    private final List<Integer> order = new ArrayList<>();

    private final List<S> statesBefore = new ArrayList<>();

    private S state;
    private int mustPlace;
    private long steps;
    private Frontier frontier = new Frontier(List.of(), NONE);

    /** @param operations all that may be placed; those of known outcome must be */
    Search(SequentialModel<S, C, R> model, List<Operation<C, R>> operations, Memo<S> memo, long stepsMax) {
        this.model = model;
        this.operations = operations;
        this.memo = memo;
        this.stepsMax = stepsMax;
        this.events = new EventList(operations);
        this.likeness = likenesses(operations);
        this.state = model.initial();
        for (int i = 0; i < operations.size(); i++) {
            observations.set(i, isObservation(operations.get(i)));
        }
        this.mustPlace = (int)
                operations.stream().filter(operation -> !operation.isUnknown()).count();
    }

    End run() {
        placeObservations();
        int event = events.first();
        while (mustPlace > 0) {
            int operation = EventList.operationOf(event);
            if (steps >= stepsMax) {
                return End.STEPS_EXCEEDED;
            }
            if (EventList.isReturn(event)) {
                advanceFrontier(operation);
                int choice = takeBackLastChoice();
                if (choice == NONE) {
                    return End.NO_ORDER;
                }
                event = events.afterCallOf(choice);
            } else {
                event = choose(operation) ? events.first() : events.after(event);
            }
        }
        return End.ALL_PLACED;
    }

    /**
     * Of all orders tried, the one that came farthest in time, and of those the first. Meaningful where there was no
     * order.
     */
    Frontier frontier() {
        return frontier;
    }

    /**
     * Places the operation and all observations that then fit, unless it does not fit itself or leads where the search
     * has been.
     */
    private boolean choose(int number) {
        if (observations.get(number) || anotherGoesFirst(number)) {
            return false;
        }
        Step<S, R> step = apply(number);
        boolean idle = operations.get(number).isUnknown() && step.state().equals(state);
        if (idle || !agrees(number, step) || lastMadeNoDifference(number, step)) {
            return false;
        }
        place(number, step.state());
        placeObservations();
        if (!memo.firstVisit(placed, state)) {
            takeBackLastChoice();
            return false;
        }
        return true;
    }

    /** Whether the operation placed last is of unknown outcome and this one would do the same without it. */
    private boolean lastMadeNoDifference(int number, Step<S, R> step) {
        if (order.isEmpty() || !operations.get(order.get(order.size() - 1)).isUnknown()) {
            return false;
        }
        return applyTo(statesBefore.get(statesBefore.size() - 1), number).equals(step);
    }

    private void placeObservations() {
        int event = events.first();
        while (mustPlace > 0 && !EventList.isReturn(event)) {
            int number = EventList.operationOf(event);
            if (observations.get(number) && agrees(number, apply(number))) {
                place(number, state);
                event = events.first();
            } else {
                event = events.after(event);
            }
        }
    }

    private boolean isObservation(Operation<C, R> operation) {
        return operation.outcome() instanceof Outcome.Ok<R> ok
                && model.changedNothing(operation.command(), ok.result());
    }

    private Step<S, R> apply(int number) {
        return applyTo(state, number);
    }

    private Step<S, R> applyTo(S before, int number) {
        steps++;
        Operation<C, R> operation = operations.get(number);
        return model.apply(before, operation.key(), operation.command());
    }

    /** Whether the client was told what the model says, if it was told anything. */
    private boolean agrees(int number, Step<S, R> step) {
        return !(operations.get(number).outcome() instanceof Outcome.Ok<R> ok)
                || ok.result().equals(step.result());
    }

    private void place(int number, S after) {
        order.add(number);
        statesBefore.add(state);
        state = after;
        placed.set(number);
        events.lift(number);
        mustPlace -= operations.get(number).isUnknown() ? 0 : 1;
    }

    /** Takes back up to the last operation that is no observation, and returns it, or {@link #NONE}. */
    private int takeBackLastChoice() {
        while (!order.isEmpty()) {
            int number = takeBack();
            if (!observations.get(number)) {
                return number;
            }
        }
        return NONE;
    }

    private int takeBack() {
        int number = order.remove(order.size() - 1);
        state = statesBefore.remove(statesBefore.size() - 1);
        placed.clear(number);
        events.unlift(number);
        mustPlace += operations.get(number).isUnknown() ? 0 : 1;
        return number;
    }

    /**
     * Whether one that is alike may be placed now and returns earlier, or at the same time and has the lower number.
     */
    private boolean anotherGoesFirst(int number) {
        for (int event = events.first(); !EventList.isReturn(event); event = events.after(event)) {
            int other = EventList.operationOf(event);
            if (likeness[other] == likeness[number] && other != number) {
                int byReturn = returnOf(other).compareTo(returnOf(number));
                if (byReturn < 0 || (byReturn == 0 && other < number)) {
                    return true;
                }
            }
        }
        return false;
    }

    private void advanceFrontier(int blocked) {
        boolean farther = frontier.blocked() == NONE || returnOf(blocked).compareTo(returnOf(frontier.blocked())) > 0;
        if (farther) {
            frontier = new Frontier(List.copyOf(order), blocked);
        }
    }

    private Moment returnOf(int number) {
        return operations.get(number).ret();
    }

    private static <C, R> int[] likenesses(List<Operation<C, R>> operations) {
        int[] likenesses = new int[operations.size()];
        Map<Likeness<C, R>, Integer> first = new HashMap<>();
        for (int i = 0; i < likenesses.length; i++) {
            Operation<C, R> operation = operations.get(i);
            Integer before =
                    first.putIfAbsent(new Likeness<>(operation.key(), operation.command(), operation.outcome()), i);
            likenesses[i] = before == null ? i : before;
        }
        return likenesses;
    }
}
