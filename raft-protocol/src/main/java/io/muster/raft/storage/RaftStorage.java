package io.muster.raft.storage;

import io.muster.member.ClusterId;
import io.muster.member.NodeId;
import io.muster.member.port.Disk;
import io.muster.member.port.Time;
import io.muster.raft.DamagedDataException;
import io.muster.raft.RaftConfig;
import io.muster.raft.StateMachine.SnapshotSink;
import io.muster.raft.StateMachine.SnapshotSource;
import io.muster.raft.core.HardState;
import io.muster.raft.core.log.LogEntry;
import io.muster.raft.core.snapshot.SnapshotHead;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Log and snapshots of one node, below one bound (X20). Calls and completions on the engine's thread.
 *
 * <p>Two snapshots are kept, and the log back to the older one, as long as the bound has room for that; when it gets tight, one snapshot and the log
 * behind it.
 */
public final class RaftStorage {

    /** What this node remembers in its data directory: one of them is there from its first start on. */
    public static final List<String> MEMORY = List.of(StorageFiles.DIRECTORY, StorageFiles.BELONGING_COPY);

    /** Log segments that the bound must have room for beside two snapshots. */
    private static final int LOG_SEGMENTS_MIN = 8;

    /** The bound keeps room for the next snapshot, with so many segments' worth of growth until it is taken. */
    private static final int GROWTH_SEGMENTS = 2;

    /** Frames and heads make a snapshot longer than its content, by less than one part in so many. */
    private static final int SNAPSHOT_OVERHEAD_PART = 64;

    private static final int SNAPSHOTS_KEPT = 2;

    /** A snapshot of which a piece was read is kept for so long, so that a slow receiver comes to its end. */
    static final Duration KEPT_FOR_READERS = Duration.ofSeconds(30);

    private final RaftConfig config;
    private final DiskSteps disk;
    private final Time time;
    private final NodeId node;
    private final Checksum checksum;
    private final LongSupplier stateBytes;
    private final StorageEvents owner;
    private final DirectoryBudget budget;
    private final SnapshotFiles snapshots;
    private final SnapshotReceiving receiving;
    private final BelongingFile belonging;
    private final KeptAside keptAside;
    private final ReserveSegment reserve;
    private final Events events = new Events();

    /** Set once it is open. */
    private @Nullable SegmentedLog log;

    private boolean stopped;

    /** Of which a piece was read last, and until when it is kept. */
    private OptionalLong readIndex = OptionalLong.empty();

    private long readUntilNanos;

    /**
     * @param stateBytes about how long a snapshot taken now would be
     * @param checksum {@link Checksum#CRC32C}, but for tests that look at what a checksum is good for
     */
    public RaftStorage(
            RaftConfig config,
            NodeId node,
            Disk disk,
            Time time,
            LongSupplier stateBytes,
            StorageEvents owner,
            Checksum checksum) {
        this.config = config;
        this.disk = new DiskSteps(disk);
        this.time = time;
        this.node = node;
        this.checksum = checksum;
        this.stateBytes = stateBytes;
        this.owner = owner;
        this.budget = new DirectoryBudget(config.dataDirMaxBytes());
        this.snapshots = new SnapshotFiles(this.disk, node, checksum, budget);
        this.receiving = new SnapshotReceiving(this.disk, checksum, budget);
        this.belonging = new BelongingFile(this.disk, time, budget);
        this.keptAside = new KeptAside(this.disk, budget);
        this.reserve = new ReserveSegment(this.disk, time, budget, events, this::snapshotRoom, config.segmentBytes());
    }

