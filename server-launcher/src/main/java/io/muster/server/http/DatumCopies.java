package io.muster.server.http;

import io.muster.consistency.Key;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** This node's copy of the persistent data and the leader's, as a reload compares them. Any thread; nothing blocks. */
public interface DatumCopies {

    /**
     * One side's copy of one datum.
     *
     * @param version grows with every change of the datum
     * @param value as text
     */
    record Copy(long version, String value) {}

    /** Whether this node's copy is the leader's. */
    boolean leads();

    /** What the leader holds now; fails with a {@link io.muster.consistency.ConsistencyException} if nobody can say. */
    CompletionStage<Optional<Copy>> atLeader(Key key);

    /** What this node holds once it has applied all that was committed when it was asked; fails likewise. */
    CompletionStage<Optional<Copy>> here(Key key);

    /** Has this node's state replaced by the leader's, and the listeners told what changes by that. Does not wait for the end. */
    CompletionStage<Void> replace();
}
