package io.muster.bench.micro;

import io.muster.member.NodeId;
import io.muster.member.port.FileDisk;
import io.muster.member.port.VertxTime;
import io.muster.raft.RaftConfig;
import io.muster.raft.StateMachine.SnapshotSink;
import io.muster.raft.core.HardState;
import io.muster.raft.core.log.LogEntry;
import io.muster.raft.core.log.Payload;
import io.muster.raft.storage.Checksum;
import io.muster.raft.storage.RaftStorage;
import io.muster.raft.storage.Restorer;
import io.muster.raft.storage.SnapshotMeta;
import io.muster.raft.storage.StorageEvents;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One batch of log entries made durable on a real disk: encoded, written, synced, told back to the engine's thread. Beside it, what the disk
 * takes for a write and a sync of as many bytes in a preallocated file: the difference is ours.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 1, jvmArgsAppend = "-Xmx1g")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class LogAppendBenchmark {

    private static final NodeId NODE = new NodeId(1, 1);
    private static final HardState STATE = new HardState(1, Optional.of(NODE), 0);

    /** About what the registration of a persistent instance takes. */
    private static final int COMMAND_BYTES = 200;

    /** No snapshot is due in the time that the benchmark takes. */
    private static final long DIRECTORY_BYTES_MAX = 16L << 30;

    private static final int RAW_FILE_BYTES = 64 << 20;
    private static final int SECONDS_MAX = 60;

    @Param({"1", "16", "64"})
    public int batchEntries;

    private final Vertx vertx = Vertx.vertx();
    private final Context context = vertx.getOrCreateContext();
    private final VertxTime time = new VertxTime(context);
    private final Path directory;
    private final FileDisk disk;
    private final FileChannel rawFile;
    private final RaftStorage storage;
    private long nextIndex = 1;
    private long rawOffset;

    public LogAppendBenchmark() {
        try {
            directory = Files.createTempDirectory("muster-bench");
            disk = FileDisk.open(directory.resolve("data"), time, "disk");
            rawFile =
                    FileChannel.open(directory.resolve("raw"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            rawFile.write(ByteBuffer.allocate(RAW_FILE_BYTES));
            rawFile.force(true);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        RaftConfig config = RaftConfig.defaults().withDataDirMaxBytes(DIRECTORY_BYTES_MAX);
        storage = new RaftStorage(config, NODE, disk, time, () -> 0, new NoTrouble(), Checksum.CRC32C);
    }

    @Setup
    public void open() {
        onEngineThread(() -> storage.open(new NothingThere()).thenApply(recovered -> 0L));
    }

    @TearDown
    public void removeFiles() throws IOException {
        onEngineThread(() -> {
            storage.stop();
            return CompletableFuture.completedFuture(0L);
        });
        disk.close();
        rawFile.close();
        vertx.close().await();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(file);
            }
        }
    }

    /** Waits for the engine's thread, as no server does: that hop is part of the figure. */
    @Benchmark
    public long append() {
        List<LogEntry> entries = new ArrayList<>(batchEntries);
        for (int i = 0; i < batchEntries; i++) {
            entries.add(new LogEntry(nextIndex++, 1, new Payload.Command(new byte[COMMAND_BYTES])));
        }
        return onEngineThread(() -> {
            CompletableFuture<Long> stored = new CompletableFuture<>();
            storage.append(STATE, entries, (bytes, appendNanos, syncNanos) -> stored.complete(bytes));
            return stored;
        });
    }

    /** The disk alone. */
    @Benchmark
    public long writeAndSync() throws IOException {
        int bytes = batchEntries * (COMMAND_BYTES + 32);
        rawOffset = rawOffset + bytes > RAW_FILE_BYTES ? 0 : rawOffset;
        rawFile.write(ByteBuffer.allocate(bytes), rawOffset);
        rawFile.force(false);
        rawOffset += bytes;
        return rawOffset;
    }

    private interface Step {
        CompletableFuture<Long> run();
    }

    private long onEngineThread(Step step) {
        CompletableFuture<Long> done = new CompletableFuture<>();
        time.execute(() -> step.run().whenComplete((result, failure) -> {
            if (failure == null) {
                done.complete(result);
            } else {
                done.completeExceptionally(failure);
            }
        }));
        return done.orTimeout(SECONDS_MAX, TimeUnit.SECONDS).join();
    }

    /** The directory is new. */
    private static final class NothingThere implements Restorer {
        @Override
        public SnapshotSink snapshot(SnapshotMeta meta) {
            throw new IllegalStateException("a new directory has no snapshot");
        }

        @Override
        public void noSnapshot() {}

        @Override
        public void entry(LogEntry entry) {
            throw new IllegalStateException("a new directory has no entries");
        }

        @Override
        public void committed(long index) {}
    }

    /** Ends the benchmark when the disk fails. */
    private static final class NoTrouble implements StorageEvents {
        @Override
        public void failed(Throwable cause) {
            throw new IllegalStateException("the disk failed", cause);
        }

        @Override
        public void boundReached() {
            throw new IllegalStateException("the directory's bound was reached");
        }

        @Override
        public void roomMade() {}
    }
}