    /**
     * Restores what is there; the first call, and once.
     *
     * @return fails with {@link DamagedDataException}, having changed nothing of log and snapshots; where others vote in the group with a {@link
     *     io.muster.raft.DataSetAsideException}; where this node was given up with a {@link io.muster.raft.DataGivenUpException}; or with a {@link
     *     io.muster.member.port.DiskException}
     */
    public CompletableFuture<Recovered> open(Restorer restorer) {
        return DiskSteps.unwrapped(belonging
                .open()
                .thenCompose(ignored -> keptAside.open(belonging.current().setAside()))
                .thenCompose(ignored -> recover(restorer))
                .thenCompose(result -> dropOddReserve().thenApply(ignored -> {
                    result.snapshots().forEach(snapshots::found);
                    result.newestSnapshot().ifPresent(snapshots::standsFor);
                    log = new SegmentedLog(disk, time, node, checksum, reserve, budget, events, result);
                    reserve.prepare();
                    return result;
                }))
                .thenCompose(this::noteOldLog)
                .thenApply(this::withNotices));
    }

    /** The log was begun before such notes were taken, or just before the node died. */
    private CompletableFuture<Recovery.Result> noteOldLog(Recovery.Result result) {
        boolean unknown = result.open() != null && !belonging.current().hasLogOf(node);
        CompletableFuture<Void> noted =
                unknown ? belonging.store(belonging.current().withLogOf(node)) : DiskSteps.nothing();
        return noted.thenApply(ignored -> result);
    }

    private Recovered withNotices(Recovery.Result result) {
        List<String> notices = new ArrayList<>(belonging.warnings());
        keptAside.notice().ifPresent(notices::add);
        return result.recovered().with(notices);
    }

    private CompletableFuture<Recovery.Result> recover(Restorer restorer) {
        GivingUp givingUp = new GivingUp(disk, node, belonging);
        Optional<ClusterId> cluster = belonging.current().clusterId();
        if (givingUp.isOver() && cluster.isPresent()) {
            return givingUp.run(cluster.get());
        }
        if (settingAside().isOver()) {
            return settingAside().goOn();
        }
        Optional<DamagedDataException> lost = belonging.damage();
        if (lost.isPresent()) {
            return withoutBelonging(lost.get(), restorer);
        }
        return recovery(restorer)
                .run()
                .handle((result, error) -> {
                    if (error == null) {
                        return CompletableFuture.completedFuture(result);
                    }
                    return DiskSteps.cause(error) instanceof DamagedDataException damage
                                    && belonging.current().amongOthers()
                            ? settingAside().<Recovery.Result>run(damage.found())
                            : CompletableFuture.<Recovery.Result>failedFuture(error);
                })
                .thenCompose(next -> next);
    }

    /** Log and snapshots tell whether others have what was decided, and to which cluster to go back. */
    private CompletableFuture<Recovery.Result> withoutBelonging(DamagedDataException damage, Restorer restorer) {
        return recovery(restorer).group().thenCompose(group -> {
            if (group.isEmpty() || group.get().isSoleVoter(node)) {
                return CompletableFuture.failedFuture(damage);
            }
            Belonging known = Belonging.NOWHERE.in(group.get().clusterId()).amongOthers(true);
            return belonging.store(known).thenCompose(ignored -> settingAside().run(damage.found()));
        });
    }

    private Recovery recovery(Restorer restorer) {
        return new Recovery(disk, node, checksum, belonging.current().hasLogOf(node), restorer);
    }

    private SettingAside settingAside() {
        return new SettingAside(disk, node, belonging, budget);
    }

    /**
     * Damage was found while running: sets the data aside, where others vote in the group. What is there must have been {@link #stop stopped}.
     *
     * @return fails with a {@link io.muster.raft.DataSetAsideException}, or with the damage
     */
    public CompletableFuture<Void> setAside(DamagedDataException damage) {
        return belonging.current().amongOthers()
                ? DiskSteps.unwrapped(settingAside().run(damage.found()))
                : CompletableFuture.failedFuture(damage);
    }

    /**
     * Sets the data aside though it is sound, since its cluster goes on without it. What is there must have been {@link #stop stopped}.
     *
     * @return fails with a {@link io.muster.raft.DataSetAsideException}
     */
    public CompletableFuture<Void> setAside(String why) {
        return DiskSteps.unwrapped(settingAside().run(why));
    }

