package io.muster.distro.core;

import io.muster.consistency.ChangeEvent;
import io.muster.consistency.ConsistencyException;
import io.muster.consistency.Datum;
import io.muster.distro.core.Effects.MarkerChange;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The step that is running: when it runs, and the effects gathered so far. */
final class Step<V> {

    /** Monotonic. */
    final long nowNanos;

    /** By the {@link LeaseClock}. */
    final long leaseNanos;

    private final List<ChangeEvent<V>> events = new ArrayList<>(1);
    private List<Optional<Datum<V>>> results = List.of();
    private List<Notice> notices = List.of();
    private @Nullable ConsistencyException refusal;
    private @Nullable MarkerChange marker;
    private boolean more;

    Step(long nowNanos, long leaseNanos) {
        this.nowNanos = nowNanos;
        this.leaseNanos = leaseNanos;
    }

    void event(ChangeEvent<V> event) {
        events.add(event);
    }

    void results(List<Optional<Datum<V>>> all) {
        results = all;
    }

    void refuse(ConsistencyException reason) {
        if (refusal == null) {
            refusal = reason;
        }
    }

    void notice(Notice notice) {
        if (notices.isEmpty()) {
            notices = new ArrayList<>();
        }
        notices.add(notice);
    }

    void marker(MarkerChange change) {
        marker = change;
    }

    void moreWork() {
        more = true;
    }

    Effects<V> effects() {
        return new Effects<>(
                Optional.ofNullable(marker),
                Collections.unmodifiableList(events),
                Collections.unmodifiableList(results),
                Optional.ofNullable(refusal),
                Collections.unmodifiableList(notices),
                more);
    }
}
