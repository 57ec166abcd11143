package io.muster.raft.driver;

import io.muster.consistency.ConsistencyException.NotReady;
import io.muster.member.NodeId;
import io.muster.member.port.DiskException;
import io.muster.member.port.Ports;
import io.muster.member.port.Time;
import io.muster.raft.DamagedDataException;
import io.muster.raft.RaftConfig;
import io.muster.raft.RaftMetrics;
import io.muster.raft.RaftRole;
import io.muster.raft.StateMachine;
import io.muster.raft.core.CoreLimits;
import io.muster.raft.core.CoreTiming;
import io.muster.raft.core.Effect;
import io.muster.raft.core.Input;
import io.muster.raft.core.Machine;
import io.muster.raft.core.RaftCore;
import io.muster.raft.core.digest.StateDigest;
import io.muster.raft.core.log.LogEntry;
import io.muster.raft.core.log.Payload;
import io.muster.raft.core.membership.Configuration;
import io.muster.raft.core.message.PeerMessage;
import io.muster.raft.storage.RaftStorage;
import io.muster.raft.storage.Recovered;
import io.muster.raft.storage.SnapshotPiece;
import io.muster.raft.storage.StorageEvents;
import io.muster.raft.wire.PayloadCodec;
import io.muster.raft.wire.RepairMessage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's copy of one group's log: core, storage and what is applied, with the effects of the one carried out on the others. It is thrown away as a
 * whole when the node goes to another group.
 */
final class Replica<C, R> {

    private static final long NANOS_PER_MILLI = 1_000_000;

    /** Bound on the commands that wait in memory until a wrong state is replaced (X17). */
    private static final long HELD_BYTES_MAX = 64L << 20;

    /** While a member takes a snapshot, no other is begun before so many times the usual entries; a directory near its bound does not wait. */
    private static final int PUT_OFF_TIMES = 8;

    private static final Logger LOG = LoggerFactory.getLogger(Replica.class);

    private final RaftConfig config;
    private final Time time;
    private final StateMachine<C, R> stateMachine;
    private final RaftMetrics metrics;
    private final PeerLink peers;
    private final ReplicaEvents owner;
    private final RaftCore core;

    /** The core, or what a test puts around it. */
    private final Machine machine;

    private final RaftStorage storage;
    private final PersistQueue persists;
    private final Proposals<C, R> proposals;
    private final Intake<C, R> intake;
    private final Applier<C, R> applier;
    private final ReadBarriers reads;
    private final Snapshotting snapshotting;
    private final SnapshotInstall<C, R> install;
    private final Repair repair;

    /** For the core's timers. */
    private final Alarm wake;

    private final Executor executor = new Executor();

    /** Inputs that effects lead to; each is fed when the effects of the one before are carried out. */
    private final ArrayDeque<Input> next = new ArrayDeque<>();

    private boolean feeding;

    /** The commands of the proposal that the core is being asked about. */
    private List<Proposal<C, R>> proposing = List.of();

    Replica(
            RaftConfig config,
            NodeId self,
            Ports ports,
            StateMachine<C, R> stateMachine,
            Proposals<C, R> proposals,
            ReadBarriers reads,
            PeerLink peers,
            RaftMetrics metrics,
            ReplicaEvents owner,
            Seams seams) {
        this.config = config;
        this.time = ports.time();
        this.stateMachine = stateMachine;
        this.metrics = metrics;
        this.peers = peers;
        this.owner = owner;
        this.proposals = proposals;
        this.reads = reads;
        CoreTiming timing = seams.timing()
                .apply(new CoreTiming(
                        config.heartbeatMillis() * NANOS_PER_MILLI, config.electionTimeoutMillis() * NANOS_PER_MILLI));
        this.core = new RaftCore(self, timing, seams.limits(), seams.rules(), ports.rng().stream("election-timeout"));
        this.machine = seams.core().apply(core);
        this.storage = new RaftStorage(
                config, self, ports.disk(), time, stateMachine::snapshotBytes, new StorageListener(), seams.checksum());
        this.persists = new PersistQueue(storage, metrics, config.batchBytesMax(), this::durable);
        this.intake = new Intake<>(config, stateMachine, storage, proposals);
        this.applier = new Applier<>(
                stateMachine,
                proposals,
                time,
                metrics,
                digest -> feed(new Input.DigestTaken(digest)),
                seams.digestEvery());
        this.snapshotting = new Snapshotting(
                storage, stateMachine, time, metrics, index -> owner.turn(() -> saved(index)), owner::storageFailed);
        this.install = new SnapshotInstall<>(storage, stateMachine, applier, persists, snapshotting, time, metrics);
        this.repair = new Repair(storage, peers, owner, install);
        this.wake = new Alarm(time, () -> owner.turn(() -> feed(new Input.Tick())));
    }

