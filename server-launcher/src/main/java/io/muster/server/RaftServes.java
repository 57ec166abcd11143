package io.muster.server;

import io.muster.consistency.Readiness;
import io.muster.raft.RaftStatus;
import java.util.function.Supplier;

/**
 * Whether Raft does here what it is for: this node has caught up, and knows who leads, so that persistent writes are taken as far as it can tell (design §8).
 * Unlike {@link RaftCatchUp} it ends when the leader is lost. Any thread may ask.
 *
 * @param engine whether the engine is ready
 * @param status of the engine
 */
record RaftServes(Supplier<Readiness> engine, Supplier<RaftStatus> status) implements Supplier<Readiness> {

    @Override
    public Readiness get() {
        Readiness ready = engine.get();
        RaftStatus now = status.get();
        return ready.ready() && now.leader().isEmpty() ? Readiness.waitingFor(now.reason()) : ready;
    }
}
