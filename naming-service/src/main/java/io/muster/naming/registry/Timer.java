package io.muster.naming.registry;

/** Runs something once, later, on a thread of its own choosing. Bound to Vert.x timers in production. */
@FunctionalInterface
public interface Timer {

    /**
     * @param delayMillis 1 or more
     */
    void after(long delayMillis, Runnable task);
}
