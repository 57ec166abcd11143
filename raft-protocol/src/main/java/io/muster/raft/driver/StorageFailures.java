package io.muster.raft.driver;

import io.muster.member.ClusterId;
import io.muster.member.port.DiskException;
import io.muster.raft.DamagedDataException;
import io.muster.raft.DataGivenUpException;
import io.muster.raft.DataSetAsideException;
import io.muster.raft.EngineFailure;
import io.muster.raft.InvariantBroken;
import io.muster.raft.core.Effect;
import io.muster.raft.storage.RaftStorage;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The failures at which what is stored is in doubt, or must not be used any more: it is left as it is, set aside, or given up, so that the next start knows; and the
 * engine ends.
 */
final class StorageFailures {

    private static final Logger LOG = LoggerFactory.getLogger(StorageFailures.class);

    private final DriverState<?, ?> state;
    private final EffectiveLeadership leadership;
    private final Ending ending;

    StorageFailures(DriverState<?, ?> state, EffectiveLeadership leadership, Ending ending) {
        this.state = state;
        this.leadership = leadership;
        this.ending = ending;
    }

    /** @param error as it is, or as a chain of stages wraps it */
    void failed(Throwable error) {
        Throwable cause =
                error instanceof CompletionException wrapped && wrapped.getCause() != null ? wrapped.getCause() : error;
        if (cause instanceof DamagedDataException damage) {
            state.replica().stop();
            state.replica()
                    .storage()
                    .setAside(damage)
                    .whenComplete((ignored, end) -> ending.fail(
                            end instanceof DataSetAsideException
                                    ? EngineFailure.Kind.SET_ASIDE
                                    : EngineFailure.Kind.DAMAGED,
                            String.valueOf((end == null ? damage : end).getMessage())));
        } else if (cause instanceof DiskException) {
            ending.fail(
                    EngineFailure.Kind.STORAGE_FAILED,
                    cause.getMessage() + ". What is on disk is in doubt: check the disk, then start again.");
        } else if (cause instanceof InvariantBroken) {
            ending.fail(EngineFailure.Kind.INVARIANT_BROKEN, String.valueOf(cause.getMessage()));
        } else {
            LOG.error("Storage failed", cause);
            ending.fail(EngineFailure.Kind.INVARIANT_BROKEN, "storage failed: " + cause);
        }
    }

    /** The group goes on without what is committed here, since an operator has said so. */
    void overruled(Effect.Overruled effect) {
        if (state.isMoving()) {
            return;
        }
        state.leaves();
        String why = "an operator has reset the members of its cluster in term " + effect.resetTerm()
                + ", and the cluster, led by node " + effect.by()
                + ", goes on without entries that are committed here";
        leadership.ends();
        ending.endWaiting(why);
        state.replica().stop();
        state.replica().storage().setAside(why).whenComplete((ignored, error) -> {
            if (error instanceof DataSetAsideException) {
                ending.fail(EngineFailure.Kind.SET_ASIDE, String.valueOf(error.getMessage()));
            } else if (error != null) {
                failed(error);
            }
        });
    }

    /** This node goes to another cluster, and may be missed in its own under the id that it has. */
    void giveUp(RaftStorage storage, ClusterId clusterId) {
        storage.giveUpFor(clusterId).whenComplete((ignored, error) -> {
            if (error instanceof DataGivenUpException) {
                ending.fail(EngineFailure.Kind.GIVEN_UP, String.valueOf(error.getMessage()));
            } else if (error != null) {
                failed(error);
            }
        });
    }
}
