package io.muster.raft.core;

import io.muster.member.NodeId;
import io.muster.raft.core.message.PeerMessage.ReadIndexReply;
import io.muster.raft.core.message.PeerMessage.ReadIndexRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * A follower's linearizable reads that the leader was asked about (dissertation §6.4). The answer to a request answers all that came before it, too, so where answers
 * stay away it is enough to ask for the newest again: one message in a resend timeout, however many wait.
 */
final class ForwardedReads {

    private final CoreState node;

    /** Names this run, so that an answer to an earlier one is not taken for one to this. */
    private final long session;

    /** At most {@code limits.readsWaitingMax}. */
    private final TreeSet<Long> waiting = new TreeSet<>();

    private long lastAskedNanos;

    ForwardedReads(CoreState node, long session) {
        this.node = node;
        this.session = session;
    }

    /** @param request higher than all before */
    void ask(long request, Optional<NodeId> leader) {
        if (leader.isEmpty() || waiting.size() >= node.limits.readsWaitingMax()) {
            node.emit(new Effect.ReadRefused(request));
            return;
        }
        waiting.add(request);
        lastAskedNanos = node.nowNanos;
        askLeader(request, leader.get());
    }

    private void askLeader(long request, NodeId leader) {
        node.reply(leader, new ReadIndexRequest(node.term, session, request));
    }

    /** The leader is there: it is asked again, if no answer has come in time. */
    void askAgainIfOverdue(NodeId leader) {
        if (!waiting.isEmpty() && node.nowNanos - lastAskedNanos >= node.timing.resendNanos()) {
            lastAskedNanos = node.nowNanos;
            askLeader(waiting.last(), leader);
        }
    }

    /**
     * Whichever term the answer is of, a grant stands: the index was enough when the request was under way.
     *
     * @param indexCounts whether a number of the leader's says anything here
     */
    void answered(ReadIndexReply reply, boolean indexCounts) {
        if (reply.session() != session) {
            return;
        }
        boolean granted = reply.granted() && indexCounts;
        List<Long> answered = new ArrayList<>(waiting.headSet(reply.request(), true));
        answered.forEach(waiting::remove);
        for (long request : answered) {
            node.emit(granted ? new Effect.ReadAt(request, reply.index()) : new Effect.ReadRefused(request));
        }
    }

    /** Another follower takes this node for the leader. */
    void refuse(NodeId from, ReadIndexRequest request) {
        node.reply(from, new ReadIndexReply(node.term, request.session(), request.request(), false, 0));
    }

    /** Whoever was asked leads no longer, as far as is known. */
    void refuseAll() {
        List<Long> all = new ArrayList<>(waiting);
        waiting.clear();
        all.forEach(request -> node.emit(new Effect.ReadRefused(request)));
    }
}
