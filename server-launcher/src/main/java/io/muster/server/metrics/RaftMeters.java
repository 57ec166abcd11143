package io.muster.server.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.muster.member.NodeId;
import io.muster.raft.RaftMetrics;
import io.muster.raft.RaftRole;
import io.muster.raft.RaftStatus;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** The figures of the Raft engine (R27) as meters named {@code muster_raft_…}. */
public final class RaftMeters implements RaftMetrics {

    private final MeterRegistry registry;
    private final Timer append;
    private final Timer sync;
    private final Counter entriesStored;
    private final Counter bytesStored;
    private final Counter entriesApplied;
    private final Timer apply;
    private final Counter elections;
    private final Counter leaderChanges;
    private final Timer snapshotSave;
    private final Timer snapshotLoad;
    private final Counter snapshotsAbandoned;
    private final Map<WriteFailure, Counter> writeFailures = new EnumMap<>(WriteFailure.class);
    private final Counter listenerFailures;
    private final Counter framesRefused;
    private final Counter formatsRefused;
    private final Counter entriesDiscarded;
    private final Counter digestMismatches;
    private final Counter commandsForwarded;

    public RaftMeters(MeterRegistry registry) {
        this.registry = registry;
        append = latency(
                "muster.raft.append", "From handing a batch to the disk until it was written, waiting included.");
        sync = latency("muster.raft.fsync", "How long the sync of a batch took.");
        entriesStored = counter("muster.raft.entries.stored", "Log entries written and synced.");
        bytesStored = counter("muster.raft.stored.bytes", "Bytes written to the log.");
        entriesApplied = counter("muster.raft.entries.applied", "Log entries applied to the state.");
        apply = latency("muster.raft.apply", "How long one step of applying entries took.");
        elections = counter("muster.raft.elections", "Elections that this node started.");
        leaderChanges =
                counter("muster.raft.leader.changes", "Times that another leader than before, or none, became known.");
        snapshotSave = latency("muster.raft.snapshot.save", "How long saving a snapshot took.");
        snapshotLoad = latency("muster.raft.snapshot.load", "How long loading a snapshot took.");
        snapshotsAbandoned =
                counter("muster.raft.snapshots.abandoned", "Snapshots that were given up, to be tried again.");
        for (WriteFailure why : WriteFailure.values()) {
            writeFailures.put(
                    why,
                    Counter.builder("muster.raft.write.failures")
                            .description("Persistent writes that ended without success.")
                            .tag("reason", why.name().toLowerCase(Locale.ROOT))
                            .register(registry));
        }
        listenerFailures = counter("muster.raft.listener.failures", "Exceptions that listeners threw.");
        framesRefused = counter("muster.raft.frames.refused", "Malformed frames and frames of other clusters.");
        formatsRefused = counter(
                "muster.raft.formats.refused",
                "Frames of a later format than this node reads: it can't follow its group.");
        entriesDiscarded =
                counter("muster.raft.entries.discarded", "Entries of deposed leaders that lost to a majority.");
        digestMismatches =
                counter("muster.raft.digest.mismatches", "Times that this node's state differed from the others'.");
        commandsForwarded = counter("muster.raft.forwarded", "Writes that went to the leader, again ones included.");
    }

    private Counter counter(String name, String description) {
        return Counter.builder(name).description(description).register(registry);
    }

    private Timer latency(String name, String description) {
        return Timer.builder(name)
                .description(description)
                .serviceLevelObjectives(
                        Duration.ofNanos(100_000),
                        Duration.ofNanos(250_000),
                        Duration.ofNanos(500_000),
                        Duration.ofMillis(1),
                        Duration.ofNanos(2_500_000),
                        Duration.ofMillis(5),
                        Duration.ofMillis(10),
                        Duration.ofMillis(25),
                        Duration.ofMillis(50),
                        Duration.ofMillis(100),
                        Duration.ofMillis(250),
                        Duration.ofSeconds(1))
                .register(registry);
    }

