package io.muster.raft.simulation;

import io.muster.member.NodeId;
import io.muster.raft.engine.RaftEngine;
import io.muster.sim.run.Operation;
import io.muster.sim.run.SimRun;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** What operators do to the group while it serves: mostly at the leader, now and then elsewhere, where it is refused. */
final class Operators {

    static final String TRANSFER = "transfer";
    static final String ADD = "add member";
    static final String REMOVE = "remove member";
    static final String PAUSE = "pause wish";
    static final String RESUME = "resume wish";
    static final String APPLY = "apply wish";
    static final String SNAPSHOT = "snapshot";

    /** No operator's doing: memory lies. Drawn only where a run asks for it. */
    static final String ROT = "rot";

    /** As often as they are drawn. */
    static final List<String> KINDS =
            List.of(TRANSFER, TRANSFER, ADD, ADD, REMOVE, REMOVE, PAUSE, PAUSE, RESUME, APPLY, SNAPSHOT, SNAPSHOT);

    private final SimRun run;

    Operators(SimRun run) {
        this.run = run;
    }

    static boolean isCommand(String kind) {
        return KINDS.contains(kind) || kind.equals(ROT);
    }

    void perform(Operation operation, SimulatedNode node) {
        NodeId subject = run.cluster()
                .machine((int) operation.argument() % run.cluster().size())
                .nodeId();
        node.call(
                Optional.of(operation.kind()),
                begin(node.engine(), operation.kind(), subject, operation.key().endsWith("0")),
                (said, error) -> {
                    if (error == null) {
                        run.mark("done: " + operation.kind());
                    }
                });
    }

    private static CompletionStage<?> begin(RaftEngine<String> engine, String kind, NodeId subject, boolean force) {
        return switch (kind) {
            case TRANSFER -> engine.transferLeader(Optional.of(subject));
            case ADD -> engine.addMember(subject);
            case REMOVE -> engine.removeMember(subject, force);
            case PAUSE -> engine.pauseWish();
            case RESUME -> engine.resumeWish();
            case APPLY -> engine.applyWish();
            default -> engine.snapshot();
        };
    }
}
