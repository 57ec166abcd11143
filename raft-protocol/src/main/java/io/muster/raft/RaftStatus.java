package io.muster.raft;

import io.muster.member.ClusterId;
import io.muster.member.NodeId;
import java.util.List;
import java.util.Optional;

/**
 * What the engine is and knows at one moment; immutable.
 *
 * @param nodeId this node
 * @param clusterId empty until the group is founded
 * @param state whether the engine runs
 * @param reason one line for people: what it waits for, why it stopped, or "serves"
 * @param role this node's role in {@code term}
 * @param term grows only
 * @param votedFor whom this node voted for in {@code term}
 * @param leader who leads {@code term}, if known here
 * @param commitIndex highest index known to be committed
 * @param appliedIndex highest index that the state machine has applied
 * @param firstIndex first index that the log still holds
 * @param lastIndex last index of the log; {@code firstIndex - 1} if it is empty
 * @param snapshotIndex last index covered by the newest snapshot; 0 if there is none
 * @param digest of the state at {@code appliedIndex}, 16 hex digits behind a format version
 * @param voters sorted
 * @param bytesOnDisk of log and snapshots
 * @param electionDueMillis until this node would start an election; −1 where none is due
 * @param heartbeatDueMillis until this node sends its next heartbeat; −1 where none is due
 */
public record RaftStatus(
        NodeId nodeId,
        Optional<ClusterId> clusterId,
        State state,
        String reason,
        RaftRole role,
        long term,
        Optional<NodeId> votedFor,
        Optional<NodeId> leader,
        long commitIndex,
        long appliedIndex,
        long firstIndex,
        long lastIndex,
        long snapshotIndex,
        String digest,
        List<NodeId> voters,
        long bytesOnDisk,
        long electionDueMillis,
        long heartbeatDueMillis) {

    /** The engine's life: each state is entered once, in this order; {@code STOPPED} and {@code FAILED} exclude each other. */
    public enum State {
        /** Not started, or restoring. */
        STARTING,
        /** Takes part. */
        UP,
        /** Stopped as asked. */
        STOPPED,
        /** Stopped itself, see the reason. */
        FAILED
    }

    public RaftStatus {
        voters = List.copyOf(voters);
    }
}