    // Life.

    CompletableFuture<Recovered> open(Restoring<C, R> restoring) {
        return storage.open(restoring);
    }

    /** Takes part with what was restored. */
    void begin(Recovered recovered, Restoring<C, R> restoring) {
        applier.restored(restoring);
        persists.restored(recovered.hardState(), recovered.log().lastIndex());
        snapshotting.restored(recovered.snapshotIndex().orElse(0));
        feed(new Input.Start(recovered.hardState(), recovered.log(), recovered.configurations()));
    }

    /** Writes and tells nothing more. */
    void stop() {
        storage.stop();
        snapshotting.stop();
        wake.cancel();
    }

    // Looking in.

    RaftCore core() {
        return core;
    }

    RaftStorage storage() {
        return storage;
    }

    long appliedIndex() {
        return applier.appliedIndex();
    }

    long durableIndex() {
        return persists.durableIndex();
    }

    long snapshotIndex() {
        return snapshotting.lastIndex();
    }

    boolean clientEntries() {
        return applier.clientEntries();
    }

    boolean idle() {
        return persists.idle();
    }

    // Steps; each inside a turn.

    /**
     * Takes a message of another member to the core. Entries that cannot be stored, or applied, for want of room are left out of it: the leader sends them again, and
     * meanwhile votes and heartbeats go on.
     */
    void received(NodeId from, PeerMessage message) {
        boolean leavesOut = message instanceof PeerMessage.AppendEntries append && !takes(append.entries());
        feed(new Input.Received(from, leavesOut ? ((PeerMessage.AppendEntries) message).withoutEntries() : message));
    }

    private boolean takes(List<LogEntry> entries) {
        boolean held = repair.running() && applier.tail().bytes() > HELD_BYTES_MAX;
        return entries.isEmpty()
                || (!held && (storage.shortage().isEmpty() || storage.takesBehind(persists.bytes(), entries)));
    }

    void feed(Input input) {
        next.add(input);
        if (feeding) {
            return;
        }
        feeding = true;
        try {
            while (!next.isEmpty()) {
                for (Effect effect : machine.on(next.remove(), time.monoNanos())) {
                    effect.accept(executor);
                }
            }
        } finally {
            feeding = false;
        }
    }

    /** Puts into the log what waits, as far as it has room. */
    void propose() {
        // A turn within a turn waits for the effects at hand; the outer one ends by coming here again.
        boolean free = !feeding && !proposals.queueIsEmpty();
        if (!free || !core.leadershipEffective() || !core.takesProposals()) {
            return;
        }
        proposing = intake.next(persists.idle());
        if (!proposing.isEmpty()) {
            List<Payload> payloads = new ArrayList<>(proposing.size());
            for (Proposal<C, R> proposal : proposing) {
                proposal.leaves(stateMachine, core.heardCommitIndex());
                payloads.add(new Payload.Command(proposal.bytes()));
            }
            feed(new Input.Propose(payloads));
            proposing = List.of();
        }
    }

    void flush() {
        persists.flush();
    }

    /** Takes a snapshot for an operator, or says within the write timeout why none can be begun. */
    void snapshot(CompletableFuture<Void> result) {
        if (repair.running()) {
            result.completeExceptionally(new NotReady("this node's state is wrong, and is being replaced"));
            return;
        }
        long beginBy = time.monoNanos() + config.writeTimeoutMillis() * NANOS_PER_MILLI;
        snapshotting.take(core, applier.appliedIndex(), persists.durableIndex(), beginBy, result);
    }

    void expire() {
        snapshotting.expire(core, applier.appliedIndex(), persists.durableIndex());
    }

    long nextExpiryNanos() {
        return snapshotting.nextExpiryNanos();
    }

