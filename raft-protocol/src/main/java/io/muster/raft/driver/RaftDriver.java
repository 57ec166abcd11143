package io.muster.raft.driver;

import io.muster.consistency.ConsistencyException;
import io.muster.consistency.ConsistencyException.Invalid;
import io.muster.consistency.ConsistencyException.NoLeader;
import io.muster.consistency.ConsistencyException.NotEnoughMembers;
import io.muster.consistency.ConsistencyException.NotReady;
import io.muster.consistency.ConsistencyException.Overloaded;
import io.muster.consistency.FormatInForce;
import io.muster.consistency.Readiness;
import io.muster.member.ClusterId;
import io.muster.member.NodeId;
import io.muster.member.NodeIdentity;
import io.muster.member.port.DiskException;
import io.muster.member.port.Ports;
import io.muster.member.port.Time;
import io.muster.raft.DamagedDataException;
import io.muster.raft.DataGivenUpException;
import io.muster.raft.DataSetAsideException;
import io.muster.raft.EngineFailure;
import io.muster.raft.InvariantBroken;
import io.muster.raft.RaftConfig;
import io.muster.raft.RaftMetrics;
import io.muster.raft.RaftRecovery;
import io.muster.raft.RaftRole;
import io.muster.raft.RaftStatus;
import io.muster.raft.StateMachine;
import io.muster.raft.UnknownFormatException;
import io.muster.raft.core.Effect;
import io.muster.raft.core.Input;
import io.muster.raft.core.RaftCore;
import io.muster.raft.core.digest.DigestVerdict;
import io.muster.raft.core.founding.FoundingMessage;
import io.muster.raft.core.founding.Promise;
import io.muster.raft.core.founding.Standing;
import io.muster.raft.core.membership.Configuration;
import io.muster.raft.core.message.PeerMessage;
import io.muster.raft.storage.Belonging;
import io.muster.raft.storage.Recovered;
import io.muster.raft.wire.ForwardMessage;
import io.muster.raft.wire.RepairMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One node's driver: its life, and the turns in which everything happens. What is public is for any thread; everything else happens on the engine's
 * thread, one turn after another.
 *
 * @param <C> a command in memory
 * @param <R> what a command gives
 */
public final class RaftDriver<C, R> {

    /** A command that could not enter a log within this is refused, definitely; the caller is to have the answer within 2 s (R17). */
    static final long REFUSE_AFTER_MILLIS = 1_800;

    /** How often a node in a cluster looks after what nobody tells it: lost frames, the wish, a full disk. */
    private static final long PULSE_MILLIS = 250;

    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final long FIGURES_NANOS = 100 * NANOS_PER_MILLI;
    private static final Logger LOG = LoggerFactory.getLogger(RaftDriver.class);

    private final RaftConfig config;
    private final NodeId self;
    private final Ports ports;
    private final Time time;
    private final StateMachine<C, R> stateMachine;
    private final RaftMetrics metrics;
    private final Consumer<EngineFailure> onFailure;
    private final Seams seams;

    private final Proposals<C, R> proposals;
    private final Forwarding<C, R> forwarding;
    private final ForwardedIntake<C, R> forwarded;
    private final ReadBarriers reads = new ReadBarriers();
    private final PeerCounts counts;
    private final PeerLink peers;
    private final Receiver receiver = new Receiver();
    private final GroupMembership members;
    private Replica<C, R> replica;

    /** Whether a turn that looks at the queues is on its way. */
    private final AtomicBoolean pumpScheduled = new AtomicBoolean();

    private RaftStatus.State state = RaftStatus.State.STARTING;
    private boolean started;
    private boolean stopping;

    /** Whether there are others to found with, to join or to take in; once there are, this node looks for them until it stops. */
    private boolean clustered;

    /** Whether the replica is being replaced, since this node goes to another group. */
    private boolean moving;

    private String failure = "";

    /** Whether this node leads and the first entry of its term is applied. */
    private boolean effective;

    /** Whether it has been up to date with a leader once since the start (X15). */
    private boolean caughtUp;

    /** Whether it is being found out if it is. */
    private boolean catchingUp;

    /** Why persistent reads are stopped here, if they are: this copy is wrong (R15), or in doubt. */
    private volatile Optional<String> readsStopped = Optional.empty();

    /** For the time limits of commands and reads. */
    private final Alarm expiry;

    /** For the time limit of a stop. */
    private final Alarm stopLimit;

