package io.muster.naming.push;

import io.muster.naming.model.ServiceName;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The pushes that came to nothing last, for people; the oldest make room. Safe for any thread. */
public final class FailedPushes {

    /** Enough to see who is deaf. */
    static final int KEPT_MAX = 100;

    private final Deque<Entry> last = new ArrayDeque<>();

    /**
     * One push that nobody acknowledged.
     *
     * @param host where it was sent
     * @param port where it was sent
     * @param sends how often
     */
    public record Entry(ServiceName service, String host, int port, int sends) {}

    synchronized void add(Entry failed) {
        if (last.size() == KEPT_MAX) {
            last.removeFirst();
        }
        last.addLast(failed);
    }

    synchronized void clear() {
        last.clear();
    }

    /** Oldest first. */
    public synchronized List<Entry> list() {
        return List.copyOf(last);
    }
}
