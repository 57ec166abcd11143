package io.muster.raft.driver;

import io.muster.consistency.ConsistencyException;
import io.muster.consistency.ConsistencyException.NoLeader;
import io.muster.member.NodeId;
import io.muster.member.port.Time;
import io.muster.raft.RaftConfig;
import io.muster.raft.StateMachine;
import io.muster.raft.core.Input;
import io.muster.raft.core.RaftCore;
import io.muster.raft.wire.ForwardMessage;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Commands and linearizable reads on their way: those that wait here, those that were passed on to the leader, and those that others have passed on to this
 * node. {@link #submit}, {@link #read} and {@link #bytes} are for any thread.
 */
final class ClientRequests<C, R> {

    /** A command that could not enter a log within this is refused, definitely; the caller is to have the answer within 2 s (R17). */
    static final long REFUSE_AFTER_MILLIS = 1_800;

    private static final long NANOS_PER_MILLI = 1_000_000;

    private final RaftConfig config;
    private final StateMachine<C, R> stateMachine;
    private final Time time;
    private final Proposals<C, R> proposals;
    private final Forwarding<C, R> forwarding;
    private final ForwardedIntake<C, R> forwarded;
    private final ReadBarriers reads = new ReadBarriers();

    /** A caller of this process. */
    private record Caller<R>(CompletableFuture<R> result) implements Proposer<R> {
        @Override
        public void succeed(R value) {
            result.complete(value);
        }

        @Override
        public void fail(ConsistencyException error) {
            result.completeExceptionally(error);
        }
    }

    /** @param run names this process */
    ClientRequests(DriverState<C, R> state, PeerLink peers, long run) {
        this.config = state.config;
        this.stateMachine = state.stateMachine;
        this.time = state.time;
        this.proposals = new Proposals<>(config.queueBytesMax(), state.metrics);
        this.forwarding = new Forwarding<>(stateMachine, proposals, peers, state.metrics, run);
        this.forwarded = new ForwardedIntake<>(stateMachine, proposals, peers);
    }

    Proposals<C, R> proposals() {
        return proposals;
    }

    ReadBarriers reads() {
        return reads;
    }

    /** Bytes of the commands that wait or are in flight. */
    long bytes() {
        return proposals.bytes();
    }

    // Taking in.

    void submit(C command, byte[] bytes, CompletableFuture<R> result) {
        long now = time.monoNanos();
        proposals.submit(new Proposal<>(
                command,
                bytes,
                stateMachine.growthBytesMax(command),
                new Caller<>(result),
                stateMachine.requestOf(command),
                now + refuseAfterNanos(),
                now + config.writeTimeoutMillis() * NANOS_PER_MILLI));
    }

    /** Takes a reader in; false if there are too many. */
    boolean read(CompletableFuture<Void> result) {
        return reads.submit(result, time.monoNanos() + refuseAfterNanos());
    }

    /** Another member passes commands on, or refuses what was passed on to it. */
    void received(NodeId from, ForwardMessage message, long presentTerm) {
        if (message instanceof ForwardMessage.Refusal refusal) {
            forwarding.refused(refusal);
        } else if (message instanceof ForwardMessage.Request request) {
            forwarded.requested(from, request, presentTerm, time.monoNanos() + refuseAfterNanos());
        }
    }

    private long refuseAfterNanos() {
        return Math.min(REFUSE_AFTER_MILLIS, config.writeTimeoutMillis()) * NANOS_PER_MILLI;
    }

    // Going on.

    void askForReads(Replica<C, R> replica) {
        if (reads.mayAsk()) {
            replica.feed(new Input.ReadIndex(reads.ask()));
        }
    }

    /** Passes the commands that wait on to the leader that is known. */
    void passOn(NodeId leader, RaftCore core) {
        forwarding.pump(leader, core.term(), core.heardCommitIndex(), time.monoNanos());
    }

    /** What was asked in vain, or sent before the time, may be asked or sent again. */
    void again(long sentBeforeNanos) {
        reads.goOn();
        forwarding.resend(sentBeforeNanos);
    }

    // Who leads.

    /** This node begins with what it has stored, maybe in another group; it may have led up to the term. */
    void restored(long term) {
        forwarding.restored();
        forwarded.restored(term);
    }

    void leaderChanged() {
        forwarding.leaderChanged();
        reads.goOn();
    }

    /** Leadership of this node has become effective, or is so no longer. */
    void effectiveChanged() {
        reads.goOn();
    }

    void leads(long term) {
        forwarded.leads(term);
    }

    /** Nothing that others have passed on, and that is not in the log yet, will enter it by this node's doing. */
    void takesNoMore() {
        forwarded.takesNoMore();
    }

    void refusePassedOn() {
        proposals.refusePassedOn(() -> new NoLeader("this node does not lead any more"));
    }

    // The end of waiting.

    long nextExpiryNanos() {
        return Math.min(proposals.nextExpiryNanos(), reads.nextExpiryNanos());
    }

    /** @param whyNotInLog what is said to commands that have not got into a log in time */
    void expire(long nowNanos, Supplier<ConsistencyException> whyNotInLog) {
        proposals.expire(nowNanos, whyNotInLog);
        reads.expire(nowNanos, () -> new NoLeader("no leader confirmed in time that it leads"));
    }

    /** Ends the commands that are in no log. */
    void refuseQueue(Supplier<ConsistencyException> error) {
        proposals.refuseQueue(error);
    }

    /** Ends the commands that are in no log, and all reads. */
    void refuse(Supplier<ConsistencyException> error) {
        proposals.refuseQueue(error);
        reads.failAll(error);
    }

    /**
     * Ends all.
     *
     * @param why is told those whose commands may be in a log
     */
    void end(String why, Supplier<ConsistencyException> error) {
        forwarded.takesNoMore();
        proposals.refuseQueue(error);
        proposals.abandonLog(why);
        reads.failAll(error);
    }
}