    private final Alarm pulse;
    private final List<CompletableFuture<Void>> stops = new ArrayList<>();
    private List<Published.Peer> figures = List.of();
    private String formatHeldBackBy = "";
    private RaftRole figuresRole = RaftRole.FOLLOWER;
    private long figuresNanos;
    private volatile Published published;

    /** @param seams {@link Seams#NONE}, outside of simulations */
    public RaftDriver(
            RaftConfig config,
            NodeIdentity identity,
            Ports ports,
            StateMachine<C, R> stateMachine,
            RaftMetrics metrics,
            Consumer<EngineFailure> onFailure,
            Seams seams) {
        this.config = config;
        this.self = identity.nodeId();
        this.ports = ports;
        this.time = ports.time();
        this.stateMachine = seams.state().around(stateMachine);
        this.metrics = metrics;
        this.onFailure = onFailure;
        this.seams = seams;
        this.counts = new PeerCounts(metrics);
        this.peers = new PeerLink(self, ports.net(), metrics, counts, config.formatMax());
        this.proposals = new Proposals<>(config.queueBytesMax(), metrics);
        this.forwarding = new Forwarding<>(this.stateMachine, proposals, peers, metrics, identity.runId());
        this.forwarded = new ForwardedIntake<>(this.stateMachine, proposals, peers);
        this.members = new GroupMembership(config, self, ports, peers, seams.rules(), new MembershipOwner());
        this.replica = newReplica();
        this.expiry = new Alarm(time, () -> turn(this::expire));
        this.stopLimit = new Alarm(time, this::endStop);
        this.pulse = new Alarm(time, () -> turn(this::pulse));
        this.published = view();
    }

    private Replica<C, R> newReplica() {
        return new Replica<>(
                config, self, ports, stateMachine, proposals, reads, peers, metrics, new ReplicaOwner(), seams);
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
        time.execute(() -> open(result));
        return result;
    }

    /** Hands leadership over, ends what is on its way, then everything; idempotent. Bounded by the write timeout. */
    public CompletionStage<Void> stop() {
        CompletableFuture<Void> result = new CompletableFuture<>();
        time.execute(() -> beginStop(result));
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
        long now = time.monoNanos();
        proposals.submit(new Proposal<>(
                command,
                bytes,
                stateMachine.growthBytesMax(command),
                new Caller<>(result),
                stateMachine.requestOf(command),
                now + refuseAfterNanos(),
                now + config.writeTimeoutMillis() * NANOS_PER_MILLI));
        schedulePump();
        return result;
    }

