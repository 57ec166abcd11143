package io.muster.simulation.health;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/** When the process of which machine saw less than half of the cluster, in truth. Looked at every few milliseconds. */
final class Minorities {

    /** Members learn of a cut late: two round trips that fail, a second apart, and later where they are short of time. A shorter one passes unseen. */
    static final long KNOWN_AFTER_NANOS = TimeUnit.MILLISECONDS.toNanos(5_000);

    /** One time of it, up to when it was last seen so. */
    private static final class Span {
        private final long fromNanos;
        private long toNanos;
        private boolean lasts = true;

        private Span(long fromNanos) {
            this.fromNanos = fromNanos;
            this.toNanos = fromNanos;
        }
    }

    private final List<List<Span>> spans = new ArrayList<>();

    Minorities(int machines) {
        for (int i = 0; i < machines; i++) {
            spans.add(new ArrayList<>());
        }
    }

    /** @param inMinority and awake: who stands still learns nothing */
    void look(int machine, boolean inMinority, long nowNanos) {
        List<Span> all = spans.get(machine);
        boolean was = !all.isEmpty() && all.get(all.size() - 1).lasts;
        if (inMinority && !was) {
            all.add(new Span(nowNanos));
        } else if (inMinority) {
            all.get(all.size() - 1).toNanos = nowNanos;
        } else if (was) {
            all.get(all.size() - 1).lasts = false;
        }
    }

    /** A process of the machine begins, and knows nothing that the one before it had learned: the time that it takes to learn of a cut begins anew. */
    void began(int machine) {
        List<Span> all = spans.get(machine);
        if (!all.isEmpty()) {
            all.get(all.size() - 1).lasts = false;
        }
    }

    /** Since when the machine is in one, and its process runs. */
    OptionalLong since(int machine) {
        List<Span> all = spans.get(machine);
        return all.isEmpty() || !all.get(all.size() - 1).lasts
                ? OptionalLong.empty()
                : OptionalLong.of(all.get(all.size() - 1).fromNanos);
    }

    /** Whether the machine was in one at that time, and the process that ran then has had the time to learn of it. */
    boolean couldKnow(int machine, long atNanos) {
        return spans.get(machine).stream()
                .anyMatch(span -> span.fromNanos <= atNanos
                        && atNanos <= span.toNanos
                        && span.toNanos - span.fromNanos >= KNOWN_AFTER_NANOS);
    }
}
