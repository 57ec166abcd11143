package io.muster.raft.driver;

import io.muster.consistency.ConsistencyException;
import io.muster.raft.StateMachine;
import java.util.ArrayList;
import java.util.List;

/** One command on its way through the log, and whoever waits for it. */
final class Proposal<C, R> {

    private C command;
    private final byte[] bytes;
    private final long growthBytesMax;
    private final Proposer<R> proposer;

    /** Of this process's commands, see {@link io.muster.raft.StateMachine#requestOf}; 0 for those of others. */
    private final long request;

    /** If it cannot be in any log by then, it is refused. */
    private final long refuseAtNanos;

    /** If it is not applied by then, its outcome is unknown. */
    private final long deadlineNanos;

    /** Whether it went to a log once. */
    private boolean left;

    /** The numbers under which it was sent to leaders that may still put it into the log. */
    private final List<Long> sentAs = new ArrayList<>(1);

    /** Whether it was in this node's log: then no refusal of others tells its end. */
    private boolean logged;

    /** When it was sent last, in which term, and under which number. */
    private long sentAtNanos;

    private long sentTerm;
    private long sentNumber;

    private boolean ended;

    Proposal(
            C command,
            byte[] bytes,
            long growthBytesMax,
            Proposer<R> proposer,
            long request,
            long refuseAtNanos,
            long deadlineNanos) {
        this.command = command;
        this.bytes = bytes;
        this.growthBytesMax = growthBytesMax;
        this.proposer = proposer;
        this.request = request;
        this.refuseAtNanos = refuseAtNanos;
        this.deadlineNanos = deadlineNanos;
    }

    C command() {
        return command;
    }

    /** It goes to a log, here or at the leader. The first time it learns after which index that is, if it is this process's. */
    void leaves(StateMachine<C, R> stateMachine, long committedIndex) {
        if (isLocal() && !left) {
            left = true;
            command = stateMachine.leaves(command, bytes, committedIndex);
        }
    }

    byte[] bytes() {
        return bytes;
    }

    long growthBytesMax() {
        return growthBytesMax;
    }

    long request() {
        return request;
    }

    boolean isLocal() {
        return request > 0;
    }

    long refuseAtNanos() {
        return refuseAtNanos;
    }

    long deadlineNanos() {
        return deadlineNanos;
    }

    boolean ended() {
        return ended;
    }

    long sentAtNanos() {
        return sentAtNanos;
    }

    void logged() {
        logged = true;
    }

    /** It goes to the leader of the term, for the first time under the number or again. */
    void sentAs(long number, long term, long nowNanos) {
        if (numberIn(term) != number) {
            sentAs.add(number);
        }
        sentNumber = number;
        sentTerm = term;
        sentAtNanos = nowNanos;
    }

    /** Under which number the leader of the term may have it; 0 if it was not sent there last, or was refused. */
    long numberIn(long term) {
        return sentTerm == term && sentAs.contains(sentNumber) ? sentNumber : 0;
    }

    /** Because of that sending it is in no log, and will not be. */
    void refusedAs(long number) {
        sentAs.remove(number);
    }

    /** Whether a leader to whom it was sent may still put it into the log. */
    boolean isSent() {
        return !sentAs.isEmpty();
    }

    /** Whether it is in no log for sure, so that it may be refused. */
    boolean isNowhere() {
        return !logged && sentAs.isEmpty();
    }

    void succeed(R result) {
        ended = true;
        proposer.succeed(result);
    }

    void fail(ConsistencyException error) {
        ended = true;
        proposer.fail(error);
    }
}
