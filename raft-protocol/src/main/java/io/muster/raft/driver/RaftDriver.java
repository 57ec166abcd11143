package io.muster.raft.driver;

import io.muster.consistency.ConsistencyException;
import io.muster.consistency.ConsistencyException.Invalid;
import io.muster.consistency.ConsistencyException.NotReady;
import io.muster.consistency.ConsistencyException.Overloaded;
import io.muster.consistency.Readiness;
import io.muster.member.ClusterId;
import io.muster.member.NodeId;
import io.muster.member.NodeIdentity;
import io.muster.member.port.DiskException;
import io.muster.member.port.Ports;
import io.muster.member.port.Time;
import io.muster.raft.DamagedDataException;
import io.muster.raft.EngineFailure;
import io.muster.raft.InvariantBroken;
import io.muster.raft.RaftConfig;
import io.muster.raft.RaftMetrics;
import io.muster.raft.RaftRecovery;
import io.muster.raft.RaftRole;
import io.muster.raft.RaftStatus;
import io.muster.raft.StateMachine;
import io.muster.raft.core.RaftCore;
import io.muster.raft.core.message.PeerMessage;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One node's driver: its parts, and the turns in which everything happens. What is public is for any thread; everything else happens on the engine's
 * thread, one turn after another.
 *
 * @param <C> a command in memory
 * @param <R> what a command gives
 */
public final class RaftDriver<C, R> {

    private static final Logger LOG = LoggerFactory.getLogger(RaftDriver.class);

    private final Seams seams;
    private final Time time;
    private final DriverState<C, R> state;
    private final PeerLink peers;
    private final ClientRequests<C, R> requests;
    private final OwnCopy copy;
    private final OwnGroup group;
    private final StatusReason reason;
    private final Ending ending;
    private final StorageFailures failures;
    private final ReplicaListener listener;
    private final Relocation<C, R> relocation;
    private final Inbox inbox;
    private final Start<C, R> start;
    private final Pulse pulse;
    private final StatusBoard board;

    /** Whether a turn that looks at the queues is on its way. */
    private final AtomicBoolean pumpScheduled = new AtomicBoolean();

    /** For the time limits of commands and reads. */
    private final Alarm expiry;

    /** @param seams {@link Seams#NONE}, outside of simulations */
    public RaftDriver(
            RaftConfig config,
            NodeIdentity identity,
            Ports ports,
            StateMachine<C, R> stateMachine,
            RaftMetrics metrics,
            Consumer<EngineFailure> onFailure,
            Seams seams) {
        this.seams = seams;
        this.time = ports.time();
        this.state = new DriverState<>(
                config, identity.nodeId(), ports, seams.state().around(stateMachine), metrics);
        PeerCounts counts = new PeerCounts(metrics);
        this.peers = new PeerLink(state.self, ports.net(), metrics, counts, config.formatMax());
        this.requests = new ClientRequests<>(state, peers, identity.runId());
        Turns turns = new OwnTurns();
        this.group = new OwnGroup(state, peers, seams.rules(), turns, this::moveTo);
        this.copy = new OwnCopy(metrics);
        FirstCatchUp catchUp = new FirstCatchUp(requests);
        EffectiveLeadership leadership = new EffectiveLeadership(state.stateMachine, catchUp);
        this.reason = new StatusReason(state, copy, peers, group, leadership);
        this.expiry = new Alarm(time, () -> turn(this::expire));
        this.pulse = new Pulse(state, requests, group, leadership, catchUp, turns);
        this.ending = new Ending(
                state,
                requests,
                group,
                peers,
                copy,
                leadership,
                reason,
                turns,
                List.of(expiry, pulse.alarm()),
                onFailure);
        this.failures = new StorageFailures(state, leadership, ending);
        this.listener = new ReplicaListener(state, requests, group, copy, leadership, ending, failures, turns);
        this.relocation = new Relocation<>(
                state, requests, group, leadership, catchUp, ending, failures, turns, this::newReplica);
        this.inbox = new Inbox(state, requests, group, peers);
        this.start = new Start<>(state, requests, group, peers, inbox, ending, reason, turns, this::lookForOthers);
        state.runs(newReplica());
        this.board = new StatusBoard(state, group, counts, catchUp, reason);
    }

