package io.muster.raft.simulation;

import io.muster.member.NodeId;
import io.muster.raft.RaftRole;
import io.muster.raft.core.Input;
import io.muster.raft.core.RaftCore;
import io.muster.raft.core.membership.Configuration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** When a leader was last answered by each other node, on its own clock (IL4). */
final class LeaderContact {

    private final Map<NodeId, Long> answeredNanos = new HashMap<>();
    private long ledTerm;
    private long ledSinceNanos;
    private Configuration group;
    private long groupSinceNanos;

    void before(Input input, RaftCore core, long nowNanos) {
        if (input instanceof Input.Received received && received.message().term() >= core.term()) {
            answeredNanos.put(received.from(), nowNanos);
        }
    }

    /** For how long a leader that has just looked at its clock, and goes on leading, has been without a majority. */
    Optional<Long> after(Input input, RaftCore core, long nowNanos) {
        if (core.role() != RaftRole.LEADER) {
            ledTerm = 0;
            return Optional.empty();
        }
        if (ledTerm != core.term()) {
            ledTerm = core.term();
            ledSinceNanos = nowNanos;
        }
        Configuration present = core.configuration().orElseThrow();
        if (!present.equals(group)) {
            group = present;
            groupSinceNanos = nowNanos;
        }
        if (!(input instanceof Input.Tick)) {
            return Optional.empty();
        }
        long since = Math.max(ledSinceNanos, groupSinceNanos);
        long silent = nowNanos - since;
        for (NodeId member : present.members()) {
            // The silence ends with the latest moment at which a majority had answered; each answer is tried as that
            // moment.
            long at = answeredNanos.getOrDefault(member, Long.MIN_VALUE);
            if (at > since
                    && ConfigurationOverlap.majority(
                            present,
                            node -> node.equals(core.leader().orElseThrow())
                                    || answeredNanos.getOrDefault(node, Long.MIN_VALUE) >= at)) {
                silent = Math.min(silent, nowNanos - at);
            }
        }
        boolean alone = present.isSoleVoter(core.leader().orElseThrow());
        return alone ? Optional.empty() : Optional.of(silent);
    }
}
