package io.muster.raft.storage;

import io.muster.raft.DamagedDataException;
import io.muster.raft.StateMachine.SnapshotSink;
import io.muster.raft.UnknownFormatException;
import io.muster.raft.wire.ByteReader;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads one snapshot from disk into a sink, window by window. Anything that is not as it was written is damage: a snapshot was synced before it got its name. */
final class SnapshotReading {

    private static final int WINDOW_BYTES = 1 << 20;

    private final DiskSteps disk;
    private final Checksum checksum;
    private final String file;
    private final Function<SnapshotMeta, SnapshotSink> sinks;

    /** Where the next window begins. */
    private long offset;

    private int link;
    private long chunkCount;
    private boolean ended;
    private @Nullable SnapshotMeta meta;
    private @Nullable SnapshotSink sink;

    /** @param sinks gives the sink once the head is read */
    SnapshotReading(DiskSteps disk, Checksum checksum, String file, Function<SnapshotMeta, SnapshotSink> sinks) {
        this.disk = disk;
        this.checksum = checksum;
        this.file = file;
        this.sinks = sinks;
    }

    /** Reads a file only to see whether it is sound; fails with {@link DamagedDataException} where it is not. */
    static CompletableFuture<SnapshotMeta> check(DiskSteps disk, Checksum checksum, String file) {
        return new SnapshotReading(disk, checksum, file, meta -> new NoSink()).read();
    }

    /** Fails with {@link DamagedDataException} where the file is not sound. */
    CompletableFuture<SnapshotMeta> read() {
        return window(WINDOW_BYTES).thenApply(ignored -> {
            SnapshotMeta read = meta;
            SnapshotSink filled = sink;
            if (read == null || filled == null) {
                throw damaged("it ends before its head");
            }
            try {
                filled.done();
            } catch (IllegalArgumentException e) {
                throw damaged("it is not whole (" + e.getMessage() + ")");
            }
            return read;
        });
    }

    private CompletableFuture<Void> window(int length) {
        return disk.read(file, offset, length).thenCompose(bytes -> {
            int taken = take(bytes);
            if (ended) {
                if (taken < bytes.length) {
                    throw damaged("something follows its end");
                }
                return DiskSteps.nothing();
            }
            offset += taken;
            if (taken > 0) {
                return window(WINDOW_BYTES);
            }
            // Not one frame was whole: either it is longer than the window, or it is not sound.
            int needed = Frame.HEAD_BYTES + Frame.lengthAt(bytes, 0, bytes.length);
            if (bytes.length < length || needed <= length) {
                throw damaged("a chunk is damaged or missing");
            }
            return window(needed);
        });
    }

    /** Takes the whole frames; returns how many bytes they were. */
    private int take(byte[] bytes) {
        int at = 0;
        Optional<Frame> frame = Frame.read(bytes, at, bytes.length, link, checksum);
        while (frame.isPresent() && !ended) {
            take(frame.get().reader(bytes));
            link = frame.get().crc();
            at = frame.get().endOffset();
            frame = Frame.read(bytes, at, bytes.length, link, checksum);
        }
        return at;
    }

    private void take(ByteReader reader) {
        try {
            int kind = reader.getByte();
            SnapshotSink filling = sink;
            if (kind == SnapshotFiles.HEAD && filling == null) {
                SnapshotMeta read = SnapshotMeta.read(reader);
                meta = read;
                sink = sinks.apply(read);
            } else if (kind == SnapshotFiles.CHUNK && filling != null) {
                chunkCount++;
                filling.chunk(reader.getRaw(reader.remaining()));
            } else if (kind == SnapshotFiles.END && filling != null) {
                if (reader.getLong() != chunkCount) {
                    throw reader.malformed("chunks are missing");
                }
                ended = true;
            } else {
                throw reader.malformed("a frame of kind " + kind + " out of place");
            }
        } catch (UnknownFormatException e) {
            throw e.in(file);
        } catch (IllegalArgumentException e) {
            throw damaged("it makes no sense (" + e.getMessage() + ")");
        }
    }

    private DamagedDataException damaged(String what) {
        return new DamagedDataException(file, offset, "the snapshot is damaged: " + what);
    }

    /** Looks at a snapshot without making anything of it. */
    private static final class NoSink implements SnapshotSink {
        @Override
        public void chunk(byte[] bytes) {
            // The frames' checksums were looked at, and that is all that can be.
        }

        @Override
        public void done() {
            // As above.
        }
    }
}
