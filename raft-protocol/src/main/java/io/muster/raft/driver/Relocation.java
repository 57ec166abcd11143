package io.muster.raft.driver;

import io.muster.member.ClusterId;
import io.muster.raft.core.RaftCore;
import io.muster.raft.storage.Recovered;
import java.util.function.Supplier;

/**
 * Going to another cluster, duty 5 of {@link io.muster.raft.core.founding}: all that was is thrown away, and this node begins anew in the other group; under another
 * id, in another engine, if what it was may be missed in the old one.
 */
final class Relocation<C, R> {

    private final DriverState<C, R> state;
    private final ClientRequests<C, R> requests;
    private final OwnGroup group;
    private final EffectiveLeadership leadership;
    private final FirstCatchUp catchUp;
    private final Ending ending;
    private final StorageFailures failures;
    private final Turns turns;
    private final Supplier<Replica<C, R>> newReplica;

    Relocation(
            DriverState<C, R> state,
            ClientRequests<C, R> requests,
            OwnGroup group,
            EffectiveLeadership leadership,
            FirstCatchUp catchUp,
            Ending ending,
            StorageFailures failures,
            Turns turns,
            Supplier<Replica<C, R>> newReplica) {
        this.state = state;
        this.requests = requests;
        this.group = group;
        this.leadership = leadership;
        this.catchUp = catchUp;
        this.ending = ending;
        this.failures = failures;
        this.turns = turns;
        this.newReplica = newReplica;
    }

    void moveTo(ClusterId clusterId) {
        state.leaves();
        Replica<C, R> old = state.replica();
        old.stop();
        leadership.ends();
        ending.endWaiting("this node goes to cluster " + clusterId);
        if (mayKeepId(old.core())) {
            beginAnew(old, clusterId);
        } else {
            failures.giveUp(old.storage(), clusterId);
        }
    }

    /**
     * Whether nobody counts on anything that this node has promised under its id: it has promised nothing yet, or it founded its cluster and nobody else
     * ever voted there, so that the cluster ends with it. Anybody else could come back, by the next command, to a group whose log names it a voter, and
     * vote there without what it has acknowledged.
     */
    private static boolean mayKeepId(RaftCore core) {
        boolean silent = core.term() == 0
                && core.log().lastIndex() == 0
                && core.configuration().isEmpty();
        return silent || core.hasVotedAlone();
    }

    private void beginAnew(Replica<C, R> old, ClusterId clusterId) {
        old.storage()
                .discardFor(clusterId)
                .thenCompose(ignored -> {
                    state.stateMachine.clear();
                    Replica<C, R> made = newReplica.get();
                    state.runs(made);
                    Restoring<C, R> restoring = new Restoring<>(state.stateMachine, state.time, state.metrics);
                    return made.open(restoring).thenAccept(recovered -> begin(recovered, restoring));
                })
                .whenComplete((ignored, error) -> {
                    if (error != null) {
                        failures.failed(error.getCause() == null ? error : error.getCause());
                    }
                });
    }

    private void begin(Recovered recovered, Restoring<C, R> restoring) {
        state.arrived();
        catchUp.beginAnew();
        requests.restored(recovered.hardState().term());
        turns.turn(() -> {
            state.replica().begin(recovered, restoring);
            group.takeUpCluster();
        });
    }
}
