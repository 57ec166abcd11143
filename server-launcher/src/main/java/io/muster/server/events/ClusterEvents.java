package io.muster.server.events;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** The latest events, oldest first; the oldest make room for new ones. Any thread may tell, ask and listen. */
public final class ClusterEvents {

    /** Weeks of a quiet cluster, minutes of one that flaps; some hundred kilobytes. */
    public static final int EVENTS_MAX = 1_000;

    private final LongSupplier wallMillis;
    private final Deque<ClusterEvent> events = new ArrayDeque<>();
    private final List<Consumer<ClusterEvent>> listeners = new CopyOnWriteArrayList<>();
    private long lastId;

    /** @param wallMillis the machine's clock */
    public ClusterEvents(LongSupplier wallMillis) {
        this.wallMillis = wallMillis;
    }

    /**
     * What happened after some event.
     *
     * @param events oldest first
     * @param lastId of the newest event there is; 0 before the first
     * @param missed how many were forgotten before they could be asked for
     */
    public record Page(List<ClusterEvent> events, long lastId, long missed) {

        public Page {
            events = List.copyOf(events);
        }
    }

    /** Adds an event; listeners hear of it on the caller's thread, in order. */
    public synchronized void tell(Enum<?> kind, String subject, String text) {
        ClusterEvent event = new ClusterEvent(++lastId, wallMillis.getAsLong(), kind.name(), subject, text);
        if (events.size() == EVENTS_MAX) {
            events.removeFirst();
        }
        events.addLast(event);
        listeners.forEach(listener -> listener.accept(event));
    }

    /**
     * The events after this one.
     *
     * @param since an event's id; 0 for all that are kept. One that is not reached yet counts as of an earlier process: all are given
     */
    public synchronized Page after(long since) {
        long from = since > lastId ? 0 : since;
        List<ClusterEvent> later = new ArrayList<>();
        events.stream().filter(event -> event.id() > from).forEach(later::add);
        return new Page(later, lastId, lastId - from - later.size());
    }

    /**
     * Has somebody told of each event from now on.
     *
     * @param listener must not block
     * @return ends that; idempotent
     */
    public Runnable listen(Consumer<ClusterEvent> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }
}
