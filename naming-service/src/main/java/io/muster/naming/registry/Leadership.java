package io.muster.naming.registry;

import io.muster.consistency.Subscription;
import java.util.function.Consumer;

/** Whether this node leads the persistent engine, and so does the jobs that only one member may do (R30). */
@FunctionalInterface
public interface Leadership {

    /** A node that never leads. */
    Leadership NEVER = listener -> () -> {};

    /**
     * Tells from now on when leadership becomes effective (true) and when it ends (false), in this order and by turns;
     * at once if this node leads already.
     *
     * @param listener is called on the engine's thread, and must not wait
     */
    Subscription listen(Consumer<Boolean> listener);
}
