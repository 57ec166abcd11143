package io.muster.distro.core;

import io.muster.consistency.ChangeEvent;
import io.muster.consistency.Key;
import io.muster.distro.core.Effects.MarkerChange;
import io.muster.distro.core.Effects.Outcome;
import io.muster.distro.core.Effects.Send;
import io.muster.member.NodeId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The step that is running: when it runs, and the effects gathered so far. */
final class Step<V> {

    /** Monotonic. */
    final long nowNanos;

    /** By the {@link LeaseClock}. */
    final long leaseNanos;

    private final List<ChangeEvent<V>> events = new ArrayList<>(1);
    private List<Send<V>> sends = List.of();
    private List<Outcome<V>> outcomes = List.of();
    private List<Notice> notices = List.of();

    /** Keys of which the other members must hear, each once. */
    private Set<Key> changed = Set.of();

    private @Nullable MarkerChange marker;
    private boolean more;

    Step(long nowNanos, long leaseNanos) {
        this.nowNanos = nowNanos;
        this.leaseNanos = leaseNanos;
    }

    void event(ChangeEvent<V> event) {
        events.add(event);
    }

    void send(NodeId to, Message<V> message) {
        if (sends.isEmpty()) {
            sends = new ArrayList<>();
        }
        sends.add(new Send<>(to, message));
    }

    void outcome(Outcome<V> outcome) {
        if (outcomes.isEmpty()) {
            outcomes = new ArrayList<>(1);
        }
        outcomes.add(outcome);
    }

    /** What stands under the key was changed by this node. */
    void changed(Key key) {
        if (changed.isEmpty()) {
            changed = new LinkedHashSet<>();
        }
        changed.add(key);
    }

    Set<Key> changedKeys() {
        return changed;
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

    Effects<V> effects(long clock, long wakeAtNanos) {
        return new Effects<>(
                Optional.ofNullable(marker),
                Collections.unmodifiableList(events),
                Collections.unmodifiableList(sends),
                clock,
                Collections.unmodifiableList(outcomes),
                Collections.unmodifiableList(notices),
                wakeAtNanos,
                more);
    }
}