    /** A batch is durable: the next one is started first, so that the disk works while this one is applied. */
    private void durable(long id) {
        owner.turn(() -> {
            persists.released().forEach(send -> peers.send(send.to(), send.message()));
            propose();
            persists.flush();
            feed(new Input.Persisted(id));
            applier.durable(persists.durableIndex());
            snapshotIfWanted();
        });
        owner.durable();
    }

    /** This node's state is wrong (R15). */
    void repair() {
        if (!repair.running()) {
            repair.begin(applier.appliedIndex());
            feed(new Input.Repairing(true));
        }
        repair.ask(core.leader());
    }

    /**
     * From time to time: looks after a repair. Where only this node could be elected, it hands over to the first that has come up to it: a leader cannot repair itself. If it is
     * the only voter there is no better copy, and none will come: what it has counts (R23).
     *
     * @param transferRequest names the transfer, if there is one
     */
    void pulse(LongSupplier transferRequest) {
        if (leadsAlone()) {
            goOnWithOwnCopy();
        } else if (repair.running()
                && core.leadershipEffective()
                && !core.followers().isEmpty()) {
            feed(new Input.TransferLeadership(transferRequest.getAsLong(), Optional.empty()));
        }
        repair.ask(core.leader());
        repair.install(core.commitIndex(), persists.durableIndex())
                .ifPresent(installed -> installed.whenComplete((index, error) -> {
                    if (error == null) {
                        owner.turn(() -> repaired(index));
                    } else {
                        owner.storageFailed(error.getCause() == null ? error : error.getCause());
                    }
                }));
    }

    private boolean leadsAlone() {
        return core.leadershipEffective()
                && core.configuration()
                        .filter(group -> group.isSoleVoter(peers.self()))
                        .isPresent();
    }

    private void goOnWithOwnCopy() {
        if (repair.installing()) {
            return;
        }
        if (repair.running()) {
            LOG.error(
                    "The state at index {} was to be replaced by another voter's, and there is none any more: it counts as it is",
                    applier.appliedIndex());
            repairEnded();
            apply(core.commitIndex());
        }
        owner.onlyCopyCounts();
    }

    private void repairEnded() {
        if (repair.running()) {
            repair.end();
            feed(new Input.Repairing(false));
            if (core.leadershipEffective()) {
                owner.effective(true, core.term());
            }
        }
    }

    private void repaired(long index) {
        repairEnded();
        proposals.stateJumped();
        feed(new Input.DigestTaken(new StateDigest(index, stateMachine.digest())));
        saved(index);
        persists.goOn();
        apply(core.commitIndex());
    }

    /** Another member repairs its state, or this one does. */
    void received(NodeId from, RepairMessage message) {
        if (message instanceof RepairMessage.Piece piece) {
            repair.received(from, piece);
        } else if (message instanceof RepairMessage.Ask ask && core.role() == RaftRole.LEADER && !repair.running()) {
            sendPiece(from, ask);
        }
    }

    private void sendPiece(NodeId to, RepairMessage.Ask ask) {
        long newest = snapshotting.lastIndex();
        if (newest < ask.minIndex()) {
            snapshotting.want();
            snapshotIfWanted();
            return;
        }
        boolean goesOn = ask.index() >= ask.minIndex() && storage.hasSnapshot(ask.index());
        long index = goesOn ? ask.index() : newest;
        storage.readSnapshot(index, goesOn ? ask.offset() : 0, CoreLimits.DEFAULTS.chunkBytesMax())
                .whenComplete((piece, error) -> {
                    if (error instanceof DamagedDataException) {
                        owner.turn(() -> replaceSnapshot(index, error));
                    } else if (error != null) {
                        owner.storageFailed(error);
                    } else {
                        piece.ifPresent(found -> peers.send(
                                to,
                                new RepairMessage.Piece(found.head(), found.offset(), found.bytes(), found.last())));
                    }
                });
    }

    private void apply(long commitIndex) {
        if (repair.running()) {
            return;
        }
        List<Runnable> answers = applier.apply(commitIndex);
        applier.durable(persists.durableIndex());
        owner.applied();
        answers.forEach(Runnable::run);
        reads.appliedTo(applier.appliedIndex());
        long entries = applier.appliedIndex() - snapshotting.lastIndex();
        if (entries >= config.snapshotEveryEntries() && (!core.snapshotIsTaken() || entries >= putOffEntriesMax())) {
            snapshotting.want();
        }
        snapshotIfWanted();
    }

