package io.muster.raft.storage;

import io.muster.member.NodeId;
import io.muster.raft.StateMachine.SnapshotSource;
import io.muster.raft.wire.ByteWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The snapshots on disk: written chunk by chunk to a temporary file, then synced, renamed, and the name synced, so that a snapshot is there
 * whole or not at all. Two are kept where the directory's bound allows it: should the newest one rot, the older one and the log behind it still
 * hold everything.
 */
final class SnapshotFiles {

    /** Each frame of a snapshot begins with one of these. */
    static final int HEAD = 1;

    static final int CHUNK = 2;
    static final int END = 3;

    /** While a snapshot is written, log batches wait behind its syncs; each covers no more than this. */
    private static final long SYNC_BYTES = 4 << 20;

    private final DiskSteps disk;
    private final NodeId node;
    private final Checksum checksum;
    private final DirectoryBudget budget;

    /** Indices of the snapshots that are there, oldest first. */
    private final List<Long> kept = new ArrayList<>();

    private boolean stopped;
    private boolean saving;

    /** What the kept snapshots stand for, where that is known. */
    private final TreeMap<Long, SnapshotMeta> metas = new TreeMap<>();

    /** Length of the newest snapshot. */
    private long newestBytes;

    /** Whose last piece was read: who asks for its beginning then may have found it damaged. */
    private OptionalLong handedOut = OptionalLong.empty();

    SnapshotFiles(DiskSteps disk, NodeId node, Checksum checksum, DirectoryBudget budget) {
        this.disk = disk;
        this.node = node;
        this.checksum = checksum;
        this.budget = budget;
    }

    /** What a kept snapshot stands for, as recovery has read. */
    void standsFor(SnapshotMeta meta) {
        metas.put(meta.index(), meta);
    }

    /** A snapshot that was received has taken its name. */
    void installed(SnapshotMeta meta, long length) {
        kept.remove(meta.index());
        found(meta.index(), length);
        standsFor(meta);
    }

    /**
     * A piece of a kept snapshot; empty if there is none of that index, or it ends before the offset. One that is begun again after it was read to its end
     * is looked at first, since its receiver tells nobody why it refused it: fails with a {@link io.muster.raft.DamagedDataException} if it has rotted, and
     * it counts as gone from then on.
     */
    CompletableFuture<Optional<SnapshotPiece>> piece(long index, long offset, int bytesMax) {
        if (!metas.containsKey(index)) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        boolean again = offset == 0 && handedOut.equals(OptionalLong.of(index));
        if (!again) {
            return readPiece(index, offset, bytesMax);
        }
        handedOut = OptionalLong.empty();
        return SnapshotReading.check(disk, checksum, StorageFiles.snapshot(index))
                .handle((ignored, error) -> checked(index, bytesMax, error))
                .thenCompose(piece -> piece);
    }

    private CompletableFuture<Optional<SnapshotPiece>> checked(long index, int bytesMax, @Nullable Throwable error) {
        if (error == null || !metas.containsKey(index)) {
            // It may have been deleted while it was read.
            return readPiece(index, 0, bytesMax);
        }
        metas.remove(index);
        return CompletableFuture.failedFuture(DiskSteps.cause(error));
    }

    private CompletableFuture<Optional<SnapshotPiece>> readPiece(long index, long offset, int bytesMax) {
        SnapshotMeta meta = metas.get(index);
        long length = budget.lengthOf(StorageFiles.snapshot(index));
        if (meta == null || offset >= length) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        return disk.read(StorageFiles.snapshot(index), offset, bytesMax).thenApply(bytes -> {
            boolean last = offset + bytes.length >= length;
            if (last) {
                handedOut = OptionalLong.of(index);
            }
            return bytes.length == 0
                    ? Optional.empty()
                    : Optional.of(new SnapshotPiece(meta.head(), offset, bytes, last));
        });
    }

    /** A snapshot that recovery found; oldest first. */
    void found(long index, long length) {
        kept.add(index);
        newestBytes = length;
        budget.set(StorageFiles.snapshot(index), length);
    }

    boolean has(long index) {
        return metas.containsKey(index);
    }

    boolean saving() {
        return saving;
    }

    long newestBytes() {
        return newestBytes;
    }

    Optional<Long> oldestKept() {
        return kept.isEmpty() ? Optional.empty() : Optional.of(kept.get(0));
    }

    int keptCount() {
        return kept.size();
    }