    /** A reserve of another configuration's length would not be counted right. */
    private CompletableFuture<Void> dropOddReserve() {
        return disk.size(StorageFiles.RESERVE)
                .thenCompose(length ->
                        length > config.segmentBytes() ? disk.delete(StorageFiles.RESERVE) : DiskSteps.nothing());
    }

    /** Where this node belongs, as stored or on its way to the disk. */
    public Belonging belonging() {
        return belonging.current();
    }

    /** Where this node durably belongs. */
    public Belonging storedBelonging() {
        return belonging.stored();
    }

    /** Stores where this node belongs, durably. */
    public CompletableFuture<Void> store(Belonging next) {
        return DiskSteps.unwrapped(belonging.store(next));
    }

    /**
     * Throws log and snapshots away for another cluster; this object is not to be used any more, and what is there must have been {@link #stop stopped}.
     * Only for a node that has promised nothing to any other: everybody else must {@link #giveUpFor give its id up}.
     */
    public CompletableFuture<Void> discardFor(ClusterId cluster) {
        return DiskSteps.unwrapped(belonging
                .store(belonging.current().discardingFor(cluster))
                .thenCompose(ignored -> belonging.discardLog()));
    }

    /**
     * Throws log and snapshots away for another cluster, and this node id with them; as {@link #discardFor}.
     *
     * @return fails with a {@link io.muster.raft.DataGivenUpException}
     */
    public CompletableFuture<Void> giveUpFor(ClusterId cluster) {
        return DiskSteps.unwrapped(new GivingUp(disk, node, belonging).run(cluster));
    }

    /** Goes into the headers of later segments. */
    public void setClusterId(ClusterId id) {
        opened().setClusterId(id);
    }

    /** Bytes that a batch of these entries takes on disk. */
    public static int batchBytes(List<LogEntry> entries) {
        return SegmentedLog.batchBytes(entries);
    }

    /** What a command of so many bytes takes in the log. */
    public static int entryBytes(int commandBytes) {
        return LogRecord.ENTRY_FIXED_BYTES + 1 + commandBytes;
    }

    /** Whether entries of so many bytes, as {@link #entryBytes} counts, should be taken on just now. */
    public Admission admission(int entryBytes) {
        Admission admission = opened().admission(LogRecord.HARD_STATE_BYTES + entryBytes);
        boolean snapshotMakesRoom = admission.kind() == Admission.Kind.REFUSE && snapshots.saving();
        return snapshotMakesRoom ? new Admission(Admission.Kind.WAIT, admission.reason()) : admission;
    }

    /**
     * Whether entries that come now, behind so many bytes, can be stored. While they wait for room, no vote could be stored either: what cannot be stored should not
     * be taken on.
     */
    public boolean takesBehind(long bytesBefore, List<LogEntry> entries) {
        return opened().takesBehind(bytesBefore, entries);
    }

    /** What room is lacking, if any is; the log may still have some left. */
    public Optional<String> shortage() {
        return log == null ? Optional.empty() : reserve.denial();
    }

    /** The longest state that the directory's bound has room for, twice, beside the log. */
    public long stateBytesMax() {
        long snapshotBytesMax = (config.dataDirMaxBytes() - (long) LOG_SEGMENTS_MIN * config.segmentBytes()) / 2;
        return snapshotBytesMax / (SNAPSHOT_OVERHEAD_PART + 1) * SNAPSHOT_OVERHEAD_PART;
    }

    /**
     * Makes a batch durable with one write and one sync; the batch before must be. On a full disk it waits and is tried again.
     *
     * @param stored is told when it is durable, and never if the disk fails
     */
    public void append(HardState state, List<LogEntry> entries, BatchStored stored) {
        if (!stopped) {
            opened().append(state, entries, (bytes, appendNanos, syncNanos) -> {
                if (!stopped) {
                    keepClearOfTheBound();
                    noteLog(() -> stored.stored(bytes, appendNanos, syncNanos));
                }
            });
        }
    }

