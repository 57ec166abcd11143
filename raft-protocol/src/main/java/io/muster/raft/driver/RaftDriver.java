package io.muster.raft.driver;

import io.muster.consistency.ConsistencyException;
import io.muster.consistency.ConsistencyException.NoLeader;
import io.muster.consistency.ConsistencyException.NotEnoughMembers;
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
import io.muster.raft.core.CoreTiming;
import io.muster.raft.core.Effect;
import io.muster.raft.core.Input;
import io.muster.raft.core.Machine;
import io.muster.raft.core.RaftCore;
import io.muster.raft.core.log.Payload;
import io.muster.raft.core.membership.Configuration;
import io.muster.raft.storage.RaftStorage;
import io.muster.raft.storage.Recovered;
import io.muster.raft.storage.StorageEvents;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One node's driver. {@link #start}, {@link #stop}, {@link #submit}, {@link #readBarrier}, {@link #snapshot}, {@link #status}, {@link #readiness}
 * and {@link #queueBytes} are for any thread; everything else happens on the engine's thread, one turn after another.
 *
 * @param <C> a command in memory
 * @param <R> what a command gives
 */
public final class RaftDriver<C, R> {

    /** A command that could not enter the log within this is refused, definitely (R17). */
    static final long REFUSE_AFTER_MILLIS = 2_000;

    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final Logger LOG = LoggerFactory.getLogger(RaftDriver.class);

    private final RaftConfig config;
    private final NodeId self;
    private final Ports ports;
    private final Time time;
    private final StateMachine<C, R> stateMachine;
    private final RaftMetrics metrics;
    private final Consumer<EngineFailure> onFailure;
    private final RaftCore core;

    /** The core, or what a test puts around it. */
    private final Machine machine;

    private final RaftStorage storage;
    private final PersistQueue persists;
    private final Proposals<C, R> proposals;
    private final Intake<C, R> intake;
    private final Applier<C, R> applier;
    private final ReadBarriers reads = new ReadBarriers();
    private final Snapshotting snapshotting;
    private final PeerLink peers;
    private final Executor executor = new Executor();

    /** Whether a turn that looks at the queues is on its way. */
    private final AtomicBoolean pumpScheduled = new AtomicBoolean();

    private RaftStatus.State state = RaftStatus.State.STARTING;
    private boolean started;
    private boolean stopping;
    private String failure = "";

    /** Whether this node leads and the first entry of its term is applied. */
    private boolean effective;

    /** Whether it was effective once since the start (X15). */
    private boolean caughtUp;

    /** The commands of the proposal that the core is being asked about. */
    private List<Proposal<C, R>> proposing = List.of();

    /** For the core's timers. */
    private final Alarm wake;

    /** For the time limits of commands and reads. */
    private final Alarm expiry;

    /** For the time limit of a stop. */
    private final Alarm stopLimit;

    private final List<CompletableFuture<Void>> stops = new ArrayList<>();
    private volatile Published published;

    /** @param around what stands between driver and core: nothing, outside of tests that plant bugs */
    public RaftDriver(
            RaftConfig config,
            NodeIdentity identity,
            Ports ports,
            StateMachine<C, R> stateMachine,
            RaftMetrics metrics,
            Consumer<EngineFailure> onFailure,
            UnaryOperator<Machine> around) {
        this.config = config;
        this.self = identity.nodeId();
        this.ports = ports;
        this.time = ports.time();
        this.stateMachine = stateMachine;
        this.metrics = metrics;
        this.onFailure = onFailure;
        CoreTiming timing = new CoreTiming(
                config.heartbeatMillis() * NANOS_PER_MILLI, config.electionTimeoutMillis() * NANOS_PER_MILLI);
        this.core = new RaftCore(self, timing, ports.rng().stream("election-timeout"));
        this.machine = around.apply(core);
        this.storage =
                new RaftStorage(config, self, ports.disk(), time, stateMachine::snapshotBytes, new StorageListener());
        this.persists = new PersistQueue(storage, metrics, config.batchBytesMax(), this::durable);
        this.proposals = new Proposals<>(config.queueBytesMax(), metrics);
        this.intake = new Intake<>(config, stateMachine, storage, proposals);
        this.applier = new Applier<>(stateMachine, proposals, time, metrics);
        this.snapshotting =
                new Snapshotting(storage, stateMachine, time, metrics, this::snapshotSaved, this::storageFailed);
        this.peers = new PeerLink(ports.net(), storage, config.batchBytesMax());
        this.wake = new Alarm(time, () -> turn(() -> feed(new Input.Tick())));
        this.expiry = new Alarm(time, () -> turn(this::expire));
        this.stopLimit = new Alarm(time, this::endStop);
        this.published = view();
    }

    // For any thread.

    /**
     * Restores the state and takes part; once.
     *
     * @return fails with {@link DamagedDataException} or {@link DiskException}
     */
    public CompletionStage<RaftRecovery> start() {
        CompletableFuture<RaftRecovery> result = new CompletableFuture<>();
        time.execute(() -> open(result));
        return result;
    }

    /** Ends what is on its way, then everything; idempotent. Bounded by the write timeout. */
    public CompletionStage<Void> stop() {
        CompletableFuture<Void> result = new CompletableFuture<>();
        time.execute(() -> beginStop(result));
        return result;
    }

    /**
     * Puts a command through the log.
     *
     * @param bytes its encoding; given away
     * @return what it gives, or a {@link ConsistencyException}, within the write timeout
     */
    public CompletionStage<R> submit(C command, byte[] bytes) {
        long now = time.monoNanos();
        long refuseMillis = Math.min(REFUSE_AFTER_MILLIS, config.writeTimeoutMillis());
        Proposal<C, R> proposal = new Proposal<>(
                command,
                bytes,
                stateMachine.growthBytesMax(command),
                now + refuseMillis * NANOS_PER_MILLI,
                now + config.writeTimeoutMillis() * NANOS_PER_MILLI);
        proposals.submit(proposal);
        schedulePump();
        return proposal.future();
    }

    /** Completes when what is applied here is at least as new as all that was acknowledged before the call. */
    public CompletionStage<Void> readBarrier() {
        CompletableFuture<Void> result = new CompletableFuture<>();
        long refuseMillis = Math.min(REFUSE_AFTER_MILLIS, config.writeTimeoutMillis());
        if (reads.submit(result, time.monoNanos() + refuseMillis * NANOS_PER_MILLI)) {
            schedulePump();
        } else {
            result.completeExceptionally(new Overloaded(ReadBarriers.WAITING_MAX + " linearizable reads wait already"));
        }
        return result;
    }

    /** Takes a snapshot now, or waits for the one that is being taken. Fails with {@link NotReady} if that is given up. */
    public CompletionStage<Void> snapshot() {
        CompletableFuture<Void> result = new CompletableFuture<>();
        time.execute(() -> {
            if (state == RaftStatus.State.UP && !stopping) {
                turn(() -> snapshotting.take(core, applier.appliedIndex(), result));
            } else {
                result.completeExceptionally(notReady());
            }
        });
        return result;
    }

    /** Runs something on the engine's thread; for the state machine's owner. */
    public void execute(Runnable task) {
        time.execute(() -> turn(task));
    }

    public RaftStatus status() {
        return published.at(self, time.monoNanos());
    }

    /** Ready once it has led or followed a leader up to its commit index; losing the leader later changes nothing (X15). */
    public Readiness readiness() {
        Published now = published;
        boolean ready = now.caughtUp() && now.state() == RaftStatus.State.UP;
        return ready ? Readiness.READY : Readiness.waitingFor(now.reason());
    }

    /** Bytes of the commands that wait or are in flight. */
    public long queueBytes() {
        return proposals.bytes();
    }

    private void schedulePump() {
        if (pumpScheduled.compareAndSet(false, true)) {
            time.execute(() -> {
                pumpScheduled.set(false);
                turn(this::pump);
            });
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
        ports.net().onFrame((from, frame) -> turn(() -> received(from, frame)));
        Restoring<C, R> restoring = new Restoring<>(stateMachine, time, metrics);
        storage.open(restoring).whenComplete((recovered, error) -> {
            if (error == null) {
                turn(() -> takePart(recovered, restoring));
                if (state == RaftStatus.State.UP) {
                    result.complete(recovery(recovered, sinceNanos));
                } else {
                    result.completeExceptionally(new NotReady(reason()));
                }
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
        applier.restored(restoring.tail(), restoring.appliedIndex());
        persists.restored(recovered.log().lastIndex());
        snapshotting.restored(recovered.snapshotIndex().orElse(0));
        stateMachine.restored();
        state = RaftStatus.State.UP;
        feed(new Input.Start(recovered.hardState(), recovered.log(), recovered.configurations()));
        boolean alone = ports.members().view().members().size() == 1;
        if (core.configuration().isEmpty() && core.term() == 0 && alone) {
            feed(new Input.Found(ClusterId.draw(ports.rng().stream("cluster-id"))));
        }
        core.configuration().ifPresent(group -> {
            storage.setClusterId(group.clusterId());
            peers.setClusterId(group.clusterId());
        });
        pump();
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
        proposals.refuseQueue(this::notReady);
        publish();
        if (state == RaftStatus.State.UP && !persists.idle()) {
            stopLimit.at(time.monoNanos() + config.writeTimeoutMillis() * NANOS_PER_MILLI);
        } else {
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
        LOG.error("The Raft engine stopped ({}): {}", kind, message);
        end(message);
        stops.forEach(stop -> stop.complete(null));
        onFailure.accept(new EngineFailure(kind, message));
    }

    /** Common end of a stop and a failure; the state is set already. */
    private void end(String why) {
        storage.stop();
        snapshotting.stop();
        wake.cancel();
        expiry.cancel();
        stopLimit.cancel();
        setEffective(false, 0);
        publish();
        proposals.refuseQueue(this::notReady);
        proposals.abandonLog(why);
        reads.failAll(this::notReady);
    }

    // Turns.

    /** Runs one step; whatever it throws is a bug that leaves the state in doubt, and ends the engine. */
    private void turn(Runnable step) {
        if (state == RaftStatus.State.STOPPED || state == RaftStatus.State.FAILED) {
            proposals.refuseQueue(this::notReady);
            reads.failAll(this::notReady);
            return;
        }
        try {
            step.run();
            persists.flush();
            expiry.noLaterThan(Math.min(proposals.nextExpiryNanos(), reads.nextExpiryNanos()));
            publish();
        } catch (InvariantBroken e) {
            fail(EngineFailure.Kind.INVARIANT_BROKEN, String.valueOf(e.getMessage()));
        } catch (RuntimeException | Error e) {
            LOG.error("A step of the Raft engine failed", e);
            fail(EngineFailure.Kind.INVARIANT_BROKEN, "a step of the engine failed: " + e);
        }
    }

    private void feed(Input input) {
        for (Effect effect : machine.on(input, time.monoNanos())) {
            effect.accept(executor);
        }
    }

    /** A batch is durable: the next one is started first, so that the disk works while this one is applied. */
    private void durable(long id) {
        turn(() -> {
            persists.released().forEach(send -> peers.send(send.to(), send.message()));
            pump();
            persists.flush();
            feed(new Input.Persisted(id));
            applier.durable(persists.durableIndex());
            pump();
        });
        if (stopping && persists.idle()) {
            endStop();
        }
    }

    private void received(NodeId from, byte[] frame) {
        peers.decode(frame).ifPresentOrElse(message -> feed(new Input.Received(from, message)), metrics::frameRefused);
    }

    /** Moves commands and reads on, as far as they can go. */
    private void pump() {
        if (state != RaftStatus.State.UP || stopping) {
            if (state != RaftStatus.State.STARTING || stopping) {
                proposals.refuseQueue(this::notReady);
                reads.failAll(this::notReady);
            }
            return;
        }
        if (core.role() != RaftRole.LEADER) {
            refuseIfNobodyWillLeadHere();
            return;
        }
        if (!reads.queueIsEmpty()) {
            feed(new Input.ReadIndex(reads.ask()));
        }
        if (effective && !proposals.queueIsEmpty()) {
            propose();
        }
    }

    /** While an election is on its way, commands and reads wait for it, within their time; else there is nothing to wait for. */
    private void refuseIfNobodyWillLeadHere() {
        if (core.configuration().isEmpty()) {
            proposals.refuseQueue(() -> new NotEnoughMembers(reason()));
            reads.failAll(() -> new NotEnoughMembers(reason()));
        } else if (core.leader().isPresent()) {
            proposals.refuseQueue(() -> new NoLeader(reason()));
            reads.failAll(() -> new NoLeader(reason()));
        }
    }

    private void propose() {
        proposing = intake.next(persists.idle());
        if (!proposing.isEmpty()) {
            List<Payload> payloads = new ArrayList<>(proposing.size());
            proposing.forEach(proposal -> payloads.add(new Payload.Command(proposal.bytes())));
            feed(new Input.Propose(payloads));
            proposing = List.of();
        }
    }

    private void apply(long commitIndex) {
        List<Runnable> answers = applier.apply(commitIndex);
        applier.durable(persists.durableIndex());
        publish();
        answers.forEach(Runnable::run);
        if (applier.appliedIndex() - snapshotting.lastIndex() >= config.snapshotEveryEntries()) {
            snapshotting.take(core, applier.appliedIndex());
        }
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

    private void snapshotSaved(long index) {
        turn(() -> {
            feed(new Input.SnapshotSaved(index));
            pump();
        });
    }

    // Time limits.

    private void expire() {
        long now = time.monoNanos();
        proposals.expire(now, this::whyNotInLog);
        reads.expire(now, () -> new NoLeader("leadership was not confirmed in time"));
    }

    private ConsistencyException whyNotInLog() {
        Optional<String> shortage = storage.shortage();
        if (shortage.isPresent()) {
            return new NotReady(shortage.get());
        }
        return effective
                ? new Overloaded(
                        "the log did not take the write within " + REFUSE_AFTER_MILLIS + " ms: the disk is slow")
                : new NoLeader(reason());
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
        if (core.configuration().isEmpty()) {
            return "the Raft group is not founded";
        }
        Optional<String> shortage = storage.shortage();
        if (shortage.isPresent()) {
            return shortage.get();
        }
        if (effective) {
            return "serves";
        }
        if (core.role() == RaftRole.LEADER) {
            return "waits for the first commit of term " + core.term();
        }
        return core.leader().map(leader -> "follows " + leader).orElse("no leader is known");
    }

    private void publish() {
        published = view();
    }

    private Published view() {
        Optional<Configuration> group = core.configuration();
        return new Published(
                state,
                reason(),
                caughtUp,
                group.map(Configuration::clusterId),
                core.role(),
                core.term(),
                core.votedFor(),
                core.leader(),
                core.commitIndex(),
                applier.appliedIndex(),
                core.log().firstIndex(),
                core.log().lastIndex(),
                core.log().snapshotIndex(),
                stateMachine.digest(),
                group.map(Configuration::voters).orElse(List.of()),
                storage.bytesOnDisk(),
                core.dueNanos());
    }

    /** Carries out effects, each in one method. */
    private final class Executor implements Effect.Visitor {

        @Override
        public void persist(Effect.Persist effect) {
            effect.entries().forEach(applier::add);
            persists.add(effect);
        }

        @Override
        public void send(Effect.Send effect) {
            if (persists.mayGo(effect)) {
                peers.send(effect.to(), effect.message());
            }
        }

        @Override
        public void replicate(Effect.Replicate effect) {
            peers.replicate(effect, applier.tail()).exceptionally(error -> {
                storageFailed(
                        error instanceof CompletionException && error.getCause() != null ? error.getCause() : error);
                return null;
            });
        }

        @Override
        public void commit(Effect.Commit effect) {
            apply(effect.index());
        }

        @Override
        public void accepted(Effect.Accepted effect) {
            for (int i = 0; i < effect.count(); i++) {
                proposals.enteredLog(effect.firstIndex() + i, proposing.get(i));
            }
        }

        @Override
        public void refused(Effect.Refused effect) {
            proposing.forEach(proposal -> proposals.refuse(proposal, new NoLeader(reason())));
        }

        @Override
        public void readAt(Effect.ReadAt effect) {
            if (applier.appliedIndex() < effect.index()) {
                throw new InvariantBroken(
                        "Linearizable", "read at " + effect.index() + ", applied " + applier.appliedIndex());
            }
            reads.succeed(effect.request());
        }

        @Override
        public void readRefused(Effect.ReadRefused effect) {
            reads.fail(effect.request(), () -> new NoLeader(reason()));
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
        }

        @Override
        public void leadershipEffective(Effect.LeadershipEffective effect) {
            setEffective(true, effect.term());
        }

        @Override
        public void discarded(Effect.Discarded effect) {
            LOG.warn(
                    "{} entries from index {} on lost to those of the present leader",
                    effect.count(),
                    effect.fromIndex());
            metrics.entriesDiscarded(effect.count());
            proposals.discarded(effect.fromIndex());
        }

        @Override
        public void wakeAt(Effect.WakeAt effect) {
            wake.at(effect.nanos());
        }
    }

    private void storageFailed(Throwable cause) {
        if (cause instanceof DamagedDataException) {
            fail(EngineFailure.Kind.DAMAGED, String.valueOf(cause.getMessage()));
        } else if (cause instanceof DiskException) {
            fail(
                    EngineFailure.Kind.STORAGE_FAILED,
                    cause.getMessage() + ". What is on disk is in doubt: check the disk, then start again.");
        } else {
            LOG.error("Storage failed", cause);
            fail(EngineFailure.Kind.INVARIANT_BROKEN, "storage failed: " + cause);
        }
    }

    private final class StorageListener implements StorageEvents {

        @Override
        public void failed(Throwable cause) {
            storageFailed(cause);
        }

        @Override
        public void boundReached() {
            if (state == RaftStatus.State.UP) {
                snapshotting.take(core, applier.appliedIndex());
            }
        }

        @Override
        public void roomMade() {
            turn(RaftDriver.this::pump);
        }
    }
}