    /** Completes when what is applied here is at least as new as all that was acknowledged before the call. */
    public CompletionStage<Void> readBarrier() {
        CompletableFuture<Void> result = new CompletableFuture<>();
        Optional<String> stopped = readsStopped;
        if (stopped.isPresent()) {
            result.completeExceptionally(new NotReady(stopped.get()));
        } else if (reads.submit(result, time.monoNanos() + refuseAfterNanos())) {
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
        whenUp(result, () -> replica.snapshot(result));
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
            if (core().role() == RaftRole.LEADER) {
                result.completeExceptionally(new Invalid("this node leads: there is no other copy to take"));
            } else {
                replica.repair();
                result.complete(null);
            }
        });
        return result;
    }

    /** An operator's command to the group; ends within the write timeout, with one line for people or with a {@link ConsistencyException}. */
    public CompletionStage<String> command(GroupCommand command) {
        CompletableFuture<String> result = new CompletableFuture<>();
        whenUp(result, () -> members.command(command, result));
        return result;
    }

    /**
     * A request of another member that came otherwise than as a frame: the same input to the core, and its answer when that may go (R25).
     *
     * @return fails with {@link Invalid} if the sender is no member of this group or says what cannot be true, before anything has changed
     */
    public CompletionStage<PeerMessage> exchange(ClusterId cluster, NodeId from, PeerMessage request) {
        CompletableFuture<PeerMessage> result = new CompletableFuture<>();
        whenUp(result, () -> exchange(cluster, from, request, result));
        return result;
    }

    private void exchange(ClusterId cluster, NodeId from, PeerMessage request, CompletableFuture<PeerMessage> result) {
        boolean member = core().configuration()
                .filter(group -> group.members().contains(from))
                .isPresent();
        if (!peers.isOurs(cluster)) {
            result.completeExceptionally(new Invalid("this node is not in cluster " + cluster));
        } else if (!member || from.equals(self)) {
            result.completeExceptionally(new Invalid(from + " is none of the other members of this group"));
        } else if (core().objectionTo(request).isPresent()) {
            result.completeExceptionally(new Invalid(core().objectionTo(request).get()));
        } else if (peers.exchanges()
                .add(from, request, result, time.monoNanos() + config.writeTimeoutMillis() * NANOS_PER_MILLI)) {
            receiver.group(from, request);
        }
    }

    private void gone(NodeId peer) {
        if (state == RaftStatus.State.UP && !moving) {
            replica.feed(new Input.PeerGone(peer));
        }
    }

    private void whenUp(CompletableFuture<?> result, Runnable step) {
        time.execute(() -> {
            if (state == RaftStatus.State.UP && !stopping && !moving) {
                turn(step);
            } else {
                result.completeExceptionally(notReady());
            }
        });
    }

    /** Runs something on the engine's thread; for the state machine's owner. */
    public void execute(Runnable task) {
        time.execute(() -> turn(task));
    }

    public RaftStatus status() {
        return published.at(self, time.monoNanos());
    }

    /** The cluster that this node belongs to; empty until it is founded or joined. */
    public Optional<ClusterId> clusterId() {
        return published.clusterId();
    }

    /** Ready once it has led, or followed a leader up to its commit index; losing the leader later changes nothing (X15). */
    public Readiness readiness() {
        Published now = published;
        boolean ready = now.caughtUp() && now.state() == RaftStatus.State.UP && readsStopped.isEmpty();
        return ready ? Readiness.READY : Readiness.waitingFor(now.reason());
    }

    /** Why persistent data must not be read here, if so: this node's copy is known to be wrong (R15), or the engine has stopped in the middle of a step. */
    public Optional<String> readsStopped() {
        return readsStopped;
    }

    /** The format in force as far as this node knows (R32); 1 before there is a group. */
    public int formatInForce() {
        return published.formatInForce();
    }

    /** Who holds the newest format of this node back, for people; empty if nobody is known to. */
    public String formatHeldBackBy() {
        return published.formatHeldBackBy();
    }

    /** Bytes of the commands that wait or are in flight. */
    public long queueBytes() {
        return proposals.bytes();
    }

    private long refuseAfterNanos() {
        return Math.min(REFUSE_AFTER_MILLIS, config.writeTimeoutMillis()) * NANOS_PER_MILLI;
    }

    private void schedulePump() {
        if (pumpScheduled.compareAndSet(false, true)) {
            time.execute(() -> {
                pumpScheduled.set(false);
                turn(() -> {});
            });
        }
    }

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

    // Life.

    private void open(CompletableFuture<RaftRecovery> result) {
        if (started || stopping) {
            result.completeExceptionally(new IllegalStateException("an engine starts once"));
            return;
        }
        started = true;
        long sinceNanos = time.monoNanos();
        ports.net().onFrame((from, frame) -> turn(() -> peers.received(from, frame, receiver)));
        ports.net().onPeerGone(peer -> turn(() -> gone(peer)));
        Restoring<C, R> restoring = new Restoring<>(stateMachine, time, metrics);
        replica.open(restoring).whenComplete((recovered, error) -> {
            if (error == null && recovered.configurations().newestFormat() > config.formatMax()) {
                UnknownFormatException unreadable = new UnknownFormatException(
                                "configuration", recovered.configurations().newestFormat(), config.formatMax())
                        .in("log and snapshots");
                startFailed(unreadable);
                result.completeExceptionally(unreadable);
            } else if (error == null) {
                turn(() -> takePart(recovered, restoring));
                if (state == RaftStatus.State.UP) {
                    result.complete(recovery(recovered, sinceNanos));
                } else if (state == RaftStatus.State.FAILED) {
                    result.completeExceptionally(new InvariantBroken("RecoveryFaithful", failure));
                } else {
                    result.completeExceptionally(new NotReady(reason()));
                }
            } else if (error instanceof InvariantBroken) {
                // What stands before the entry that cannot be applied is shown as it would be had the node come upon it
                // while running (R34).
                stateMachine.restored();
                fail(EngineFailure.Kind.INVARIANT_BROKEN, String.valueOf(error.getMessage()));
                result.completeExceptionally(error);
            } else {
                startFailed(error);
                result.completeExceptionally(error);
            }
        });
    }

    private void startFailed(Throwable error) {
        if (state == RaftStatus.State.STARTING) {
            state = RaftStatus.State.FAILED;
            failure = "the start failed: " + error.getMessage();
            end(failure);
            stops.forEach(stop -> stop.complete(null));
        }
    }

    private void takePart(Recovered recovered, Restoring<C, R> restoring) {
        stateMachine.restored();
        state = RaftStatus.State.UP;
        forwarding.restored();
        forwarded.restored(recovered.hardState().term());
        replica.begin(recovered, restoring);
        boolean fresh = core().configuration().isEmpty() && core().term() == 0;
        if (fresh && config.foundsItself() && belonging().clusterId().isEmpty()) {
            replica.feed(new Input.Found(ClusterId.draw(ports.rng().stream("cluster-id")), 1, config.formatMax()));
        }
        takeUpCluster();
        ports.members().onChange(view -> turn(() -> members.saw(view)));
        lookForOthersIfListed();
        rememberOthersOnceMore();
    }

    /** A standalone node looks for others once the lookup lists some: then it has left that mode while running (R63). First it is founded. */
    private void lookForOthersIfListed() {
        boolean wanted = !config.foundsItself()
                || (ports.members().view().wish().entries().size() > 1
                        && standing().clusterId().isPresent());
        if (!clustered && wanted) {
            clustered = true;
            members.begin(standing(), belonging().promise());
            pulse.at(time.monoNanos() + PULSE_MILLIS * NANOS_PER_MILLI);
        }
    }

    private RaftRecovery recovery(Recovered recovered, long sinceNanos) {
        return new RaftRecovery(
                recovered.snapshotIndex(),
                recovered.snapshotBytes(),
                recovered.entriesRestored(),
                recovered.hardState().term(),
                recovered.tornBytes(),
                recovered.warnings(),
                (time.monoNanos() - sinceNanos) / NANOS_PER_MILLI);
    }

    private void beginStop(CompletableFuture<Void> result) {
        if (state == RaftStatus.State.STOPPED || state == RaftStatus.State.FAILED) {
            result.complete(null);
            return;
        }
        stops.add(result);
        if (stopping) {
            return;
        }
        stopping = true;
        forwarded.takesNoMore();
        turn(() -> {
            proposals.refuseQueue(this::notReady);
            boolean handsOver = effective
                    && core().configuration()
                            .filter(group -> group.voters().size() > 1)
                            .isPresent();
            if (handsOver) {
                replica.feed(new Input.TransferLeadership(members.nextRequest(), Optional.empty()));
            }
        });
        if (state == RaftStatus.State.UP && !mayEnd()) {
            long patience = Math.min(config.writeTimeoutMillis(), 2L * config.electionTimeoutMillis());
            stopLimit.at(time.monoNanos() + patience * NANOS_PER_MILLI);
        } else {
            endStop();
        }
    }

    /** Whether nothing is left to wait for before a stop. */
    private boolean mayEnd() {
        boolean leadsOthers =
                core().role() == RaftRole.LEADER && !core().followers().isEmpty() && !core().takesProposals();
        return replica.idle() && !leadsOthers;
    }

    private void endStopIfPossible() {
        if (stopping && state == RaftStatus.State.UP && mayEnd()) {
            endStop();
        }
    }

    private void endStop() {
        if (state == RaftStatus.State.STOPPED || state == RaftStatus.State.FAILED) {
            return;
        }
        state = RaftStatus.State.STOPPED;
        end("the server is shutting down");
        stops.forEach(stop -> stop.complete(null));
    }

    private void fail(EngineFailure.Kind kind, String message) {
        if (state == RaftStatus.State.STOPPED || state == RaftStatus.State.FAILED) {
            return;
        }
        state = RaftStatus.State.FAILED;
        failure = message;
        if (kind == EngineFailure.Kind.INVARIANT_BROKEN) {
            readsStopped = Optional.of("the persistent side has stopped: " + message);
        }
        LOG.error("The Raft engine stopped ({}): {}", kind, message);
        end(message);
        stops.forEach(stop -> stop.complete(null));
        onFailure.accept(new EngineFailure(kind, message));
    }

    /** Common end of a stop and a failure; the state is set already. */
    private void end(String why) {
        replica.stop();
        members.stop();
        expiry.cancel();
        stopLimit.cancel();
        pulse.cancel();
        setEffective(false, 0);
        publish();
        endWaiting(why);
    }

    private void endWaiting(String why) {
        forwarded.takesNoMore();
        proposals.refuseQueue(this::notReady);
        proposals.abandonLog(why);
        reads.failAll(this::notReady);
        members.failCommands(notReady());
        peers.exchanges().failAll(notReady());
    }

    // Turns.

    /** Runs one step, then everything that can go on; whatever it throws is a bug that leaves the state in doubt, and ends the engine. */
    private void turn(Runnable step) {
        if (state == RaftStatus.State.STOPPED || state == RaftStatus.State.FAILED) {
            proposals.refuseQueue(this::notReady);
            reads.failAll(this::notReady);
            return;
        }
        try {
            step.run();
            pump();
            replica.flush();
            expiry.noLaterThan(LongStream.of(
                            members.nextExpiryNanos(),
                            peers.exchanges().nextExpiryNanos(),
                            replica.nextExpiryNanos(),
                            proposals.nextExpiryNanos(),
                            reads.nextExpiryNanos())
                    .min()
                    .orElseThrow());
            publish();
        } catch (InvariantBroken e) {
            fail(EngineFailure.Kind.INVARIANT_BROKEN, String.valueOf(e.getMessage()));
        } catch (RuntimeException | Error e) {
            LOG.error("A step of the Raft engine failed", e);
            fail(EngineFailure.Kind.INVARIANT_BROKEN, "a step of the engine failed: " + e);
        }
    }

    /** Moves commands and reads on, as far as they can go. */
    private void pump() {
        if (state == RaftStatus.State.STARTING && !stopping) {
            return;
        }
        if (state != RaftStatus.State.UP || stopping || moving) {
            proposals.refuseQueue(this::notReady);
            reads.failAll(this::notReady);
            return;
        }
        if (core().configuration().isEmpty()) {
            proposals.refuseQueue(() -> new NotEnoughMembers(reason()));
            reads.failAll(() -> new NotEnoughMembers(reason()));
        } else if (core().role() == RaftRole.LEADER) {
            askForReads();
            replica.propose();
        } else if (core().leader().isPresent()) {
            askForReads();
            forwarding.pump(core().leader().get(), core().term(), core().heardCommitIndex(), time.monoNanos());
        }
        lookForOthersIfListed();
        if (clustered) {
            members.standing(standing());
        }
    }

    private void askForReads() {
        if (reads.mayAsk()) {
            replica.feed(new Input.ReadIndex(reads.ask()));
        }
    }

    private void pulse() {
        long now = time.monoNanos();
        pulse.at(now + PULSE_MILLIS * NANOS_PER_MILLI);
        if (moving) {
            return;
        }
        replica.pulse(members::nextRequest);
        reads.goOn();
        forwarding.resend(now - config.electionTimeoutMillis() * NANOS_PER_MILLI);
        members.pulse(replica::feed, core(), effective, replica.storage().shortage());
        catchUp();
    }

    /** A linearizable read of this node's own tells whether it has come up to the leader's commit index. */
    private void catchUp() {
        if (caughtUp || catchingUp || core().leader().isEmpty()) {
            return;
        }
        CompletableFuture<Void> barrier = new CompletableFuture<>();
        catchingUp = reads.submit(barrier, time.monoNanos() + refuseAfterNanos());
        barrier.whenComplete((ignored, error) -> {
            catchingUp = false;
            caughtUp |= error == null;
        });
    }

    private void expire() {
        long now = time.monoNanos();
        proposals.expire(now, this::whyNotInLog);
        reads.expire(now, () -> new NoLeader("no leader confirmed in time that it leads"));
        members.expire(now);
        replica.expire();
        peers.exchanges().expire(now);
    }

    private ConsistencyException whyNotInLog() {
        Optional<String> shortage = replica.storage().shortage();
        if (shortage.isPresent()) {
            return new NotReady(shortage.get());
        }
        if (core().configuration().filter(group -> !group.takesWrites()).isPresent()) {
            return new NotEnoughMembers(reason());
        }
        return effective && core().takesProposals()
                ? new Overloaded(
                        "the log did not take the write within " + REFUSE_AFTER_MILLIS + " ms: the disk is slow")
                : new NoLeader(reason());
    }

    private void setEffective(boolean now, long term) {
        if (now == effective) {
            return;
        }
        effective = now;
        if (now) {
            caughtUp = true;
            stateMachine.leaderStart(term);
        } else {
            stateMachine.leaderStop();
        }
    }

    /** @param error as it is, or as a chain of stages wraps it */
    private void storageFailed(Throwable error) {
        Throwable cause =
                error instanceof CompletionException wrapped && wrapped.getCause() != null ? wrapped.getCause() : error;
        if (cause instanceof DamagedDataException damage) {
            replica.stop();
            replica.storage()
                    .setAside(damage)
                    .whenComplete((ignored, end) -> fail(
                            end instanceof DataSetAsideException
                                    ? EngineFailure.Kind.SET_ASIDE
                                    : EngineFailure.Kind.DAMAGED,
                            String.valueOf((end == null ? damage : end).getMessage())));
        } else if (cause instanceof DiskException) {
            fail(
                    EngineFailure.Kind.STORAGE_FAILED,
                    cause.getMessage() + ". What is on disk is in doubt: check the disk, then start again.");
        } else if (cause instanceof InvariantBroken) {
            fail(EngineFailure.Kind.INVARIANT_BROKEN, String.valueOf(cause.getMessage()));
        } else {
            LOG.error("Storage failed", cause);
            fail(EngineFailure.Kind.INVARIANT_BROKEN, "storage failed: " + cause);
        }
    }

    // Which group.

    private RaftCore core() {
        return replica.core();
    }

    private Belonging belonging() {
        return replica.storage().belonging();
    }

    private Optional<ClusterId> ownCluster() {
        return core().configuration()
                .map(Configuration::clusterId)
                .or(() -> belonging().clusterId());
    }

    /** Frames pass between members of this cluster from now on. */
    private void takeUpCluster() {
        Optional<ClusterId> cluster = ownCluster();
        peers.setClusterId(cluster);
        cluster.ifPresent(replica.storage()::setClusterId);
    }

    /** A start that finds damaged data must know whether others have what was decided, and to which cluster to go back. */
    private void rememberOthers(Configuration group) {
        boolean others = !group.isSoleVoter(self);
        Belonging known = belonging();
        Belonging now = known.in(group.clusterId()).amongOthers(others);
        if ((clustered || others) && !now.equals(known)) {
            replica.storage().store(now).whenComplete((ignored, error) -> {
                if (error != null) {
                    storageFailed(error);
                }
            });
        }
    }

    /** The node may have died with the commit of its group stored, and not yet what is remembered of it: nobody tells of that commit again. */
    private void rememberOthersOnceMore() {
        if (core().configurationIndex() <= core().commitIndex()) {
            core().configuration().ifPresent(this::rememberOthers);
        }
    }

    /** What this node is, as far as it is durable. */
    private Standing standing() {
        boolean durable = replica.durableIndex() >= 1;
        Optional<Configuration> group = durable ? core().configuration() : Optional.empty();
        Belonging stored = replica.storage().storedBelonging();
        return new Standing(
                group.map(Configuration::clusterId).or(stored::clusterId),
                stored.setAside().isPresent(),
                group.filter(known -> known.isVoter(self)).isPresent(),
                group.map(known -> known.voters().size()).orElse(0),
                replica.clientEntries());
    }

    /** Carries out what founding and operators want of this node. */
    private final class MembershipOwner implements GroupMembership.Owner {

        @Override
        public void turn(Runnable step) {
            RaftDriver.this.turn(step);
        }

        @Override
        public RaftCore core() {
            return RaftDriver.this.core();
        }

        @Override
        public void feed(Input input) {
            replica.feed(input);
        }

        @Override
        public Optional<ClusterId> cluster() {
            return ownCluster();
        }

        @Override
        public void store(Optional<Promise> promise, Runnable stored) {
            whenStored(belonging().promised(promise), stored);
        }

        @Override
        public void found(ClusterId clusterId, int votersBeforeWrites, List<NodeId> founders) {
            int format = members.announcements().leastAnnouncedBy(founders);
            replica.feed(new Input.Found(clusterId, votersBeforeWrites, format));
            takeUpCluster();
        }

        @Override
        public void join(ClusterId clusterId) {
            whenStored(
                    belonging().in(clusterId).promised(Optional.empty()).amongOthers(true),
                    RaftDriver.this::takeUpCluster);
        }

        private void whenStored(Belonging belonging, Runnable stored) {
            replica.storage().store(belonging).whenComplete((ignored, error) -> {
                if (error == null) {
                    turn(stored);
                } else {
                    storageFailed(error);
                }
            });
        }

        /**
         * Duty 5 of {@link io.muster.raft.core.founding}: all that was is thrown away, and this node begins anew in the other group; under another id, in
         * another engine, if what it was may be missed in the old one.
         */
        @Override
        public void moveTo(ClusterId clusterId) {
            moving = true;
            Replica<C, R> old = replica;
            old.stop();
            setEffective(false, 0);
            endWaiting("this node goes to cluster " + clusterId);
            if (mayKeepId(old)) {
                beginAnew(old, clusterId);
            } else {
                giveUp(old, clusterId);
            }
        }

        /**
         * Whether nobody counts on anything that this node has promised under its id: it has promised nothing yet, or it founded its cluster and nobody else
         * ever voted there, so that the cluster ends with it. Anybody else could come back, by the next command, to a group whose log names it a voter, and
         * vote there without what it has acknowledged.
         */
        private boolean mayKeepId(Replica<C, R> old) {
            RaftCore core = old.core();
            boolean silent = core.term() == 0
                    && core.log().lastIndex() == 0
                    && core.configuration().isEmpty();
            return silent || core.hasVotedAlone();
        }

        private void giveUp(Replica<C, R> old, ClusterId clusterId) {
            old.storage().giveUpFor(clusterId).whenComplete((ignored, error) -> {
                if (error instanceof DataGivenUpException) {
                    fail(EngineFailure.Kind.GIVEN_UP, String.valueOf(error.getMessage()));
                } else if (error != null) {
                    storageFailed(error);
                }
            });
        }

        private void beginAnew(Replica<C, R> old, ClusterId clusterId) {
            old.storage()
                    .discardFor(clusterId)
                    .thenCompose(ignored -> {
                        stateMachine.clear();
                        replica = newReplica();
                        Restoring<C, R> restoring = new Restoring<>(stateMachine, time, metrics);
                        return replica.open(restoring).thenAccept(recovered -> begin(recovered, restoring));
                    })
                    .whenComplete((ignored, error) -> {
                        if (error != null) {
                            storageFailed(error.getCause() == null ? error : error.getCause());
                        }
                    });
        }

        private void begin(Recovered recovered, Restoring<C, R> restoring) {
            moving = false;
            caughtUp = false;
            forwarding.restored();
            forwarded.restored(recovered.hardState().term());
            turn(() -> {
                replica.begin(recovered, restoring);
                takeUpCluster();
            });
        }
    }

    /** Where frames go. */
    private final class Receiver implements PeerLink.Receiver {

        @Override
        public void group(NodeId from, PeerMessage message) {
            if (state == RaftStatus.State.UP && !moving && !members.received(from, message)) {
                replica.received(from, message);
            }
        }

        @Override
        public void forward(NodeId from, ForwardMessage message) {
            if (state == RaftStatus.State.UP && !moving) {
                if (message instanceof ForwardMessage.Refusal refusal) {
                    forwarding.refused(refusal);
                } else if (message instanceof ForwardMessage.Request request) {
                    forwarded.requested(from, request, core().term(), time.monoNanos() + refuseAfterNanos());
                }
            }
        }

        @Override
        public void repair(NodeId from, RepairMessage message) {
            if (state == RaftStatus.State.UP && !moving) {
                replica.received(from, message);
            }
        }

        @Override
        public void founding(NodeId from, FoundingMessage message) {
            if (state == RaftStatus.State.UP && !moving && clustered) {
                members.received(from, message);
            }
        }
    }

    /** Hears of what happens to the replica. */
    private final class ReplicaOwner implements ReplicaEvents {

        @Override
        public void turn(Runnable step) {
            RaftDriver.this.turn(step);
        }

        @Override
        public void storageFailed(Throwable cause) {
            RaftDriver.this.storageFailed(cause);
        }

        @Override
        public void durable() {
            endStopIfPossible();
        }

        @Override
        public void applied() {
            publish();
        }

        @Override
        public void roleChanged(Effect.RoleChanged effect) {
            setEffective(false, 0);
            if (effect.role() == RaftRole.CANDIDATE) {
                metrics.electionStarted();
            } else {
                metrics.leaderChanged();
            }
            LOG.info(
                    "Raft role {} in term {}, leader {}",
                    effect.role(),
                    effect.term(),
                    effect.leader().map(NodeId::toString).orElse("none"));
            forwarding.leaderChanged();
            reads.goOn();
            if (effect.role() == RaftRole.LEADER) {
                forwarded.leads(effect.term());
            } else {
                forwarded.takesNoMore();
                members.leadsNot();
                proposals.refusePassedOn(() -> new NoLeader("this node does not lead any more"));
                time.execute(RaftDriver.this::endStopIfPossible);
            }
        }

        @Override
        public void effective(boolean now, long term) {
            reads.goOn();
            setEffective(now, term);
        }

        @Override
        public void transferEnded(Effect.TransferEnded effect) {
            members.transferEnded(effect);
            time.execute(RaftDriver.this::endStopIfPossible);
        }

        @Override
        public void membersJudged(Effect.MembersJudged effect) {
            members.membersJudged(effect);
        }

        @Override
        public void configurationCommitted(Effect.ConfigurationCommitted effect) {
            takeUpCluster();
            rememberOthers(effect.configuration());
            members.configurationCommitted(effect);
        }

        @Override
        public void digestJudged(Effect.DigestJudged effect) {
            if (effect.verdict() == DigestVerdict.AGREES) {
                LOG.info(
                        "The state agrees with the others' again, at index {}",
                        effect.other().index());
                readsStopped = Optional.empty();
                return;
            }
            metrics.digestMismatch();
            LOG.error("State digests differ: {}, another member has {}", effect.verdict(), effect.other());
            if (effect.verdict() != DigestVerdict.ALARM) {
                replica.repair();
            }
            if (effect.verdict() == DigestVerdict.STOP_READS) {
                readsStopped =
                        Optional.of("this node's copy of the persistent data differs from the majority's at index "
                                + effect.other().index());
            }
        }

        @Override
        public void overruled(Effect.Overruled effect) {
            if (!moving) {
                moving = true;
                String why = "an operator has reset the members of its cluster in term " + effect.resetTerm()
                        + ", and the cluster, led by node " + effect.by()
                        + ", goes on without entries that are committed here";
                setEffective(false, 0);
                endWaiting(why);
                replica.stop();
                replica.storage().setAside(why).whenComplete((ignored, error) -> {
                    if (error instanceof DataSetAsideException) {
                        fail(EngineFailure.Kind.SET_ASIDE, String.valueOf(error.getMessage()));
                    } else if (error != null) {
                        storageFailed(error);
                    }
                });
            }
        }

        @Override
        public void onlyCopyCounts() {
            readsStopped.ifPresent(why -> LOG.error("Persistent reads go on, since no other voter is left: {}", why));
            readsStopped = Optional.empty();
        }
    }

    // Showing.

    private NotReady notReady() {
        return new NotReady(reason());
    }

    private String reason() {
        if (state == RaftStatus.State.FAILED) {
            return failure;
        }
        if (state == RaftStatus.State.STOPPED || stopping) {
            return "the server is shutting down";
        }
        if (state == RaftStatus.State.STARTING) {
            return "the persistent data is being restored";
        }
        if (moving) {
            return "this node goes to another cluster";
        }
        return readsStopped.or(peers::unreadable).orElseGet(this::whatItWaitsFor);
    }

    private String whatItWaitsFor() {
        Optional<Configuration> group = core().configuration();
        if (group.isEmpty()) {
            return ownCluster()
                    .map(id -> "this node belongs to cluster " + id + " and waits for its leader to take it in"
                            + members.whyItMayStayOutside())
                    .orElseGet(() -> "the Raft group is not founded"
                            + (config.foundsItself() ? "" : ": " + members.foundingReason()));
        }
        Optional<String> shortage = replica.storage().shortage();
        if (shortage.isPresent()) {
            return shortage.get();
        }
        if (!group.get().takesWrites()) {
            return "waits until " + group.get().votersBeforeWrites() + " members vote; "
                    + group.get().voters().size() + " do";
        }
        if (effective) {
            return "serves";
        }
        if (core().role() == RaftRole.LEADER) {
            return "waits for the first commit of term " + core().term();
        }
        return core().leader().map(leader -> "follows " + leader).orElse("no leader is known");
    }

    /** Drawn anew ten times a second, or when the role changes: turns are far more frequent. */
    private List<Published.Peer> peerFigures() {
        long now = time.monoNanos();
        if (core().role() != figuresRole || now - figuresNanos >= FIGURES_NANOS) {
            figures = members.peers(core(), counts);
            formatHeldBackBy = members.formatHeldBackBy(core());
            figuresRole = core().role();
            figuresNanos = now;
        }
        return figures;
    }

    /** Of what is committed: that never goes back. */
    private static int formatInForce(RaftCore core) {
        return core.configurationAt(core.commitIndex())
                .map(Configuration::format)
                .orElse(FormatInForce.FIRST);
    }

    private void publish() {
        published = view();
    }

    private Published view() {
        RaftCore core = core();
        return new Published(
                state,
                reason(),
                caughtUp,
                ownCluster(),
                core.role(),
                core.term(),
                core.votedFor(),
                core.leader(),
                core.commitIndex(),
                replica.appliedIndex(),
                core.log().firstIndex(),
                core.log().lastIndex(),
                core.log().lastTerm(),
                replica.snapshotIndex(),
                stateMachine.digest(),
                core.configuration(),
                peerFigures(),
                formatInForce(core),
                config.formatMax(),
                formatHeldBackBy,
                members.wishReason(),
                replica.storage().bytesOnDisk(),
                replica.storage().setAsideBytes(),
                core.dueNanos());
    }
}
