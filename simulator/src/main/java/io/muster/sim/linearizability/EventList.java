package io.muster.sim.linearizability;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Calls and returns of the operations that are still to be placed, in order of time, as a linked list in arrays: an
 * operation is taken out and put back in constant time. What may be placed next are the calls before the first return
 * (Wing and Gong).
 *
 * <p>Operations are numbered from 0 in the order given. Event {@code 2 * n} is the call of operation n, {@code 2 * n +
 * 1} its return. Operations that return {@link Moment#NEVER} have no event for it.
 */
final class EventList {

    private final int head;
    private final int[] next;
    private final int[] previous;
    private final boolean[] returns;

    EventList(List<? extends Operation<?, ?>> operations) {
        head = 2 * operations.size();
        next = new int[head + 1];
        previous = new int[head + 1];
        returns = new boolean[operations.size()];
        for (int i = 0; i < returns.length; i++) {
            returns[i] = !operations.get(i).ret().equals(Moment.NEVER);
        }
        int last = head;
        for (int event : inOrderOfTime(operations)) {
            link(last, event);
            last = event;
        }
        link(last, head);
    }

    /** At the same moment, calls stand before returns: the operations overlap. */
    private List<Integer> inOrderOfTime(List<? extends Operation<?, ?>> operations) {
        return IntStream.range(0, head)
                .boxed()
                .filter(event -> !isReturn(event) || returns[operationOf(event)])
                .sorted(Comparator.comparing((Integer event) -> momentOf(event, operations))
                        .thenComparing(EventList::isReturn)
                        .thenComparing(Comparator.naturalOrder()))
                .toList();
    }

    private static Moment momentOf(int event, List<? extends Operation<?, ?>> operations) {
        Operation<?, ?> operation = operations.get(operationOf(event));
        return isReturn(event) ? operation.ret() : operation.call();
    }

    static int operationOf(int event) {
        return event / 2;
    }

    static boolean isReturn(int event) {
        return event % 2 == 1;
    }

    int first() {
        return next[head];
    }

    int after(int event) {
        return next[event];
    }

    int afterCallOf(int operation) {
        return next[2 * operation];
    }

    /** Takes the operation out. */
    void lift(int operation) {
        take(2 * operation);
        if (returns[operation]) {
            take(2 * operation + 1);
        }
    }

    /** Puts back the operation that was lifted last of those that are out. */
    void unlift(int operation) {
        if (returns[operation]) {
            putBack(2 * operation + 1);
        }
        putBack(2 * operation);
    }

    private void take(int event) {
        link(previous[event], next[event]);
    }

    private void putBack(int event) {
        next[previous[event]] = event;
        previous[next[event]] = event;
    }

    private void link(int before, int after) {
        next[before] = after;
        previous[after] = before;
    }
}
