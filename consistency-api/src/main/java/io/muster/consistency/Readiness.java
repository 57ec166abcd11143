package io.muster.consistency;

/**
 * Whether an engine is ready to serve, and what it waits for otherwise (X15, R34).
 *
 * @param ready whether clients may be sent here
 * @param reason one line for people; what it waits for, or "ready"
 */
public record Readiness(boolean ready, String reason) {

    public static final Readiness READY = new Readiness(true, "ready");

    public static Readiness waitingFor(String reason) {
        return new Readiness(false, reason);
    }
}
