package io.muster.consistency;

/** A registered {@link ChangeListener}. */
public interface Subscription extends AutoCloseable {

    /** Ends it; idempotent. The listener may hear of the step that is running just now, and of nothing after it. */
    @Override
    void close();
}