    /**
     * Once, behind the first batch: makes it durable that there is a log, before anybody is told of what stands in it. The other order would take a node that
     * dies at its very first start for one that has lost its log.
     */
    private void noteLog(Runnable then) {
        if (belonging.current().hasLogOf(node)) {
            then.run();
            return;
        }
        DiskSteps.finish(
                belonging.store(belonging.current().withLogOf(node)),
                (ignored, error) -> {
                    if (error != null) {
                        events.failed(DiskSteps.cause(error));
                    } else if (!stopped) {
                        then.run();
                    }
                },
                events::failed);
    }

    /**
     * Reads entries {@code [from, to)}, as many as about so many bytes hold and one at least.
     *
     * @param from one that {@link #holds}
     */
    public CompletableFuture<List<LogEntry>> read(long from, long to, int bytesMax) {
        return DiskSteps.unwrapped(opened().read(from, to, bytesMax));
    }

    /** The first entry that the log holds, or would hold. */
    public long firstIndex() {
        return opened().firstIndex();
    }

    /** Whether the snapshot of this index is still there. */
    public boolean hasSnapshot(long index) {
        return snapshots.has(index);
    }

    /** A piece of the saved snapshot of this index; empty if that is gone. */
    public CompletableFuture<Optional<SnapshotPiece>> readSnapshot(long index, long offset, int bytesMax) {
        readIndex = OptionalLong.of(index);
        readUntilNanos = time.monoNanos() + KEPT_FOR_READERS.toNanos();
        return DiskSteps.unwrapped(snapshots.piece(index, offset, bytesMax));
    }

    /**
     * Stores a piece of a snapshot that another member sends, after those that came before it; offset 0 begins anew.
     *
     * @param last whether it is whole with this piece: then it is synced, and read to see that it is sound
     * @return fails with {@link io.muster.raft.DamagedDataException} or {@link IllegalArgumentException} if it is not sound
     */
    public CompletableFuture<Void> receive(SnapshotHead head, long offset, byte[] bytes, boolean last) {
        if (!budget.allows(bytes.length)) {
            dropKeptAside();
            snapshots.keepNewest(1);
        }
        return DiskSteps.unwrapped(receiving.store(head, offset, bytes, last));
    }

    /** What was received will not be completed. */
    public CompletableFuture<Void> dropReceived() {
        return DiskSteps.unwrapped(receiving.drop());
    }

    /**
     * Makes it durable that the log before goes, once the received snapshot has its name; nothing else may be on its way to the log. {@link #install}
     * follows.
     */
    public void announceReset(HardState state, long snapshotIndex, BatchStored stored) {
        if (!stopped) {
            opened().announceReset(state, snapshotIndex, (bytes, appendNanos, syncNanos) -> {
                if (!stopped) {
                    stored.stored(bytes, appendNanos, syncNanos);
                }
            });
        }
    }

    /**
     * Gives the received snapshot its name and reads it.
     *
     * @param logIsKept whether the entries behind it stay; else {@link #announceReset} came before
     * @return its length
     */
    public CompletableFuture<Long> install(
            SnapshotHead head, boolean logIsKept, Function<SnapshotMeta, SnapshotSink> sinks) {
        return DiskSteps.unwrapped(receiving.install(head, sinks).thenCompose(length -> {
            snapshots.installed(new SnapshotMeta(head.index(), head.term(), head.configuration()), length);
            opened().formatSeen(head.configuration().format());
            if (!logIsKept) {
                opened().goOnBehind(head.index());
            }
            return retain().thenApply(ignored -> length);
        }));
    }

    /** Whether the entry can be read. */
    public boolean holds(long index) {
        return opened().holds(index);
    }

    /**
     * Saves a snapshot and drops what it makes superfluous; one at a time.
     *
     * @return its length; fails with a {@link io.muster.member.port.DiskException} and leaves nothing behind then
     */
    public CompletableFuture<Long> save(SnapshotMeta meta, SnapshotSource source) {
        return DiskSteps.unwrapped(snapshots
                .save(meta, source, snapshotBytesExpected())
                .thenCompose(length -> retain().thenApply(ignored -> length)));
    }

