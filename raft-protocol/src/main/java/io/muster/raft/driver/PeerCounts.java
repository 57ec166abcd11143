package io.muster.raft.driver;

import io.muster.member.NodeId;
import io.muster.raft.RaftMetrics;
import io.muster.raft.core.message.PeerMessage;
import io.muster.raft.core.message.PeerMessage.AppendEntries;
import io.muster.raft.core.message.PeerMessage.AppendEntriesReply;
import io.muster.raft.core.message.PeerMessage.PreVote;
import io.muster.raft.core.message.PeerMessage.PreVoteReply;
import io.muster.raft.core.message.PeerMessage.RequestVote;
import io.muster.raft.core.message.PeerMessage.RequestVoteReply;
import java.util.TreeMap;

/**
 * Counts for each member how often it answered neither a request for a vote nor a heartbeat, or refused (R27). What was not answered shows when the next
 * one goes out.
 */
final class PeerCounts {

    private final RaftMetrics metrics;

    /** One for each member that was ever spoken to; a group has a bounded number. */
    private final TreeMap<NodeId, Open> peers = new TreeMap<>();

    private static final class Open {
        private boolean vote;
        private boolean beat;
        private long failedVotes;
        private long failedBeats;
    }

    PeerCounts(RaftMetrics metrics) {
        this.metrics = metrics;
    }

    long failedVotes(NodeId peer) {
        Open open = peers.get(peer);
        return open == null ? 0 : open.failedVotes;
    }

    long failedBeats(NodeId peer) {
        Open open = peers.get(peer);
        return open == null ? 0 : open.failedBeats;
    }

    void sent(NodeId to, PeerMessage message) {
        if (message instanceof RequestVote || message instanceof PreVote) {
            Open open = open(to);
            if (open.vote) {
                voteFailed(to, open);
            }
            open.vote = true;
        } else if (message instanceof AppendEntries append && append.entries().isEmpty()) {
            Open open = open(to);
            if (open.beat) {
                open.failedBeats++;
                metrics.beatFailed(to);
            }
            open.beat = true;
        }
    }

    void received(NodeId from, PeerMessage message) {
        if (message instanceof AppendEntriesReply) {
            open(from).beat = false;
        } else if (message instanceof RequestVoteReply reply) {
            answered(from, reply.granted());
        } else if (message instanceof PreVoteReply reply) {
            answered(from, reply.granted());
        }
    }

    private void answered(NodeId from, boolean granted) {
        Open open = open(from);
        open.vote = false;
        if (!granted) {
            voteFailed(from, open);
        }
    }

    private void voteFailed(NodeId peer, Open open) {
        open.failedVotes++;
        metrics.voteFailed(peer);
    }

    private Open open(NodeId peer) {
        return peers.computeIfAbsent(peer, added -> new Open());
    }
}