    /**
     * Saves a snapshot.
     *
     * @param bytesExpected counts against the directory's bound until the true length is known
     * @return its length; fails with a {@link io.muster.member.port.DiskException}, and then leaves nothing behind
     */
    CompletableFuture<Long> save(SnapshotMeta meta, SnapshotSource source, long bytesExpected) {
        saving = true;
        budget.set(StorageFiles.SNAPSHOT_TEMPORARY, bytesExpected);
        Writing writing = new Writing(source);
        return disk.delete(StorageFiles.SNAPSHOT_TEMPORARY)
                .thenCompose(ignored -> writing.head(meta))
                .thenCompose(ignored -> writing.chunks())
                .thenCompose(ignored -> disk.sync(StorageFiles.SNAPSHOT_TEMPORARY))
                .thenCompose(ignored -> unlessStopped())
                .thenCompose(
                        ignored -> disk.rename(StorageFiles.SNAPSHOT_TEMPORARY, StorageFiles.snapshot(meta.index())))
                .thenCompose(ignored -> disk.syncDirectory(StorageFiles.DIRECTORY))
                .handle((ignored, error) -> ended(meta, writing, error))
                .thenCompose(length -> length);
    }

    private CompletableFuture<Long> ended(SnapshotMeta meta, Writing writing, @Nullable Throwable error) {
        writing.source.close();
        budget.remove(StorageFiles.SNAPSHOT_TEMPORARY);
        saving = false;
        if (error != null) {
            return disk.delete(StorageFiles.SNAPSHOT_TEMPORARY)
                    .handle((ignored, second) -> CompletableFuture.<Long>failedFuture(DiskSteps.cause(error)))
                    .thenCompose(failed -> failed);
        }
        kept.remove(meta.index());
        kept.add(meta.index());
        newestBytes = writing.offset;
        standsFor(meta);
        budget.set(StorageFiles.snapshot(meta.index()), writing.offset);
        return CompletableFuture.completedFuture(writing.offset);
    }

    /** Gives up the snapshot that is being saved: what it would hold is in doubt, or nobody waits for it any more. */
    void stop() {
        stopped = true;
    }

    private CompletableFuture<Void> unlessStopped() {
        return stopped ? CompletableFuture.failedFuture(new CancellationException("stopped")) : DiskSteps.nothing();
    }

    /** Deletes the oldest snapshots but so many; names are synced by whoever deletes more. */
    CompletableFuture<Void> keepNewest(int count) {
        return keepNewest(count, OptionalLong.empty());
    }

    /**
     * The same, and keeps one beside those.
     *
     * @param alsoKept which one; counts only if it is an older one
     */
    CompletableFuture<Void> keepNewest(int count, OptionalLong alsoKept) {
        CompletableFuture<Void> deleted = DiskSteps.nothing();
        List<Long> old = new ArrayList<>(kept.subList(0, Math.max(0, kept.size() - count)));
        old.removeIf(index -> alsoKept.equals(OptionalLong.of(index)));
        for (long index : old) {
            kept.remove(index);
            metas.remove(index);
            String file = StorageFiles.snapshot(index);
            budget.remove(file);
            deleted = disk.delete(file);
        }
        return deleted;
    }

    /** One snapshot on its way to disk; one write at a time. */
    private final class Writing {
        private final SnapshotSource source;
        private long offset;
        private long syncedOffset;
        private int link;
        private long chunkCount;

        Writing(SnapshotSource source) {
            this.source = source;
        }

        CompletableFuture<Void> head(SnapshotMeta meta) {
            ByteWriter writer = new ByteWriter(Frame.HEAD_BYTES + 1 + meta.size());
            link = Frame.write(writer, link, checksum, content -> {
                content.putByte(HEAD);
                meta.write(node, content);
            });
            return write(writer);
        }

        CompletableFuture<Void> chunks() {
            Optional<byte[]> chunk = source.next();
            if (chunk.isEmpty()) {
                ByteWriter writer = new ByteWriter(Frame.HEAD_BYTES + 1 + Long.BYTES);
                link = Frame.write(
                        writer, link, checksum, content -> content.putByte(END).putLong(chunkCount));
                return write(writer);
            }
            chunkCount++;
            byte[] bytes = chunk.get();
            ByteWriter writer = new ByteWriter(Frame.HEAD_BYTES + 1 + bytes.length);
            link = Frame.write(
                    writer, link, checksum, content -> content.putByte(CHUNK).putRaw(bytes));
            return write(writer)
                    .thenCompose(ignored -> syncNowAndThen())
                    .thenCompose(ignored -> unlessStopped())
                    .thenCompose(ignored -> chunks());
        }

        private CompletableFuture<Void> syncNowAndThen() {
            if (offset - syncedOffset < SYNC_BYTES) {
                return DiskSteps.nothing();
            }
            syncedOffset = offset;
            return disk.sync(StorageFiles.SNAPSHOT_TEMPORARY);
        }

        private CompletableFuture<Void> write(ByteWriter writer) {
            byte[] bytes = writer.toBytes();
            long at = offset;
            offset += bytes.length;
            return disk.write(StorageFiles.SNAPSHOT_TEMPORARY, at, bytes);
        }
    }
}