    private Replica<C, R> newReplica() {
        return new Replica<>(
                state.config,
                state.self,
                state.ports,
                state.stateMachine,
                requests.proposals(),
                requests.reads(),
                peers,
                state.metrics,
                listener,
                seams);
    }

    // For any thread.

    /**
     * Restores the state and takes part; once.
     *
     * @return fails with {@link DamagedDataException} or {@link DiskException}; with {@link InvariantBroken} if what is stored is sound and cannot be right,
     *     after the failure was told
     */
    public CompletionStage<RaftRecovery> start() {
        CompletableFuture<RaftRecovery> result = new CompletableFuture<>();
        time.execute(() -> start.begin(result));
        return result;
    }

    /** Hands leadership over, ends what is on its way, then everything; idempotent. Bounded by the write timeout. */
    public CompletionStage<Void> stop() {
        CompletableFuture<Void> result = new CompletableFuture<>();
        time.execute(() -> ending.stop(result));
        return result;
    }

    /**
     * Puts a command through the log, by way of the leader.
     *
     * @param bytes its encoding; given away
     * @return what it gives, or a {@link ConsistencyException}, within the write timeout
     */
    public CompletionStage<R> submit(C command, byte[] bytes) {
        CompletableFuture<R> result = new CompletableFuture<>();
        requests.submit(command, bytes, result);
        schedulePump();
        return result;
    }

    /** Completes when what is applied here is at least as new as all that was acknowledged before the call. */
    public CompletionStage<Void> readBarrier() {
        CompletableFuture<Void> result = new CompletableFuture<>();
        Optional<String> stopped = copy.readsStopped();
        if (stopped.isPresent()) {
            result.completeExceptionally(new NotReady(stopped.get()));
        } else if (requests.read(result)) {
            schedulePump();
        } else {
            result.completeExceptionally(new Overloaded(ReadBarriers.WAITING_MAX + " linearizable reads wait already"));
        }
        return result;
    }

    /**
     * Takes a snapshot now, or waits for the one that is being taken.
     *
     * @return fails with {@link NotReady} if none can be begun within the write timeout, or it is given up; with {@link
     *     ConsistencyException.OutcomeUnknown} if one that was begun takes longer than a minute
     */
    public CompletionStage<Void> snapshot() {
        CompletableFuture<Void> result = new CompletableFuture<>();
        whenUp(result, () -> state.replica().snapshot(result));
        return result;
    }

    /**
     * Has this node's state replaced by the leader's, since somebody found that it differs (R15, R25).
     *
     * @return completes when that has begun; fails with {@link Invalid} on the leader
     */
    public CompletionStage<Void> repair() {
        CompletableFuture<Void> result = new CompletableFuture<>();
        whenUp(result, () -> {
            if (state.core().role() == RaftRole.LEADER) {
                result.completeExceptionally(new Invalid("this node leads: there is no other copy to take"));
            } else {
                state.replica().repair();
                result.complete(null);
            }
        });
        return result;
    }

    /** An operator's command to the group; ends within the write timeout, with one line for people or with a {@link ConsistencyException}. */
    public CompletionStage<String> command(GroupCommand command) {
        CompletableFuture<String> result = new CompletableFuture<>();
        whenUp(result, () -> group.members().command(command, result));
        return result;
    }

    /**
     * A request of another member that came otherwise than as a frame: the same input to the core, and its answer when that may go (R25).
     *
     * @return fails with {@link Invalid} if the sender is no member of this group or says what cannot be true, before anything has changed
     */
    public CompletionStage<PeerMessage> exchange(ClusterId cluster, NodeId from, PeerMessage request) {
        CompletableFuture<PeerMessage> result = new CompletableFuture<>();
        whenUp(result, () -> inbox.exchange(cluster, from, request, result));
        return result;
    }

    private void whenUp(CompletableFuture<?> result, Runnable step) {
        time.execute(() -> {
            if (state.takesRequests()) {
                turn(step);
            } else {
                result.completeExceptionally(reason.notReady());
            }
        });
    }

