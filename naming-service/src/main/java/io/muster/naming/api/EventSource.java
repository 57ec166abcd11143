package io.muster.naming.api;

import io.vertx.core.buffer.Buffer;
import java.util.List;

/** Numbered events of which the latest are kept, and which somebody may wait for. Asked from any event loop. */
public interface EventSource {

    /**
     * One event as it is sent.
     *
     * @param kind one word without blanks
     * @param data JSON of one line
     */
    record Item(long id, String kind, Buffer data) {}

    /**
     * What happened after some event.
     *
     * @param items oldest first
     * @param lastId of the newest event there is
     * @param missed how many were forgotten before they could be asked for; 0 if none
     */
    record Page(List<Item> items, long lastId, long missed) {

        public Page {
            items = List.copyOf(items);
        }
    }

    /** The events after this one; all that are kept if there is no such one yet. */
    Page after(long since);

    /**
     * Has somebody woken at each event from now on, on whatever thread.
     *
     * @param wake must not block
     * @return ends that; idempotent
     */
    Runnable listen(Runnable wake);
}
