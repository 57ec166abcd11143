package io.muster.sim;

import java.util.PriorityQueue;
import java.util.function.Predicate;

/**
 * The events that wait, the earliest first. A cancelled event stays in the heap until its time or until such events are more than half of it,
 * so that cancelling costs nothing.
 */
final class EventQueue {

    /** Below this many the heap is not worth clearing. */
    private static final int CLEAR_AT_LEAST = 1_024;

    private final PriorityQueue<Event> heap = new PriorityQueue<>();
    private int cancelled;

    void add(Event event) {
        event.queued(true);
        heap.add(event);
    }

    /** Takes the earliest event that is not later than the bound, or gives {@code none}. */
    Event pollUntil(long atNanosMax, Event none) {
        for (Event first = heap.peek(); first != null; first = heap.peek()) {
            if (first.waits()) {
                return first.atNanos() <= atNanosMax ? take(first) : none;
            }
            take(first);
            cancelled--;
        }
        return none;
    }

    private Event take(Event first) {
        heap.remove();
        first.queued(false);
        return first;
    }

    boolean isEmpty() {
        return size() == 0;
    }

    /** How many wait, without the cancelled ones. */
    int size() {
        return heap.size() - cancelled;
    }

    /** The event, which may be one of these, waits no more. */
    void cancelled(Event event) {
        if (!event.queued()) {
            return;
        }
        cancelled++;
        if (cancelled > CLEAR_AT_LEAST && cancelled > heap.size() / 2) {
            removeCancelled();
        }
    }

    void removeAllOf(NodeTime node) {
        removeIf(event -> event.node() == node || !event.waits());
    }

    private void removeCancelled() {
        removeIf(event -> !event.waits());
    }

    private void removeIf(Predicate<Event> goes) {
        heap.removeIf(event -> {
            boolean gone = goes.test(event);
            if (gone) {
                event.queued(false);
            }
            return gone;
        });
        cancelled = 0;
    }
}