    /** Runs something on the engine's thread; for the state machine's owner. */
    public void execute(Runnable task) {
        time.execute(() -> turn(task));
    }

    public RaftStatus status() {
        return board.published().at(state.self, time.monoNanos());
    }

    /** The cluster that this node belongs to; empty until it is founded or joined. */
    public Optional<ClusterId> clusterId() {
        return board.published().clusterId();
    }

    /** Ready once it has led, or followed a leader up to its commit index; losing the leader later changes nothing (X15). */
    public Readiness readiness() {
        Published now = board.published();
        boolean ready = now.caughtUp()
                && now.state() == RaftStatus.State.UP
                && copy.readsStopped().isEmpty();
        return ready ? Readiness.READY : Readiness.waitingFor(now.reason());
    }

    /** Why persistent data must not be read here, if so: this node's copy is known to be wrong (R15), or the engine has stopped in the middle of a step. */
    public Optional<String> readsStopped() {
        return copy.readsStopped();
    }

    /** The format in force as far as this node knows (R32); 1 before there is a group. */
    public int formatInForce() {
        return board.published().formatInForce();
    }

    /** Who holds the newest format of this node back, for people; empty if nobody is known to. */
    public String formatHeldBackBy() {
        return board.published().formatHeldBackBy();
    }

    /** Bytes of the commands that wait or are in flight. */
    public long queueBytes() {
        return requests.bytes();
    }

    private void schedulePump() {
        if (pumpScheduled.compareAndSet(false, true)) {
            time.execute(() -> {
                pumpScheduled.set(false);
                turn(() -> {});
            });
        }
    }

    // Turns.

    /** Runs one step, then everything that can go on; whatever it throws is a bug that leaves the state in doubt, and ends the engine. */
    private void turn(Runnable step) {
        if (state.isOver()) {
            requests.refuse(reason::notReady);
            return;
        }
        try {
            step.run();
            pump();
            state.replica().flush();
            expiry.noLaterThan(LongStream.of(
                            group.members().nextExpiryNanos(),
                            peers.exchanges().nextExpiryNanos(),
                            state.replica().nextExpiryNanos(),
                            requests.nextExpiryNanos())
                    .min()
                    .orElseThrow());
            board.publish();
        } catch (InvariantBroken e) {
            ending.fail(EngineFailure.Kind.INVARIANT_BROKEN, String.valueOf(e.getMessage()));
        } catch (RuntimeException | Error e) {
            LOG.error("A step of the Raft engine failed", e);
            ending.fail(EngineFailure.Kind.INVARIANT_BROKEN, "a step of the engine failed: " + e);
        }
    }

    /** Moves commands and reads on, as far as they can go. */
    private void pump() {
        if (state.isStarting() && !state.isStopping()) {
            return;
        }
        if (!state.takesRequests()) {
            requests.refuse(reason::notReady);
            return;
        }
        RaftCore core = state.core();
        if (core.configuration().isEmpty()) {
            requests.refuse(reason::noGroup);
        } else if (core.role() == RaftRole.LEADER) {
            requests.askForReads(state.replica());
            state.replica().propose();
        } else if (core.leader().isPresent()) {
            requests.askForReads(state.replica());
            requests.passOn(core.leader().get(), core);
        }
        lookForOthers();
        if (group.isClustered()) {
            group.members().standing(group.standing());
        }
    }

    private void lookForOthers() {
        if (group.lookForOthersIfListed()) {
            pulse.begin();
        }
    }

    private void expire() {
        long now = time.monoNanos();
        requests.expire(now, reason::whyNotInLog);
        group.members().expire(now);
        state.replica().expire();
        peers.exchanges().expire(now);
    }

    private void moveTo(ClusterId cluster) {
        relocation.moveTo(cluster);
    }

    /** For the parts. */
    private final class OwnTurns implements Turns {

        @Override
        public void turn(Runnable step) {
            RaftDriver.this.turn(step);
        }

        @Override
        public void publish() {
            board.publish();
        }

        @Override
        public void storageFailed(Throwable cause) {
            failures.failed(cause);
        }
    }
}