    /** A snapshot replaces older ones, and the member that is taking one would begin anew each time. */
    private long putOffEntriesMax() {
        return (long) PUT_OFF_TIMES * config.snapshotEveryEntries();
    }

    /** A state that is known to be wrong is no snapshot. */
    private void snapshotIfWanted() {
        if (!repair.running()) {
            snapshotting.takeIfWanted(core, applier.appliedIndex(), persists.durableIndex());
        }
    }

    /** The state in memory is sound, so a snapshot of it can be had anew. */
    private void replaceSnapshot(long index, Throwable damage) {
        LOG.error("The snapshot at index {} has rotted, another is taken: {}", index, damage.getMessage());
        snapshotting.rotted(index);
        snapshotIfWanted();
    }

    private void saved(long index) {
        feed(new Input.SnapshotSaved(index, Math.min(index, storage.firstIndex() - 1)));
    }

    // Replication.

    private void replicate(Effect.Replicate effect) {
        long from = effect.prevLogIndex() + 1;
        if (from > effect.lastLogIndex() || applier.tail().holds(from)) {
            feed(sendFromMemory(effect));
        } else if (storage.holds(from)) {
            long to = Math.min(effect.lastLogIndex() + 1, applier.tail().firstIndex());
            storage.read(from, to, bytesMax(effect)).whenComplete((entries, error) -> {
                if (error == null) {
                    owner.turn(() -> feed(send(effect, entries)));
                } else {
                    owner.storageFailed(error);
                }
            });
        } else {
            // Room was made: only a snapshot holds the entry now.
            long dropped = Math.min(snapshotting.lastIndex(), storage.firstIndex() - 1);
            feed(new Input.SnapshotSaved(snapshotting.lastIndex(), dropped));
            feed(new Input.Sent(effect.to(), effect.term(), effect.prevLogIndex(), effect.prevLogIndex(), 0));
        }
    }

    /** What one message carries, the follower stores as one batch. */
    private int bytesMax(Effect.Replicate effect) {
        return Math.min(config.batchBytesMax(), effect.bytesMax());
    }

    private Input.Sent sendFromMemory(Effect.Replicate effect) {
        EntryTail tail = applier.tail();
        List<LogEntry> entries = new ArrayList<>();
        long bytes = 0;
        for (long index = effect.prevLogIndex() + 1; index <= effect.lastLogIndex() && tail.holds(index); index++) {
            LogEntry entry = tail.get(index);
            bytes += RaftStorage.entryBytes(PayloadCodec.size(entry.payload()));
            if (bytes > bytesMax(effect) && !entries.isEmpty()) {
                break;
            }
            entries.add(entry);
        }
        return send(effect, entries);
    }

    private Input.Sent send(Effect.Replicate effect, List<LogEntry> entries) {
        long resetTerm = core.configuration().map(Configuration::resetTerm).orElse(0L);
        peers.send(
                effect.to(),
                new PeerMessage.AppendEntries(
                                effect.term(),
                                effect.prevLogIndex(),
                                effect.prevLogTerm(),
                                entries,
                                effect.leaderCommit(),
                                effect.round())
                        .sinceReset(resetTerm));
        long lastIndex = effect.prevLogIndex() + entries.size();
        return new Input.Sent(
                effect.to(), effect.term(), effect.prevLogIndex(), lastIndex, RaftStorage.batchBytes(entries));
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
            Replica.this.replicate(effect);
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
            proposing.forEach(proposals::putBack);
        }

        @Override
        public void readAt(Effect.ReadAt effect) {
            reads.granted(effect.request(), effect.index());
            if (!repair.running()) {
                // What a wrong copy holds is no answer (R15); when it is replaced, it is.
                reads.appliedTo(applier.appliedIndex());
            }
        }

        @Override
        public void readRefused(Effect.ReadRefused effect) {
            reads.refused(effect.request());
        }

        @Override
        public void roleChanged(Effect.RoleChanged effect) {
            owner.roleChanged(effect);
        }

        @Override
        public void secondLeader(Effect.SecondLeader effect) {
            LOG.error("{} claims to lead term {}, which this node leads; it was refused", effect.from(), effect.term());
        }

        @Override
        public void leadershipEffective(Effect.LeadershipEffective effect) {
            if (!repair.running()) {
                owner.effective(true, effect.term());
            }
        }

