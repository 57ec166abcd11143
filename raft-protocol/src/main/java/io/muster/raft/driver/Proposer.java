package io.muster.raft.driver;

import io.muster.consistency.ConsistencyException;

/** Whoever waits for a command: a caller here, or another member that passed it on. Told at most once. */
interface Proposer<R> {

    void succeed(R result);

    void fail(ConsistencyException error);
}
