package io.muster.naming.registry;

/**
 * Whether ephemeral instances may still be missing here after a cold start: all members came up empty, and clients that
 * are alive have not beaten yet (design §5, Start; X13). Read by any thread.
 */
@FunctionalInterface
public interface WarmUp {

    /** Never warming up. */
    WarmUp DONE = () -> false;

    boolean inProgress();
}
