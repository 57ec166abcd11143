package io.muster.raft.driver;

import io.muster.consistency.ConsistencyException;
import io.muster.consistency.ConsistencyException.NoLeader;
import io.muster.consistency.ConsistencyException.NotEnoughMembers;
import io.muster.consistency.ConsistencyException.Overloaded;
import io.muster.member.NodeId;
import io.muster.raft.StateMachine;
import io.muster.raft.wire.ForwardMessage.Numbered;
import io.muster.raft.wire.ForwardMessage.Reason;
import io.muster.raft.wire.ForwardMessage.Refusal;
import io.muster.raft.wire.ForwardMessage.Request;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A leader's side of {@link io.muster.raft.wire.ForwardMessage}: takes in what other members pass on, each number once in its term, and refuses what will
 * not enter the log. What it cannot tell, it does not answer: a command that may be in the log must not be refused (R17).
 */
final class ForwardedIntake<C, R> {

    /**
     * Bound on the runs of members that are told apart; more than there are members that write at a time. Of those that came longest ago one is forgotten for
     * a new one: the runs of processes that have ended.
     */
    static final int RUNS_MAX = 64;

    /** How long a refusal text may be. */
    private static final int TEXT_CHARS_MAX = 500;

    private final StateMachine<C, R> stateMachine;
    private final Proposals<C, R> proposals;
    private final PeerLink peers;

    /** What was taken in the term that this node led last. */
    private final RecentRuns taken = new RecentRuns();

    /** The term that this node led last, or may have led in an earlier life. What it took in older ones is forgotten. */
    private long ledTerm;

    private boolean ledInThisLife;

    /** Whether it leads that term still, and will put into its log what comes. */
    private boolean takes;

    private record Run(NodeId node, long run) {}

    /** By when something came of them last. */
    private static final class RecentRuns extends LinkedHashMap<Run, TakenNumbers> {
        private static final long serialVersionUID = 1;

        RecentRuns() {
            super(16, 0.75f, true);
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<Run, TakenNumbers> eldest) {
            return size() > RUNS_MAX;
        }
    }

    ForwardedIntake(StateMachine<C, R> stateMachine, Proposals<C, R> proposals, PeerLink peers) {
        this.stateMachine = stateMachine;
        this.proposals = proposals;
        this.peers = peers;
    }

    /** This node may have led up to the term, and does not know what it took. */
    void restored(long term) {
        taken.clear();
        ledTerm = term;
        ledInThisLife = false;
        takes = false;
    }

    /** This node begins to lead. */
    void leads(long term) {
        taken.clear();
        ledTerm = term;
        ledInThisLife = true;
        takes = true;
    }

    /** Nothing that is not in the log yet will enter it in this term: another leads, or this node is about to stop. */
    void takesNoMore() {
        takes = false;
    }

    /**
     * Commands came from a member.
     *
     * @param presentTerm of this node
     * @param refuseAtNanos when those are refused that cannot enter the log
     */
    void requested(NodeId from, Request request, long presentTerm, long refuseAtNanos) {
        boolean takenIsForgotten = request.term() < ledTerm || (request.term() == ledTerm && !ledInThisLife);
        // In a term that is to come this node may lead, and take the frame when it comes once more.
        boolean mayTakeLater = request.term() > presentTerm;
        if (takenIsForgotten || mayTakeLater) {
            return;
        }
        if (request.term() == ledTerm) {
            TakenNumbers numbers = taken.computeIfAbsent(new Run(from, request.run()), first -> new TakenNumbers());
            request.commands().forEach(command -> requested(from, request, command, numbers, refuseAtNanos));
        } else {
            request.commands().forEach(command -> refuse(from, request, command.number(), Reason.NOT_LEADER));
        }
    }

    private void requested(NodeId from, Request request, Numbered command, TakenNumbers numbers, long refuseAtNanos) {
        if (numbers.mayBeTaken(command.number())) {
            // The refusal may have been lost.
            numbers.refusal(command.number()).ifPresent(reason -> refuse(from, request, command.number(), reason));
        } else if (takes) {
            numbers.take(command.number());
            take(command, new Sender(from, request.term(), request.run(), command.number(), numbers), refuseAtNanos);
        } else {
            refuse(from, request, command.number(), Reason.NOT_LEADER);
        }
    }

    private void take(Numbered command, Sender sender, long refuseAtNanos) {
        C decoded;
        try {
            decoded = stateMachine.decode(command.bytes());
        } catch (IllegalArgumentException e) {
            sender.refuse(Reason.NOT_READY, "the leader cannot read the command: " + e.getMessage());
            return;
        }
        proposals.submit(new Proposal<>(
                decoded,
                command.bytes(),
                stateMachine.growthBytesMax(decoded),
                sender,
                0,
                refuseAtNanos,
                Long.MAX_VALUE));
    }

    private void refuse(NodeId to, Request request, long number, Reason reason) {
        String text = reason == Reason.NOT_LEADER
                ? peers.self() + " leads no longer, or is about to stop"
                : peers.self() + " has refused the write before (" + reason + ")";
        peers.send(to, new Refusal(request.term(), request.run(), number, reason, text));
    }

    /** The member that passed a command on. It sees success by itself, and is told of refusal once, and again each time that it asks again. */
    private final class Sender implements Proposer<R> {
        private final NodeId from;
        private final long term;
        private final long run;
        private final long number;
        private final TakenNumbers numbers;

        Sender(NodeId from, long term, long run, long number, TakenNumbers numbers) {
            this.from = from;
            this.term = term;
            this.run = run;
            this.number = number;
            this.numbers = numbers;
        }

        @Override
        public void succeed(R result) {
            // It applies the entry, too.
        }

        @Override
        public void fail(ConsistencyException error) {
            refuse(reason(error), String.valueOf(error.getMessage()));
        }

        private void refuse(Reason reason, String text) {
            numbers.refused(number, reason);
            String shortened = text.substring(0, Math.min(TEXT_CHARS_MAX, text.length()));
            peers.send(from, new Refusal(term, run, number, reason, shortened));
        }

        private Reason reason(ConsistencyException error) {
            if (!takes || term != ledTerm) {
                return Reason.NOT_LEADER;
            }
            if (error instanceof NoLeader) {
                return Reason.NOT_YET;
            }
            if (error instanceof NotEnoughMembers) {
                return Reason.NOT_ENOUGH_MEMBERS;
            }
            return error instanceof Overloaded ? Reason.OVERLOADED : Reason.NOT_READY;
        }
    }
}