        @Override
        public void discarded(Effect.Discarded effect) {
            LOG.warn(
                    "{} entries from index {} on lost to those of the present leader",
                    effect.count(),
                    effect.fromIndex());
            metrics.entriesDiscarded(effect.count());
            applier.tail().endAt(effect.fromIndex() - 1);
            proposals.discarded(effect.fromIndex());
        }

        @Override
        public void overruled(Effect.Overruled effect) {
            owner.overruled(effect);
        }

        @Override
        public void wakeAt(Effect.WakeAt effect) {
            wake.at(effect.nanos());
        }

        @Override
        public void transferEnded(Effect.TransferEnded effect) {
            LOG.info("Handing leadership over ended: {}", effect.reason());
            owner.transferEnded(effect);
        }

        @Override
        public void membersJudged(Effect.MembersJudged effect) {
            owner.membersJudged(effect);
        }

        @Override
        public void configurationCommitted(Effect.ConfigurationCommitted effect) {
            LOG.info("Members as of index {}: {}", effect.index(), effect.configuration());
            owner.configurationCommitted(effect);
        }

        @Override
        public void sendChunk(Effect.SendChunk effect) {
            storage.readSnapshot(effect.index(), effect.offset(), effect.bytesMax())
                    .whenComplete((piece, error) -> {
                        if (error instanceof DamagedDataException) {
                            owner.turn(() -> {
                                replaceSnapshot(effect.index(), error);
                                feed(new Input.SnapshotUnavailable(effect.to(), effect.index()));
                            });
                        } else if (error != null) {
                            owner.storageFailed(error);
                        } else if (piece.isEmpty()) {
                            owner.turn(() -> feed(new Input.SnapshotUnavailable(effect.to(), effect.index())));
                        } else {
                            sendPiece(effect, piece.get());
                        }
                    });
        }

        private void sendPiece(Effect.SendChunk effect, SnapshotPiece piece) {
            peers.send(
                    effect.to(),
                    new PeerMessage.InstallSnapshot(
                            effect.term(), piece.head(), piece.offset(), piece.bytes(), piece.last()));
            owner.turn(() -> feed(new Input.ChunkSent(
                    effect.to(), effect.term(), effect.index(), effect.offset(), piece.bytes().length, piece.last())));
        }

        @Override
        public void storeChunk(Effect.StoreChunk effect) {
            repair.restart();
            storage.receive(effect.head(), effect.offset(), effect.bytes(), effect.last())
                    .whenComplete((ignored, error) -> {
                        if (error == null) {
                            owner.turn(() -> feed(new Input.ChunkStored(effect.id())));
                        } else if (mayComeAgain(error)) {
                            LOG.warn(
                                    "A piece of the snapshot from {} was refused: {}",
                                    effect.from(),
                                    error.getMessage());
                            owner.turn(() -> feed(new Input.ChunkRefused(effect.id())));
                        } else {
                            owner.storageFailed(error);
                        }
                    });
        }

        private boolean mayComeAgain(Throwable error) {
            boolean full = error instanceof DiskException disk && disk.kind() == DiskException.Kind.FULL;
            return full || error instanceof DamagedDataException || error instanceof IllegalArgumentException;
        }

        @Override
        public void dropChunks(Effect.DropChunks effect) {
            storage.dropReceived().whenComplete((ignored, error) -> {
                if (error != null) {
                    owner.storageFailed(error);
                }
            });
        }

        @Override
        public void loadSnapshot(Effect.LoadSnapshot effect) {
            install.begin(effect).whenComplete((ignored, error) -> {
                if (error == null) {
                    owner.turn(() -> installed(effect.head().index()));
                } else {
                    owner.storageFailed(error);
                }
            });
        }

        private void installed(long index) {
            repairEnded();
            proposals.stateJumped();
            feed(new Input.SnapshotLoaded(index));
            persists.goOn();
            reads.appliedTo(applier.appliedIndex());
        }

        @Override
        public void digestJudged(Effect.DigestJudged effect) {
            owner.digestJudged(effect);
        }
    }

    private final class StorageListener implements StorageEvents {

        @Override
        public void failed(Throwable cause) {
            owner.storageFailed(cause);
        }

        @Override
        public void boundReached() {
            snapshotting.want();
            snapshotIfWanted();
        }

        @Override
        public void roomMade() {
            owner.turn(() -> {});
        }
    }
}
