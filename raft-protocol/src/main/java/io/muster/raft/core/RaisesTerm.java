package io.muster.raft.core;

import io.muster.member.NodeId;
import io.muster.raft.core.message.PeerMessage;
import io.muster.raft.core.message.PeerMessage.AppendEntries;
import io.muster.raft.core.message.PeerMessage.AppendEntriesReply;
import io.muster.raft.core.message.PeerMessage.InstallSnapshot;
import io.muster.raft.core.message.PeerMessage.InstallSnapshotReply;
import io.muster.raft.core.message.PeerMessage.PreVote;
import io.muster.raft.core.message.PeerMessage.PreVoteReply;
import io.muster.raft.core.message.PeerMessage.ReadIndexReply;
import io.muster.raft.core.message.PeerMessage.ReadIndexRequest;
import io.muster.raft.core.message.PeerMessage.RequestVote;
import io.muster.raft.core.message.PeerMessage.RequestVoteReply;
import io.muster.raft.core.message.PeerMessage.TimeoutNow;

/**
 * Whether a message of a higher term raises this node's. Leaders' messages do: they were elected. Requests for votes do unless this node has a
 * leader (dissertation §4.2.3). Answers do if a voter gives them: it may have voted in the meantime. So do those of a learner to a leader, which it could
 * not follow otherwise: it may have voted before it became one. A removed node can raise nobody's term. Pre-votes never do.
 */
final class RaisesTerm implements PeerMessage.Visitor<Boolean> {

    private final CoreState node;
    private final RoleState role;
    private final NodeId from;

    RaisesTerm(CoreState node, RoleState role, NodeId from) {
        this.node = node;
        this.role = role;
        this.from = from;
    }

    @Override
    public Boolean preVote(PreVote message) {
        return false;
    }

    @Override
    public Boolean preVoteReply(PreVoteReply message) {
        return node.isVoter(from);
    }

    @Override
    public Boolean requestVote(RequestVote message) {
        return message.transfer() || !role.heardLeaderLately();
    }

    @Override
    public Boolean requestVoteReply(RequestVoteReply message) {
        return node.isVoter(from);
    }

    @Override
    public Boolean appendEntries(AppendEntries message) {
        return true;
    }

    @Override
    public Boolean appendEntriesReply(AppendEntriesReply message) {
        return node.isMember(from);
    }

    @Override
    public Boolean installSnapshot(InstallSnapshot message) {
        return true;
    }

    @Override
    public Boolean installSnapshotReply(InstallSnapshotReply message) {
        return node.isMember(from);
    }

    @Override
    public Boolean readIndexRequest(ReadIndexRequest message) {
        return node.isVoter(from);
    }

    @Override
    public Boolean readIndexReply(ReadIndexReply message) {
        return node.isVoter(from);
    }

    @Override
    public Boolean timeoutNow(TimeoutNow message) {
        return true;
    }
}
