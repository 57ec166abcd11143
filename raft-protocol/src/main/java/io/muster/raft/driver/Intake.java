package io.muster.raft.driver;

import io.muster.consistency.ConsistencyException.NotReady;
import io.muster.raft.RaftConfig;
import io.muster.raft.StateMachine;
import io.muster.raft.storage.Admission;
import io.muster.raft.storage.RaftStorage;
import java.util.ArrayList;
import java.util.List;

/** Decides what of the queue goes into the log now: as much as one batch takes, if the log has room, and the state too (X17, X20). */
final class Intake<C, R> {

    private final RaftConfig config;
    private final StateMachine<C, R> stateMachine;
    private final RaftStorage storage;
    private final Proposals<C, R> proposals;

    Intake(RaftConfig config, StateMachine<C, R> stateMachine, RaftStorage storage, Proposals<C, R> proposals) {
        this.config = config;
        this.stateMachine = stateMachine;
        this.storage = storage;
        this.proposals = proposals;
    }

    /**
     * Takes commands out of the queue, for the log.
     *
     * @param logIsFree whether nothing else is being written
     * @return none if there is no room just now; if there is none for good, the queue has been refused
     */
    List<Proposal<C, R>> next(boolean logIsFree) {
        Proposals.Batch<C, R> batch = proposals.nextBatch(config.batchBytesMax());
        Admission admission = storage.admission(batch.entryBytes());
        if (admission.kind() == Admission.Kind.REFUSE) {
            proposals.refuseQueue(() -> new NotReady(admission.reason()));
        }
        if (admission.kind() != Admission.Kind.TAKE || !logIsFree) {
            return List.of();
        }
        proposals.remove(batch);
        return withoutWhatIsTooLarge(batch.proposals());
    }

    /** Refuses the commands whose growth of the state the directory's bound has no room for. */
    private List<Proposal<C, R>> withoutWhatIsTooLarge(List<Proposal<C, R>> batch) {
        long growth = stateMachine.snapshotBytes() + proposals.growthInLog();
        List<Proposal<C, R>> taken = new ArrayList<>(batch.size());
        for (Proposal<C, R> proposal : batch) {
            long more = proposal.growthBytesMax();
            boolean tooLarge = more > 0 && growth + more > storage.stateBytesMax();
            // One that may be in a log already, here or elsewhere, must not be refused: its repeat does no harm.
            if (tooLarge && proposal.isNowhere()) {
                proposals.refuse(proposal, new NotReady(tooLarge()));
            } else {
                growth += more;
                taken.add(proposal);
            }
        }
        return taken;
    }

    private String tooLarge() {
        return "the state would be larger than the " + storage.stateBytesMax()
                + " bytes that the data directory's bound has room for (server.data-dir-max-bytes, "
                + config.dataDirMaxBytes() + ")";
    }
}