    /** Adds the gauges that are read from the engine's status. They hold what they read; the registry alone would let it be collected. */
    public void bind(Supplier<RaftStatus> status, LongSupplier queueBytes) {
        Gauge.builder("muster.raft.queue.bytes", queueBytes::getAsLong)
                .description("Writes that wait or are in flight.")
                .register(registry);
        gauge(
                status,
                "muster.raft.up",
                "1 while the engine takes part, else 0.",
                s -> s.state() == RaftStatus.State.UP ? 1 : 0);
        gauge(status, "muster.raft.term", "The current term.", RaftStatus::term);
        gauge(status, "muster.raft.commit.index", "Highest index known to be committed.", RaftStatus::commitIndex);
        gauge(status, "muster.raft.applied.index", "Highest index applied.", RaftStatus::appliedIndex);
        gauge(status, "muster.raft.last.index", "Last index of the log.", RaftStatus::lastIndex);
        gauge(
                status,
                "muster.raft.snapshot.index",
                "Last index that the newest snapshot covers.",
                RaftStatus::snapshotIndex);
        gauge(status, "muster.raft.disk.bytes", "Log and snapshots on disk.", RaftStatus::bytesOnDisk);
        gauge(
                status,
                "muster.raft.voters",
                "Members that vote.",
                s -> s.voters().size());
        gauge(
                status,
                "muster.raft.losses.tolerated",
                "How many voters may be lost before there is no majority.",
                RaftStatus::lossesTolerated);
        gauge(
                status,
                "muster.raft.leader.known",
                "1 while a leader is known, else 0.",
                s -> s.leader().isPresent() ? 1 : 0);
        gauge(
                status,
                "muster.format.in.force",
                "The format in force in the group; a later one waits for all members to announce it.",
                RaftStatus::formatInForce);
        gauge(
                status,
                "muster.format.max",
                "The newest format that this node reads and announces.",
                RaftStatus::formatMax);
        nacosAlias(status);
        for (RaftRole role : RaftRole.values()) {
            Gauge.builder("muster.raft.role", () -> status.get().role() == role ? 1 : 0)
                    .description("1 at the role that this node has, else 0.")
                    .tag("role", role.name().toLowerCase(Locale.ROOT))
                    .register(registry);
        }
    }

    /** The figure that dashboards for Nacos show: 1 leads, 0 follows, 2 asks for votes. */
    private void nacosAlias(Supplier<RaftStatus> status) {
        Gauge.builder("nacos_monitor", () -> nacosRole(status.get().role()))
                .tag("module", "naming")
                .tag("name", "leaderStatus")
                .register(registry);
    }

    private static int nacosRole(RaftRole role) {
        return switch (role) {
            case FOLLOWER -> 0;
            case LEADER -> 1;
            case CANDIDATE -> 2;
        };
    }

    private void gauge(
            Supplier<RaftStatus> status, String name, String description, ToDoubleFunction<RaftStatus> figure) {
        Gauge.builder(name, () -> figure.applyAsDouble(status.get()))
                .description(description)
                .register(registry);
    }

    @Override
    public void batchStored(int entryCount, long bytes, long appendNanos, long syncNanos) {
        append.record(appendNanos, TimeUnit.NANOSECONDS);
        sync.record(syncNanos, TimeUnit.NANOSECONDS);
        entriesStored.increment(entryCount);
        bytesStored.increment((double) bytes);
    }

    @Override
    public void applied(int entryCount, long nanos) {
        entriesApplied.increment(entryCount);
        apply.record(nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void electionStarted() {
        elections.increment();
    }

    @Override
    public void leaderChanged() {
        leaderChanges.increment();
    }

    @Override
    public void snapshotSaved(long index, long bytes, long nanos) {
        snapshotSave.record(nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void snapshotLoaded(long index, long bytes, long nanos) {
        snapshotLoad.record(nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void snapshotAbandoned() {
        snapshotsAbandoned.increment();
    }

    @Override
    public void writeFailed(WriteFailure why) {
        Counter counter = writeFailures.get(why);
        if (counter != null) {
            counter.increment();
        }
    }

    @Override
    public void listenerFailed() {
        listenerFailures.increment();
    }

    @Override
    public void frameRefused() {
        framesRefused.increment();
    }

    @Override
    public void formatRefused() {
        formatsRefused.increment();
    }

    @Override
    public void entriesDiscarded(long count) {
        entriesDiscarded.increment((double) count);
    }

    @Override
    public void digestMismatch() {
        digestMismatches.increment();
    }

    @Override
    public void forwarded(int count) {
        commandsForwarded.increment(count);
    }

    @Override
    public void voteFailed(NodeId peer) {
        failed("muster.raft.votes.failed", "Requests for a vote that the member refused or did not answer.", peer);
    }

    @Override
    public void beatFailed(NodeId peer) {
        failed("muster.raft.beats.failed", "Heartbeats that the member did not answer before the next one.", peer);
    }

    /** One series a member: a group has a bounded number. */
    private void failed(String name, String description, NodeId peer) {
        Counter.builder(name)
                .description(description)
                .tag("node", peer.toString())
                .register(registry)
                .increment();
    }
}
