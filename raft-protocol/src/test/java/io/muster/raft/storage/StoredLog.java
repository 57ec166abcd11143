package io.muster.raft.storage;

import io.muster.member.ClusterId;
import io.muster.member.NodeId;
import io.muster.raft.RaftConfig;
import io.muster.raft.SmallDirectory;
import io.muster.raft.StateMachine.SnapshotSink;
import io.muster.raft.StateMachine.SnapshotSource;
import io.muster.raft.core.HardState;
import io.muster.raft.core.log.LogEntry;
import io.muster.raft.core.log.Payload;
import io.muster.raft.core.membership.Configuration;
import io.muster.sim.MemoryDisk;
import io.muster.sim.NodeTime;
import io.muster.sim.VirtualTime;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** A storage on a disk in memory, and what a restart of it restores. */
final class StoredLog {

    static final NodeId NODE = new NodeId(7, 7);
    static final Configuration GROUP = new Configuration(new ClusterId(1, 2), List.of(NODE));
    static final String FIRST_SEGMENT = StorageFiles.segment(1);

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final VirtualTime clock = new VirtualTime(0);
    private final MemoryDisk disk;
    private final RaftConfig config;
    private final NodeId node;
    private final Checksum checksum;
    private final List<Throwable> failures = new ArrayList<>();
    private final Replayed replayed = new Replayed();
    private int boundsReached;
    private long stateBytes = 100;
    private RaftStorage storage;
    private NodeTime time;
    private long term = 1;
    private long lastIndex;

    StoredLog(MemoryDisk disk) {
        this(disk, SmallDirectory.ofBytes(2 << 20), NODE, Checksum.CRC32C);
    }

    StoredLog(MemoryDisk disk, RaftConfig config, NodeId node, Checksum checksum) {
        this.disk = disk;
        this.config = config;
        this.node = node;
        this.checksum = checksum;
    }

    /** What the restorer was given: the last snapshot's chunks and the entries that stand. */
    static final class Replayed implements Restorer {
        final List<String> chunks = new ArrayList<>();
        final ArrayDeque<LogEntry> entries = new ArrayDeque<>();
        Optional<SnapshotMeta> snapshot = Optional.empty();
        long committed;

        @Override
        public SnapshotSink snapshot(SnapshotMeta meta) {
            noSnapshot();
            snapshot = Optional.of(meta);
            return new SnapshotSink() {
                @Override
                public void chunk(byte[] bytes) {
                    chunks.add(new String(bytes, StandardCharsets.UTF_8));
                }

                @Override
                public void done() {}
            };
        }

        @Override
        public void noSnapshot() {
            snapshot = Optional.empty();
            chunks.clear();
            entries.clear();
            committed = 0;
        }

        @Override
        public void entry(LogEntry entry) {
            entries.removeIf(each -> each.index() >= entry.index());
            entries.add(entry);
        }

        @Override
        public void endsAt(long index) {
            entries.removeIf(each -> each.index() > index);
        }

        @Override
        public void committed(long index) {
            committed = index;
        }

        List<String> texts() {
            return entries.stream()
                    .map(entry -> entry.index() + ":"
                            + (entry.payload() instanceof Payload.Command command
                                    ? new String(command.bytes(), StandardCharsets.UTF_8)
                                    : entry.payload().getClass().getSimpleName()))
                    .toList();
        }
    }

    /** Opens it; fails as the storage does. */
    Recovered open() {
        Recovered recovered = await(opening());
        clock.runUntilIdle();
        lastIndex = recovered.log().lastIndex();
        term = Math.max(1, recovered.hardState().term());
        return recovered;
    }

    /** Begins to open it, and lets so much time pass. */
    void openFor(Duration time) {
        opening();
        clock.advance(time);
    }

    private CompletableFuture<Recovered> opening() {
        time = clock.node();
        storage = new RaftStorage(config, node, disk.open(time), time, () -> stateBytes, new Events(), checksum);
        return storage.open(replayed);
    }

    /** Stores one batch of commands behind the last entry, and waits until it is durable. */
    StoredLog append(String... commands) {
        await(appending(lastIndex + 1, commands));
        clock.runUntilIdle();
        return this;
    }

    /** Stores one batch that begins at the index, replacing what was there. */
    StoredLog appendAt(long index, String... commands) {
        term++;
        await(appending(index, commands));
        clock.runUntilIdle();
        return this;
    }

    StoredLog vote(long newTerm, NodeId candidate) {
        term = newTerm;
        await(storing(new HardState(term, Optional.of(candidate), 0), List.of()));
        clock.runUntilIdle();
        return this;
    }

    CompletableFuture<Void> appending(long index, String... commands) {
        List<LogEntry> entries = new ArrayList<>();
        for (String command : commands) {
            byte[] bytes = command.getBytes(StandardCharsets.UTF_8);
            entries.add(new LogEntry(index + entries.size(), term, new Payload.Command(bytes)));
        }
        long committed = Math.max(0, index - 1);
        lastIndex = index + commands.length - 1;
        return storing(new HardState(term, Optional.empty(), committed), entries);
    }

    CompletableFuture<Void> storing(HardState state, List<LogEntry> entries) {
        CompletableFuture<Void> stored = new CompletableFuture<>();
        storage.append(state, entries, (bytes, appendNanos, syncNanos) -> stored.complete(null));
        return stored;
    }

    /** Saves a snapshot at the log's end. */
    StoredLog snapshot(String... chunks) {
        await(snapshotting(chunks));
        clock.runUntilIdle();
        return this;
    }

    CompletableFuture<Long> snapshotting(String... chunks) {
        ArrayDeque<String> left = new ArrayDeque<>(Arrays.asList(chunks));
        SnapshotSource source = new SnapshotSource() {
            @Override
            public Optional<byte[]> next() {
                return Optional.ofNullable(left.poll()).map(chunk -> chunk.getBytes(StandardCharsets.UTF_8));
            }

            @Override
            public void close() {
                left.clear();
            }
        };
        return storage.save(new SnapshotMeta(lastIndex, term, GROUP), source);
    }

    <T> T await(CompletableFuture<T> future) {
        clock.runUntil(future::isDone, PATIENCE);
        try {
            return future.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    void kill() {
        time.kill();
        disk.kill();
    }

    void stateBytes(long bytes) {
        stateBytes = bytes;
    }

    Replayed replayed() {
        return replayed;
    }

    RaftStorage storage() {
        return storage;
    }

    VirtualTime clock() {
        return clock;
    }

    long lastIndex() {
        return lastIndex;
    }

    List<Throwable> failures() {
        return failures;
    }

    int boundsReached() {
        return boundsReached;
    }

    private final class Events implements StorageEvents {
        @Override
        public void failed(Throwable cause) {
            failures.add(cause);
        }

        @Override
        public void boundReached() {
            boundsReached++;
        }

        @Override
        public void roomMade() {}
    }
}
