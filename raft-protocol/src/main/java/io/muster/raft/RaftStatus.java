package io.muster.raft;

import io.muster.member.ClusterId;
import io.muster.member.NodeId;
import java.util.List;
import java.util.Optional;

/**
 * What the engine is and knows at one moment; immutable.
 *
 * @param nodeId this node
 * @param clusterId empty until the group is founded or joined
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
 * @param lastTerm of the entry at {@code lastIndex}; 0 if there has been none
 * @param snapshotIndex last index covered by the newest snapshot; 0 if there is none
 * @param digest of the state at {@code appliedIndex}, 16 hex digits behind a format version
 * @param voters sorted; while they change, those to come
 * @param learners who get the log and have no vote, sorted
 * @param peers the other members, sorted
 * @param formatInForce as the committed configuration has it (R32); 1 before there is one
 * @param formatMax the newest format that this node reads and announces
 * @param formatHeldBackBy who holds that back, with what they announce, for people; empty if nobody is known to
 * @param lossesTolerated how many voters may be lost before there is no majority
 * @param changing whether a change of members is not finished
 * @param wish what becomes of the difference between members and lookup, one line; empty where this node does not lead
 * @param wishPaused whether the members are not made to follow the lookup
 * @param bytesOnDisk of log and snapshots, and of what was set aside
 * @param setAsideBytes of those, what was found damaged and is kept for inspection
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
        long lastTerm,
        long snapshotIndex,
        String digest,
        List<NodeId> voters,
        List<NodeId> learners,
        List<RaftPeer> peers,
        int formatInForce,
        int formatMax,
        String formatHeldBackBy,
        int lossesTolerated,
        boolean changing,
        String wish,
        boolean wishPaused,
        long bytesOnDisk,
        long setAsideBytes,
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
        learners = List.copyOf(learners);
        peers = List.copyOf(peers);
    }

    /** Whether an even number of voters tolerates no more losses than one less would (R21). */
    public boolean evenVoters() {
        return voters.size() > 1 && voters.size() % 2 == 0;
    }

    /** Whether this node gets the log and has no vote. */
    public boolean isLearner() {
        return learners.contains(nodeId) && !voters.contains(nodeId);
    }
}
