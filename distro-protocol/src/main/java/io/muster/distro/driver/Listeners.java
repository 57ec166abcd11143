package io.muster.distro.driver;

import io.muster.consistency.ChangeEvent;
import io.muster.consistency.ChangeEvent.Stored;
import io.muster.consistency.ChangeListener;
import io.muster.consistency.Datum;
import io.muster.consistency.Interest;
import io.muster.consistency.Subscription;
import io.muster.distro.core.Records;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who hears of changes. One call at a time, on the driver's thread; what one listener throws keeps no other from hearing. */
final class Listeners<V> {

    private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);
    private static final int REPLAY_BATCH = 1_000;

    /** One listener with what it wants. */
    static final class Registration<V> implements Subscription {
        private final Interest interest;
        private final ChangeListener<V> listener;
        private volatile boolean closed;

        Registration(Interest interest, ChangeListener<V> listener) {
            this.interest = interest;
            this.listener = listener;
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private final Records<V> records;
    private final DriverMetrics metrics;
    private final List<Registration<V>> registrations = new ArrayList<>();

    Listeners(Records<V> records, DriverMetrics metrics) {
        this.records = records;
        this.metrics = metrics;
    }

    /** Tells of all that stands, then of what comes: both on this thread, so there is no gap and no repetition between them. */
    void add(Registration<V> registration) {
        List<ChangeEvent<V>> batch = new ArrayList<>();
        if (registration.interest.exactGroup()) {
            records.group(registration.interest.groupPrefix()).forEach(datum -> replay(registration, datum, batch));
        } else {
            records.forEach(datum -> replay(registration, datum, batch));
        }
        deliver(registration, List.copyOf(batch));
        registrations.add(registration);
    }

    /** @param events may be changed after the call; listeners may keep what they get */
    void tell(List<ChangeEvent<V>> events) {
        if (events.isEmpty()) {
            return;
        }
        List<ChangeEvent<V>> all = List.copyOf(events);
        registrations.removeIf(registration -> registration.closed);
        for (Registration<V> registration : List.copyOf(registrations)) {
            deliver(registration, ofInterest(registration.interest, all));
        }
    }

    private void replay(Registration<V> registration, Datum<V> datum, List<ChangeEvent<V>> batch) {
        if (registration.interest.matches(datum.key())) {
            batch.add(new Stored<>(datum));
            if (batch.size() == REPLAY_BATCH) {
                deliver(registration, List.copyOf(batch));
                batch.clear();
            }
        }
    }

    private static <V> List<ChangeEvent<V>> ofInterest(Interest interest, List<ChangeEvent<V>> events) {
        for (ChangeEvent<V> event : events) {
            if (!interest.matches(event.key())) {
                return events.stream()
                        .filter(candidate -> interest.matches(candidate.key()))
                        .toList();
            }
        }
        return events;
    }

    private void deliver(Registration<V> registration, List<ChangeEvent<V>> events) {
        if (events.isEmpty() || registration.closed) {
            return;
        }
        try {
            registration.listener.onChanges(events);
        } catch (VirtualMachineError broken) {
            throw broken;
        } catch (Throwable thrown) {
            metrics.listenerFailed();
            LOG.warn("listener of {} failed at a batch of {} changes", registration.interest, events.size(), thrown);
        }
    }
}
