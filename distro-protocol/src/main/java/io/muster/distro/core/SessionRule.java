package io.muster.distro.core;

/**
 * Tells by the id of a key whether a client's session stands behind a record. What the members themselves keep by leases (the verdicts of health
 * checks) is stored and renewed alike, but says nothing of clients: losing it makes no list falsely short, and its end no mass of silent clients.
 * So it counts neither for a cold start nor for the expiry guard.
 */
@FunctionalInterface
public interface SessionRule {

    SessionRule ALL = id -> true;

    boolean isSession(String id);
}
