package io.muster.raft.driver;

import io.muster.consistency.ConsistencyException;
import io.muster.consistency.ConsistencyException.NoLeader;
import io.muster.consistency.ConsistencyException.NotEnoughMembers;
import io.muster.consistency.ConsistencyException.NotReady;
import io.muster.consistency.ConsistencyException.Overloaded;
import io.muster.member.NodeId;
import io.muster.raft.RaftMetrics;
import io.muster.raft.StateMachine;
import io.muster.raft.wire.ForwardMessage.Numbered;
import io.muster.raft.wire.ForwardMessage.Reason;
import io.muster.raft.wire.ForwardMessage.Refusal;
import io.muster.raft.wire.ForwardMessage.Request;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A follower's side of {@link io.muster.raft.wire.ForwardMessage}: passes commands on to the leader (R16). Nothing is answered but refusals: who passed a
 * command on sees it come through the log. What brings neither in time is sent again, in the same term under the same number.
 */
final class Forwarding<C, R> {

    /** Bound on the bytes of commands in one frame; a single larger command goes alone. */
    private static final int FRAME_BYTES_MAX = 1 << 20;

    /** Bound on the bytes of commands that are sent again at a time, the first command apart, so that a leader that is merely slow is not made slower. */
    private static final int RESENT_BYTES_MAX = 4 << 20;

    private final StateMachine<C, R> stateMachine;
    private final Proposals<C, R> proposals;
    private final PeerLink peers;
    private final RaftMetrics metrics;
    private final long run;

    /** What was sent under a number that is not refused, and has not ended. */
    private final Map<Long, Proposal<C, R>> sent = new HashMap<>();

    private long lastNumber;

    /** The highest term whose leader has said that it takes nothing more in that term: nothing is sent to it. */
    private long closedTerm = -1;

    /** @param run names this process */
    Forwarding(
            StateMachine<C, R> stateMachine, Proposals<C, R> proposals, PeerLink peers, RaftMetrics metrics, long run) {
        this.stateMachine = stateMachine;
        this.proposals = proposals;
        this.peers = peers;
        this.metrics = metrics;
        this.run = run;
    }

    /** This node begins with what it has stored, maybe in another group, whose terms are others. */
    void restored() {
        sent.clear();
        closedTerm = -1;
    }

    /**
     * Sends what waits.
     *
     * @param committedIndex as high as is known
     */
    void pump(NodeId leader, long term, long committedIndex, long nowNanos) {
        while (!proposals.queueIsEmpty() && term > closedTerm) {
            Proposals.Batch<C, R> batch = proposals.nextBatch(FRAME_BYTES_MAX);
            if (batch.proposals().isEmpty()) {
                return;
            }
            proposals.remove(batch);
            List<Numbered> commands = new ArrayList<>(batch.proposals().size());
            for (Proposal<C, R> proposal : batch.proposals()) {
                if (proposal.isLocal()) {
                    proposal.leaves(stateMachine, committedIndex);
                    commands.add(new Numbered(number(proposal, term, nowNanos), proposal.bytes()));
                    proposals.onItsWay(proposal);
                } else {
                    proposals.refuse(proposal, new NoLeader("this node does not lead any more"));
                }
            }
            if (!commands.isEmpty()) {
                metrics.forwarded(commands.size());
                peers.send(leader, new Request(term, run, commands));
            }
        }
    }

    /** One leader knows a command under one number, however often it comes; after a refusal it is a new one. */
    private long number(Proposal<C, R> proposal, long term, long nowNanos) {
        long number = proposal.numberIn(term);
        if (number == 0) {
            lastNumber++;
            number = lastNumber;
            sent.put(number, proposal);
        }
        proposal.sentAs(number, term, nowNanos);
        return number;
    }

    /** Another leader is known: what the one before has not answered goes to it. */
    void leaderChanged() {
        proposals.repeat(proposals.sentBefore(Long.MAX_VALUE));
    }

    /** What was sent before the time may be lost. */
    void resend(long sentBeforeNanos) {
        sent.values().removeIf(Proposal::ended);
        List<Proposal<C, R>> again = new ArrayList<>();
        long bytes = 0;
        for (Proposal<C, R> proposal : proposals.sentBefore(sentBeforeNanos)) {
            bytes += proposal.bytes().length;
            if (bytes > RESENT_BYTES_MAX && !again.isEmpty()) {
                break;
            }
            again.add(proposal);
        }
        proposals.repeat(again);
    }

    void refused(Refusal refusal) {
        if (refusal.run() != run) {
            return;
        }
        if (refusal.reason() == Reason.NOT_LEADER) {
            closedTerm = Math.max(closedTerm, refusal.term());
        }
        Proposal<C, R> proposal = sent.remove(refusal.number());
        if (proposal == null || proposal.ended()) {
            return;
        }
        proposal.refusedAs(refusal.number());
        if (refusal.reason() == Reason.NOT_LEADER) {
            proposals.repeat(List.of(proposal));
        } else if (proposal.isNowhere()) {
            proposals.refuse(proposal, error(refusal));
        }
    }

    private static ConsistencyException error(Refusal refusal) {
        return switch (refusal.reason()) {
            case NOT_LEADER, NOT_YET -> new NoLeader(refusal.text());
            case OVERLOADED -> new Overloaded(refusal.text());
            case NOT_READY -> new NotReady(refusal.text());
            case NOT_ENOUGH_MEMBERS -> new NotEnoughMembers(refusal.text());
        };
    }
}
