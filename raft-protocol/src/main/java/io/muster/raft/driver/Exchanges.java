package io.muster.raft.driver;

import io.muster.consistency.ConsistencyException;
import io.muster.consistency.ConsistencyException.OutcomeUnknown;
import io.muster.consistency.ConsistencyException.Overloaded;
import io.muster.member.NodeId;
import io.muster.raft.core.message.PeerMessage;
import io.muster.raft.core.message.PeerMessage.AppendEntries;
import io.muster.raft.core.message.PeerMessage.AppendEntriesReply;
import io.muster.raft.core.message.PeerMessage.PreVote;
import io.muster.raft.core.message.PeerMessage.PreVoteReply;
import io.muster.raft.core.message.PeerMessage.RequestVote;
import io.muster.raft.core.message.PeerMessage.RequestVoteReply;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Requests of members that came otherwise than as frames (R25), each with who waits for what the core answers. The answer is caught on its way out, so it
 * is one that may go: what it promises is durable.
 */
final class Exchanges {

    /** Bound on the requests that wait; one that speaks so is a test or a person. */
    static final int WAITING_MAX = 64;

    /** Oldest first. */
    private final List<Waiting> waiting = new ArrayList<>();

    private record Waiting(
            NodeId from, PeerMessage request, CompletableFuture<PeerMessage> answer, long deadlineNanos) {}

    /** Whether there was room for it; else whoever waits has been told. */
    boolean add(NodeId from, PeerMessage request, CompletableFuture<PeerMessage> answer, long deadlineNanos) {
        if (waiting.size() >= WAITING_MAX) {
            answer.completeExceptionally(new Overloaded(WAITING_MAX + " requests of members wait already"));
            return false;
        }
        waiting.add(new Waiting(from, request, answer, deadlineNanos));
        return true;
    }

    /** Whether the message answers a request that waits here; it needs not be sent then. */
    boolean take(NodeId to, PeerMessage message) {
        Optional<Waiting> asked = waiting.stream()
                .filter(one -> one.from.equals(to) && answers(one.request, message))
                .findFirst();
        asked.ifPresent(one -> {
            waiting.remove(one);
            one.answer.complete(message);
        });
        return asked.isPresent();
    }

    private static boolean answers(PeerMessage request, PeerMessage message) {
        if (request instanceof AppendEntries append) {
            return message instanceof AppendEntriesReply reply && reply.round() == append.round();
        }
        if (request instanceof PreVote question) {
            return message instanceof PreVoteReply reply && reply.attempt() == question.attempt();
        }
        return request instanceof RequestVote && message instanceof RequestVoteReply;
    }

    void expire(long nowNanos) {
        List<Waiting> late =
                waiting.stream().filter(one -> one.deadlineNanos <= nowNanos).toList();
        waiting.removeAll(late);
        late.forEach(one -> one.answer.completeExceptionally(new OutcomeUnknown("no answer of the engine in time")));
    }

    long nextExpiryNanos() {
        return waiting.stream().mapToLong(Waiting::deadlineNanos).min().orElse(Long.MAX_VALUE);
    }

    void failAll(ConsistencyException error) {
        List<Waiting> all = List.copyOf(waiting);
        waiting.clear();
        all.forEach(one -> one.answer.completeExceptionally(error));
    }
}
