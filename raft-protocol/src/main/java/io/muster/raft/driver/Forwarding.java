package io.muster.raft.driver;

import io.muster.consistency.ConsistencyException;
import io.muster.consistency.ConsistencyException.NoLeader;
import io.muster.consistency.ConsistencyException.NotEnoughMembers;
import io.muster.consistency.ConsistencyException.NotReady;
import io.muster.consistency.ConsistencyException.Overloaded;
import io.muster.member.NodeId;
import io.muster.raft.RaftMetrics;
import io.muster.raft.StateMachine;
import io.muster.raft.core.RaftCore;
import io.muster.raft.wire.ForwardMessage;
import io.muster.raft.wire.ForwardMessage.Numbered;
import io.muster.raft.wire.ForwardMessage.Reason;
import io.muster.raft.wire.ForwardMessage.Refusal;
import io.muster.raft.wire.ForwardMessage.Request;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Passes commands on to the leader, and takes in what other members pass on (R16). Nothing is answered but refusals: who passed a command on sees it come
 * through the log. What brings neither in time is sent again.
 */
final class Forwarding<C, R> {

    /** Bound on the bytes of commands in one frame; a single larger command goes alone. */
    private static final int FRAME_BYTES_MAX = 1 << 20;

    /** Bound on the runs of members that a leader remembers; more than a group has members. */
    private static final int RUNS_MAX = 512;

    /** How long a refusal text may be. */
    private static final int TEXT_CHARS_MAX = 500;

    private final StateMachine<C, R> stateMachine;
    private final Proposals<C, R> proposals;
    private final PeerLink peers;
    private final RaftMetrics metrics;
    private final long run;

    /** What was sent under a number and has not ended. */
    private final Map<Long, Proposal<C, R>> sent = new HashMap<>();

    private long lastNumber;

    /** The term whose leader has said that it does not lead any more: nothing is sent to it. */
    private long leaderlessTerm = -1;

    /** Leaders only: the highest number that came of each run in this term. */
    private final Map<Run, Long> seen = new HashMap<>();

    private record Run(NodeId node, long run) {}

    /** @param run names this process */
    Forwarding(
            StateMachine<C, R> stateMachine, Proposals<C, R> proposals, PeerLink peers, RaftMetrics metrics, long run) {
        this.stateMachine = stateMachine;
        this.proposals = proposals;
        this.peers = peers;
        this.metrics = metrics;
        this.run = run;
    }

    // Followers.

    /** Sends what waits. */
    void pump(NodeId leader, long term, long nowNanos) {
        while (!proposals.queueIsEmpty() && term != leaderlessTerm) {
            Proposals.Batch<C, R> batch = proposals.nextBatch(FRAME_BYTES_MAX);
            if (batch.proposals().isEmpty()) {
                return;
            }
            proposals.remove(batch);
            List<Numbered> commands = new ArrayList<>(batch.proposals().size());
            for (Proposal<C, R> proposal : batch.proposals()) {
                if (!proposal.isLocal()) {
                    proposals.refuse(proposal, new NoLeader("this node does not lead any more"));
                    continue;
                }
                lastNumber++;
                proposal.sentAs(lastNumber, nowNanos);
                sent.put(lastNumber, proposal);
                proposals.onItsWay(proposal);
                commands.add(new Numbered(lastNumber, proposal.bytes()));
            }
            if (!commands.isEmpty()) {
                metrics.forwarded(commands.size());
                peers.send(leader, new Request(term, run, commands));
            }
        }
    }

    /** Another leader is known: what the one before has not answered goes to it. */
    void leaderChanged() {
        seen.clear();
        proposals.repeat(proposals.sentBefore(Long.MAX_VALUE));
    }

    /** What was sent before the time counts as lost. */
    void resend(long sentBeforeNanos) {
        sent.values().removeIf(Proposal::ended);
        proposals.repeat(proposals.sentBefore(sentBeforeNanos));
    }

