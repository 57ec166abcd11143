package io.muster.raft.datum;

import io.muster.consistency.ChangeEvent;
import io.muster.consistency.ChangeListener;
import io.muster.consistency.Datum;
import io.muster.consistency.Interest;
import io.muster.consistency.Subscription;
import io.muster.raft.RaftMetrics;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who hears of changes, in log order (R19). Registrations are added and told on the engine's thread; one may be closed from any thread. What a
 * listener throws is logged and counted, and harms nobody else.
 */
final class Listeners<V> {

    /** Bound on the events of one call while a listener is being caught up. */
    static final int REPLAY_EVENTS_MAX = 1024;

    private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);

    private final Supplier<DatumMap<V>> data;
    private final RaftMetrics metrics;
    private final List<Registration> registrations = new ArrayList<>();

    /** Whether the state is complete, so that whoever registers can be told of it. */
    private boolean restored;

    /** @param data as it is now */
    Listeners(Supplier<DatumMap<V>> data, RaftMetrics metrics) {
        this.data = data;
        this.metrics = metrics;
    }

    /** One listener with its interest. */
    final class Registration implements Subscription {
        private final Interest interest;
        private final ChangeListener<V> listener;
        private volatile boolean closed;

        private Registration(Interest interest, ChangeListener<V> listener) {
            this.interest = interest;
            this.listener = listener;
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    /** Makes a registration, not yet in force; any thread. */
    Registration prepare(Interest interest, ChangeListener<V> listener) {
        return new Registration(interest, listener);
    }

    /** Puts a prepared registration in force and replays the state to it. */
    void add(Registration registration) {
        registrations.add(registration);
        if (restored) {
            replay(registration);
        }
    }

    /** The state is complete: everybody hears of it. */
    void restored() {
        restored = true;
        registrations.forEach(this::replay);
    }

    /** While the state is being restored nobody is told; all hear of the outcome. */
    void tell(List<ChangeEvent<V>> events) {
        registrations.removeIf(registration -> registration.closed);
        audience().tell(events);
    }

    /** Those who are to hear of something, as of now. */
    Audience audience() {
        return new Audience(restored ? List.copyOf(registrations) : List.of());
    }

    /** Registrations as they were at a moment. */
    final class Audience {
        private final List<Registration> members;

        private Audience(List<Registration> members) {
            this.members = members;
        }

        void tell(List<ChangeEvent<V>> events) {
            if (!events.isEmpty()) {
                Listeners.this.tell(members, events);
            }
        }
    }

    private void tell(List<Registration> members, List<ChangeEvent<V>> events) {
        for (Registration registration : members) {
            List<ChangeEvent<V>> wanted = wanted(registration.interest, events);
            if (!wanted.isEmpty()) {
                call(registration, wanted);
            }
        }
    }

    private List<ChangeEvent<V>> wanted(Interest interest, List<ChangeEvent<V>> events) {
        if (interest.groupPrefix().isEmpty() && !interest.exactGroup()) {
            return events;
        }
        return events.stream().filter(event -> interest.matches(event.key())).toList();
    }

    private void replay(Registration registration) {
        List<ChangeEvent<V>> chunk = new ArrayList<>();
        if (registration.interest.exactGroup()) {
            data.get().group(registration.interest.groupPrefix()).forEach(datum -> replay(registration, chunk, datum));
        } else {
            data.get()
                    .forEachInGroups(registration.interest.groupPrefix(), datum -> replay(registration, chunk, datum));
        }
        flush(registration, chunk);
    }

    private void replay(Registration registration, List<ChangeEvent<V>> chunk, Datum<V> datum) {
        chunk.add(new ChangeEvent.Stored<>(datum));
        if (chunk.size() == REPLAY_EVENTS_MAX) {
            flush(registration, chunk);
        }
    }

    private void flush(Registration registration, List<ChangeEvent<V>> chunk) {
        if (!chunk.isEmpty()) {
            call(registration, List.copyOf(chunk));
            chunk.clear();
        }
    }

    // Foreign code: whatever it throws must not keep the next listener from hearing.
    private void call(Registration registration, List<ChangeEvent<V>> events) {
        if (registration.closed) {
            return;
        }
        try {
            registration.listener.onChanges(events);
        } catch (RuntimeException | Error e) {
            metrics.listenerFailed();
            LOG.error("A listener of {} failed; the events count as delivered", registration.interest, e);
        }
    }
}
