package io.muster.raft.simulation;

import io.muster.member.NodeId;
import io.muster.raft.RaftRole;
import io.muster.raft.core.RaftCore;
import io.muster.raft.core.membership.Configuration;
import java.util.Optional;

/** What a core was before an input. */
record CoreBefore(
        RaftRole role,
        long term,
        Optional<NodeId> leader,
        Optional<Configuration> configuration,
        long configurationIndex) {

    static CoreBefore of(RaftCore core) {
        return new CoreBefore(core.role(), core.term(), core.leader(), core.configuration(), core.configurationIndex());
    }
}