    boolean awaitsAnything() {
        return !sent.isEmpty();
    }

    private void refused(Refusal refusal) {
        Proposal<C, R> proposal = refusal.run() == run ? sent.remove(refusal.number()) : null;
        if (proposal == null || proposal.ended()) {
            return;
        }
        proposal.sentAs().remove(refusal.number());
        if (refusal.reason() == Reason.NOT_LEADER) {
            leaderlessTerm = refusal.term();
            proposals.repeat(List.of(proposal));
        } else if (proposal.isNowhere()) {
            proposals.refuse(proposal, error(refusal));
        }
    }

    private static ConsistencyException error(Refusal refusal) {
        return switch (refusal.reason()) {
            case NOT_LEADER -> new NoLeader(refusal.text());
            case OVERLOADED -> new Overloaded(refusal.text());
            case NOT_READY -> new NotReady(refusal.text());
            case NOT_ENOUGH_MEMBERS -> new NotEnoughMembers(refusal.text());
        };
    }

    // Leaders.

    void received(NodeId from, ForwardMessage message, RaftCore core, long refuseAtNanos) {
        if (message instanceof Refusal refusal) {
            refused(refusal);
        } else if (message instanceof Request request) {
            requested(from, request, core, refuseAtNanos);
        }
    }

    private void requested(NodeId from, Request request, RaftCore core, long refuseAtNanos) {
        boolean leads = core.leader().equals(Optional.of(peers.self()));
        if (request.term() > core.term()) {
            // It may come again when this node leads that term: nothing can be said of it now.
            return;
        }
        if (request.term() < core.term() || !leads) {
            request.commands()
                    .forEach(command ->
                            refuse(from, request, command.number(), Reason.NOT_LEADER, "this node does not lead"));
            return;
        }
        Run origin = new Run(from, request.run());
        if (!seen.containsKey(origin) && seen.size() >= RUNS_MAX) {
            return;
        }
        for (Numbered command : request.commands()) {
            if (command.number() > seen.getOrDefault(origin, 0L)) {
                seen.put(origin, command.number());
                take(from, request, command, refuseAtNanos);
            }
        }
    }

    private void take(NodeId from, Request request, Numbered command, long refuseAtNanos) {
        C decoded;
        try {
            decoded = stateMachine.decode(command.bytes());
        } catch (IllegalArgumentException e) {
            refuse(
                    from,
                    request,
                    command.number(),
                    Reason.NOT_READY,
                    "the leader cannot read the command: " + e.getMessage());
            return;
        }
        proposals.submit(new Proposal<>(
                decoded,
                command.bytes(),
                stateMachine.growthBytesMax(decoded),
                new PassedOn(from, request, command.number()),
                0,
                refuseAtNanos,
                Long.MAX_VALUE));
    }

    private void refuse(NodeId to, Request request, long number, Reason reason, String text) {
        String shortened = text.substring(0, Math.min(TEXT_CHARS_MAX, text.length()));
        peers.send(to, new Refusal(request.term(), request.run(), number, reason, shortened));
    }

    /** The member that passed a command on. It sees success by itself. */
    private final class PassedOn implements Proposer<R> {
        private final NodeId from;
        private final Request request;
        private final long number;

        PassedOn(NodeId from, Request request, long number) {
            this.from = from;
            this.request = request;
            this.number = number;
        }

        @Override
        public void succeed(R result) {
            // It applies the entry, too.
        }

        @Override
        public void fail(ConsistencyException error) {
            refuse(from, request, number, reason(error), String.valueOf(error.getMessage()));
        }

        private Reason reason(ConsistencyException error) {
            if (error instanceof NoLeader) {
                return Reason.NOT_LEADER;
            }
            if (error instanceof NotEnoughMembers) {
                return Reason.NOT_ENOUGH_MEMBERS;
            }
            return error instanceof Overloaded ? Reason.OVERLOADED : Reason.NOT_READY;
        }
    }
}