    public boolean saving() {
        return snapshots.saving();
    }

    /** What was set aside as damaged and is still there; part of {@link #bytesOnDisk}. */
    public long setAsideBytes() {
        return keptAside.bytes();
    }

    /** Of log and snapshots together, and of what was set aside. */
    public long bytesOnDisk() {
        return budget.bytes();
    }

    /** Writes nothing more and tells nothing more; what is on its way to the disk may still get there. */
    public void stop() {
        stopped = true;
        if (log != null) {
            log.stop();
        }
        reserve.stop();
        snapshots.stop();
        receiving.stop();
        belonging.stop();
    }

    private void dropKeptAside() {
        DiskSteps.finish(
                keptAside.drop(),
                (ignored, error) -> {
                    if (error != null) {
                        events.failed(DiskSteps.cause(error));
                    }
                },
                events::failed);
    }

    /** Makes room when half of what the log may take is taken, so that writes go on while it is being made. */
    private void keepClearOfTheBound() {
        if (snapshots.saving()) {
            return;
        }
        long logRoom =
                config.dataDirMaxBytes() - snapshots.newestBytes() - snapshotBytesExpected() - config.segmentBytes();
        if (opened().bytes() > logRoom / 2) {
            events.boundReached();
        }
    }

    private CompletableFuture<Void> retain() {
        if (stopped) {
            return DiskSteps.nothing();
        }
        snapshots.keepNewest(SNAPSHOTS_KEPT, time.monoNanos() < readUntilNanos ? readIndex : OptionalLong.empty());
        if (!budget.allows(config.segmentBytes() + snapshotRoom())) {
            dropKeptAside();
        }
        boolean tight = !budget.allows(config.segmentBytes() + snapshotRoom());
        CompletableFuture<Void> done =
                tight || snapshots.keptCount() >= SNAPSHOTS_KEPT ? dropThroughOldest(tight) : DiskSteps.nothing();
        return done.thenRun(reserve::prepare);
    }

    private CompletableFuture<Void> dropThroughOldest(boolean tight) {
        if (tight) {
            snapshots.keepNewest(1);
        }
        Optional<Long> oldest = snapshots.oldestKept();
        return oldest.isPresent() ? opened().deleteThrough(oldest.get()) : DiskSteps.nothing();
    }

    private long snapshotBytesExpected() {
        long bytes = stateBytes.getAsLong();
        return bytes + bytes / SNAPSHOT_OVERHEAD_PART + (long) GROWTH_SEGMENTS * config.segmentBytes();
    }

    /** While a snapshot is being saved its room is counted already. */
    private long snapshotRoom() {
        return snapshots.saving() ? 0 : snapshotBytesExpected();
    }

    private SegmentedLog opened() {
        SegmentedLog there = log;
        if (there == null) {
            throw new IllegalStateException("the storage is not open");
        }
        return there;
    }

    /** Deals with what storage can help itself with, and tells the owner of the rest. */
    private final class Events implements StorageEvents {

        @Override
        public void failed(Throwable cause) {
            if (!stopped) {
                stop();
                owner.failed(cause);
            }
        }

        @Override
        public void boundReached() {
            SegmentedLog there = log;
            if (stopped || there == null || snapshots.saving()) {
                return;
            }
            if (!keptAside.isEmpty()) {
                dropKeptAside();
                reserve.prepare();
                return;
            }
            boolean older = snapshots.keptCount() > 1;
            boolean segments =
                    snapshots.oldestKept().filter(there::hasSegmentsThrough).isPresent();
            if (older || segments) {
                dropThroughOldest(true).thenRun(reserve::prepare).exceptionally(error -> {
                    failed(DiskSteps.cause(error));
                    return null;
                });
            } else {
                owner.boundReached();
            }
        }

        @Override
        public void roomMade() {
            SegmentedLog there = log;
            if (!stopped && there != null) {
                there.roomMade();
                owner.roomMade();
            }
        }
    }
}
