package io.muster.raft.driver;

import io.muster.raft.EngineFailure;
import io.muster.raft.InvariantBroken;
import io.muster.raft.RaftRecovery;
import io.muster.raft.UnknownFormatException;
import io.muster.raft.storage.Recovered;
import java.util.concurrent.CompletableFuture;

/** The start of a driver: what is stored is restored, then this node takes part. */
final class Start<C, R> {

    private static final long NANOS_PER_MILLI = 1_000_000;

    private final DriverState<C, R> state;
    private final ClientRequests<C, R> requests;
    private final OwnGroup group;
    private final PeerLink peers;
    private final Inbox inbox;
    private final Ending ending;
    private final StatusReason reason;
    private final Turns turns;
    private final Runnable lookForOthers;

    /** @param lookForOthers begins with it, if there are any */
    Start(
            DriverState<C, R> state,
            ClientRequests<C, R> requests,
            OwnGroup group,
            PeerLink peers,
            Inbox inbox,
            Ending ending,
            StatusReason reason,
            Turns turns,
            Runnable lookForOthers) {
        this.state = state;
        this.requests = requests;
        this.group = group;
        this.peers = peers;
        this.inbox = inbox;
        this.ending = ending;
        this.reason = reason;
        this.turns = turns;
        this.lookForOthers = lookForOthers;
    }

    void begin(CompletableFuture<RaftRecovery> result) {
        if (!state.mayStart()) {
            result.completeExceptionally(new IllegalStateException("an engine starts once"));
            return;
        }
        state.started();
        long sinceNanos = state.time.monoNanos();
        state.ports.net().onFrame((from, frame) -> turns.turn(() -> peers.received(from, frame, inbox)));
        state.ports.net().onPeerGone(peer -> turns.turn(() -> inbox.gone(peer)));
        Restoring<C, R> restoring = new Restoring<>(state.stateMachine, state.time, state.metrics);
        state.replica().open(restoring).whenComplete((recovered, error) -> {
            if (error == null) {
                restored(recovered, restoring, sinceNanos, result);
            } else if (error instanceof InvariantBroken) {
                // What stands before the entry that cannot be applied is shown as it would be had the node come upon it
                // while running (R34).
                state.stateMachine.restored();
                ending.fail(EngineFailure.Kind.INVARIANT_BROKEN, String.valueOf(error.getMessage()));
                result.completeExceptionally(error);
            } else {
                ending.startFailed(error);
                result.completeExceptionally(error);
            }
        });
    }

    private void restored(
            Recovered recovered, Restoring<C, R> restoring, long sinceNanos, CompletableFuture<RaftRecovery> result) {
        if (recovered.configurations().newestFormat() > state.config.formatMax()) {
            UnknownFormatException unreadable = new UnknownFormatException(
                            "configuration", recovered.configurations().newestFormat(), state.config.formatMax())
                    .in("log and snapshots");
            ending.startFailed(unreadable);
            result.completeExceptionally(unreadable);
            return;
        }
        turns.turn(() -> takePart(recovered, restoring));
        if (state.isUp()) {
            result.complete(recovery(recovered, sinceNanos));
        } else if (state.isFailed()) {
            result.completeExceptionally(new InvariantBroken("RecoveryFaithful", state.failure()));
        } else {
            result.completeExceptionally(reason.notReady());
        }
    }

    private void takePart(Recovered recovered, Restoring<C, R> restoring) {
        state.stateMachine.restored();
        state.up();
        requests.restored(recovered.hardState().term());
        state.replica().begin(recovered, restoring);
        group.foundItselfIfFresh();
        group.takeUpCluster();
        state.ports.members().onChange(view -> turns.turn(() -> group.members().saw(view)));
        lookForOthers.run();
        group.rememberOthersOnceMore();
    }

    private RaftRecovery recovery(Recovered recovered, long sinceNanos) {
        return new RaftRecovery(
                recovered.snapshotIndex(),
                recovered.snapshotBytes(),
                recovered.entriesRestored(),
                recovered.hardState().term(),
                recovered.tornBytes(),
                recovered.warnings(),
                (state.time.monoNanos() - sinceNanos) / NANOS_PER_MILLI);
    }
}
