package io.muster.raft.simulation;

import io.muster.raft.RaftRole;
import io.muster.raft.core.Effect;
import io.muster.raft.core.Input;
import io.muster.raft.core.RaftCore;
import io.muster.raft.core.message.PeerMessage;
import io.muster.sim.run.SimRun;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Notes what the plans reach ({@code spec/simulation.md} §9). */
final class CoverageMarks {

    static final String VOTE_REFUSED = "vote refused for old log";
    static final String TRUNCATED = "conflict truncation";
    static final String OLD_TERM_COMMITTED = "commit of old-term entry by a newer one";
    static final String INSTALLED = "snapshot install while lagging";
    static final String INSTALL_INTERRUPTED = "install interrupted";
    static final String ROLLED_BACK = "config change rolled back";
    static final String REMOVED_ITSELF = "leader removed itself";
    static final String PRE_VOTE_REFUSED = "pre-vote refused";
    static final String STEPPED_DOWN = "check-quorum step-down";
    static final String READ_RETRIED = "read-index retried";
    static final String TORN_TAIL = "torn tail cut";
    static final String REPEATED = "duplicate request answered from session";
    static final String JOINT = "joint configuration committed";
    static final String HANDED_OVER = "leadership handed over";
    static final String FOUNDED = "founded";
    static final String REPAIRED = "repair from peer";

    /** What clients got done. */
    static final String WRITTEN = "write acknowledged";

    static final String READ = "linearizable read";

    /** How often a node raised its term to be elected. */
    static final String CAMPAIGNED = "campaigned";

    /** How many histories were searched for an order, and how many of them without an answer. */
    static final String HISTORIES = "histories";

    static final String UNDECIDED = "undecided";

    /** At the end the voters are the machines as they are. */
    static final String ALL_VOTE = "all vote at the end";

    /** Versions differed at the beginning, and a later format was put in force. */
    static final String FORMAT_RAISED = "format raised";

    /** A node was set back after the switch: it met what it can't read, and said so. */
    static final String FORMAT_REFUSED = "format refused";

    /** Only where memory lies. */
    static final String STATE_REPAIRED = "state repaired";

    /** The only copy was damaged, and its node did not start, nor did any other serve in its place; too rare for a long run to be sure of it. */
    static final String HALTED = "halted with the only copy damaged";

    /** How often a leader was elected; not one of those that a long run must hit. */
    static final String ELECTED = "elected";

    static final List<String> ALL = List.of(
            VOTE_REFUSED,
            TRUNCATED,
            OLD_TERM_COMMITTED,
            INSTALLED,
            INSTALL_INTERRUPTED,
            ROLLED_BACK,
            REMOVED_ITSELF,
            PRE_VOTE_REFUSED,
            STEPPED_DOWN,
            READ_RETRIED,
            TORN_TAIL,
            REPEATED,
            JOINT,
            HANDED_OVER,
            FOUNDED,
            REPAIRED);

    private final SimRun run;
    private final Set<List<Object>> readsAsked = new HashSet<>();

    CoverageMarks(SimRun run) {
        this.run = run;
    }

    void note(NodeShadow node, RaftCore core, Input input, List<Effect> effects, CoreBefore before) {
        effects.forEach(effect -> note(core, effect, before));
        boolean ledTerm = before.role() == RaftRole.LEADER && core.role() == RaftRole.FOLLOWER;
        markIf(ledTerm && input instanceof Input.Tick, STEPPED_DOWN);
        markIf(
                ledTerm
                        && core.configuration()
                                .filter(group -> !group.isVoter(node.id))
                                .isPresent(),
                REMOVED_ITSELF);
        markIf(input instanceof Input.Found, FOUNDED);
        if (input instanceof Input.Received received && received.message() instanceof PeerMessage.RequestVote request) {
            markIf(!core.log().isCoveredBy(request.lastLogIndex(), request.lastLogTerm()), VOTE_REFUSED);
        }
    }

    private void note(RaftCore core, Effect effect, CoreBefore before) {
        if (effect instanceof Effect.RoleChanged changed) {
            markIf(changed.role() == RaftRole.LEADER, ELECTED);
            markIf(changed.role() == RaftRole.CANDIDATE, CAMPAIGNED);
        } else if (effect instanceof Effect.Discarded) {
            run.mark(TRUNCATED);
            markIf(core.configurationIndex() < before.configurationIndex(), ROLLED_BACK);
        } else if (effect instanceof Effect.LoadSnapshot) {
            run.mark(INSTALLED);
        } else if (effect instanceof Effect.DropChunks) {
            run.mark(INSTALL_INTERRUPTED);
        } else if (effect instanceof Effect.ConfigurationCommitted committed) {
            markIf(committed.configuration().isJoint(), JOINT);
            markIf(
                    committed.index() > 1
                            && core.configurationAt(committed.index() - 1)
                                    .filter(earlier -> earlier.format()
                                            < committed.configuration().format())
                                    .isPresent(),
                    FORMAT_RAISED);
        } else if (effect instanceof Effect.TransferEnded ended) {
            markIf(ended.handedOver(), HANDED_OVER);
        } else if (effect instanceof Effect.Send send && send.message() instanceof PeerMessage.PreVoteReply reply) {
            markIf(!reply.granted(), PRE_VOTE_REFUSED);
        }
    }

    void committed(NodeShadow node, boolean ofOlderTerm, boolean repeated) {
        markIf(ofOlderTerm, OLD_TERM_COMMITTED);
        markIf(repeated, REPEATED);
    }

    void asksForRead(NodeShadow node, PeerMessage.ReadIndexRequest request) {
        markIf(!readsAsked.add(List.of(node.id, request.session(), request.request())), READ_RETRIED);
    }

    void recovered(long tornBytes) {
        markIf(tornBytes > 0, TORN_TAIL);
    }

    private void markIf(boolean happened, String mark) {
        if (happened) {
            run.mark(mark);
        }
    }
}
