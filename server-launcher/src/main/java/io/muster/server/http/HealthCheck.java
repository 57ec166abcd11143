package io.muster.server.http;

import io.muster.consistency.Readiness;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * One thing that must hold for the server to be well, and since when it has or has not. Any thread may ask; a change is seen when somebody
 * asks, which a timer of the server does.
 */
public final class HealthCheck {

    /**
     * The answer of a check.
     *
     * @param sinceWallMillis when it became so, or was first seen so
     */
    public record State(String name, boolean well, String reason, long sinceWallMillis) {

        /** One line: {@code [+] distro: ready, since 2026-01-01T00:00:00Z}. */
        @Override
        public String toString() {
            return (well ? "[+] " : "[-] ") + name + ": " + reason + ", since " + Instant.ofEpochMilli(sinceWallMillis);
        }
    }

    private final String name;
    private final Supplier<Readiness> source;
    private final LongSupplier wallMillis;
    private final AtomicReference<State> last;

    /**
     * @param source asked each time; must not block
     * @param wallMillis the machine's clock
     */
    public HealthCheck(String name, Supplier<Readiness> source, LongSupplier wallMillis) {
        this.name = name;
        this.source = source;
        this.wallMillis = wallMillis;
        Readiness first = source.get();
        this.last = new AtomicReference<>(new State(name, first.ready(), first.reason(), wallMillis.getAsLong()));
    }

    public State state() {
        Readiness now = source.get();
        return last.updateAndGet(previous -> next(previous, now));
    }

    private State next(State previous, Readiness now) {
        if (previous.well() == now.ready() && previous.reason().equals(now.reason())) {
            return previous;
        }
        long since = previous.well() == now.ready() ? previous.sinceWallMillis() : wallMillis.getAsLong();
        return new State(name, now.ready(), now.reason(), since);
    }
}
