package io.muster.raft.driver;

import io.muster.consistency.ConsistencyException;
import io.muster.consistency.ConsistencyException.NoLeader;
import io.muster.consistency.ConsistencyException.NotEnoughMembers;
import io.muster.consistency.ConsistencyException.NotReady;
import io.muster.consistency.ConsistencyException.Overloaded;
import io.muster.raft.RaftRole;
import io.muster.raft.core.RaftCore;
import io.muster.raft.core.membership.Configuration;
import java.util.Optional;

/** What this node waits for, or why it does not serve, in words for people. */
final class StatusReason {

    static final String SHUTTING_DOWN = "the server is shutting down";

    private final DriverState<?, ?> state;
    private final OwnCopy copy;
    private final PeerLink peers;
    private final OwnGroup group;
    private final EffectiveLeadership leadership;

    StatusReason(
            DriverState<?, ?> state, OwnCopy copy, PeerLink peers, OwnGroup group, EffectiveLeadership leadership) {
        this.state = state;
        this.copy = copy;
        this.peers = peers;
        this.group = group;
        this.leadership = leadership;
    }

    String text() {
        if (state.isFailed()) {
            return state.failure();
        }
        if (state.isOver() || state.isStopping()) {
            return SHUTTING_DOWN;
        }
        if (state.isStarting()) {
            return "the persistent data is being restored";
        }
        if (state.isMoving()) {
            return "this node goes to another cluster";
        }
        return copy.readsStopped().or(peers::unreadable).orElseGet(this::whatItWaitsFor);
    }

    private String whatItWaitsFor() {
        RaftCore core = state.core();
        Optional<Configuration> configuration = core.configuration();
        if (configuration.isEmpty()) {
            return whyInNoGroup();
        }
        Optional<String> shortage = state.replica().storage().shortage();
        if (shortage.isPresent()) {
            return shortage.get();
        }
        if (!configuration.get().takesWrites()) {
            return "waits until " + configuration.get().votersBeforeWrites() + " members vote; "
                    + configuration.get().voters().size() + " do";
        }
        if (leadership.holds()) {
            return "serves";
        }
        if (core.role() == RaftRole.LEADER) {
            return "waits for the first commit of term " + core.term();
        }
        return core.leader().map(leader -> "follows " + leader).orElse("no leader is known");
    }

    private String whyInNoGroup() {
        return group.cluster()
                .map(id -> "this node belongs to cluster " + id + " and waits for its leader to take it in"
                        + group.members().whyItMayStayOutside())
                .orElseGet(() -> "the Raft group is not founded"
                        + (state.config.foundsItself()
                                ? ""
                                : ": " + group.members().foundingReason()));
    }

    /** What is said to whoever wants something of a node that is not up, or no longer. */
    ConsistencyException notReady() {
        return new NotReady(text());
    }

    /** What is said to commands where there is no group. */
    ConsistencyException noGroup() {
        return new NotEnoughMembers(text());
    }

    /** What is said to a command that has got into no log in time. */
    ConsistencyException whyNotInLog() {
        Optional<String> shortage = state.replica().storage().shortage();
        if (shortage.isPresent()) {
            return new NotReady(shortage.get());
        }
        RaftCore core = state.core();
        if (core.configuration().filter(known -> !known.takesWrites()).isPresent()) {
            return new NotEnoughMembers(text());
        }
        return leadership.holds() && core.takesProposals()
                ? new Overloaded("the log did not take the write within " + ClientRequests.REFUSE_AFTER_MILLIS
                        + " ms: the disk is slow")
                : new NoLeader(text());
    }
}
