package io.muster.raft.driver;

import io.muster.consistency.FormatInForce;
import io.muster.raft.RaftRole;
import io.muster.raft.core.RaftCore;
import io.muster.raft.core.membership.Configuration;
import java.util.List;

/** Draws up what the driver shows to other threads. {@link #published} is for any of them. */
final class StatusBoard {

    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final long FIGURES_NANOS = 100 * NANOS_PER_MILLI;

    private final DriverState<?, ?> state;
    private final OwnGroup group;
    private final PeerCounts counts;
    private final FirstCatchUp catchUp;
    private final StatusReason reason;

    // What is costly to draw.
    private List<Published.Peer> figures = List.of();
    private String formatHeldBackBy = "";
    private RaftRole figuresRole = RaftRole.FOLLOWER;
    private long figuresNanos;

    private volatile Published published;

    /** Shows what there is to begin with; the state has a replica by then. */
    StatusBoard(DriverState<?, ?> state, OwnGroup group, PeerCounts counts, FirstCatchUp catchUp, StatusReason reason) {
        this.state = state;
        this.group = group;
        this.counts = counts;
        this.catchUp = catchUp;
        this.reason = reason;
        this.published = view();
    }

    Published published() {
        return published;
    }

    void publish() {
        published = view();
    }

    /** Drawn anew ten times a second, or when the role changes: turns are far more frequent. */
    private List<Published.Peer> peerFigures() {
        RaftCore core = state.core();
        long now = state.time.monoNanos();
        if (core.role() != figuresRole || now - figuresNanos >= FIGURES_NANOS) {
            figures = group.members().peers(core, counts);
            formatHeldBackBy = group.members().formatHeldBackBy(core);
            figuresRole = core.role();
            figuresNanos = now;
        }
        return figures;
    }

    /** Of what is committed: that never goes back. */
    private static int formatInForce(RaftCore core) {
        return core.configurationAt(core.commitIndex())
                .map(Configuration::format)
                .orElse(FormatInForce.FIRST);
    }

    private Published view() {
        Replica<?, ?> replica = state.replica();
        RaftCore core = replica.core();
        return new Published(
                state.phase(),
                reason.text(),
                catchUp.isReached(),
                group.cluster(),
                core.role(),
                core.term(),
                core.votedFor(),
                core.leader(),
                core.commitIndex(),
                replica.appliedIndex(),
                core.log().firstIndex(),
                core.log().lastIndex(),
                core.log().lastTerm(),
                replica.snapshotIndex(),
                state.stateMachine.digest(),
                core.configuration(),
                peerFigures(),
                formatInForce(core),
                state.config.formatMax(),
                formatHeldBackBy,
                group.members().wishReason(),
                replica.storage().bytesOnDisk(),
                replica.storage().setAsideBytes(),
                core.dueNanos());
    }
}
