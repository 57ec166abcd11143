package io.muster.bench.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** What the disk itself can do: fdatasyncs a second, one after the other, of a small record each in a preallocated file. */
final class SyncRate {

    private static final int FILE_BYTES = 16 << 20;
    private static final int RECORD_BYTES = 256;
    private static final long MEASURED_NANOS = 2_000_000_000L;

    private SyncRate() {}

    static double perSecond(Path directory) {
        Path file = directory.resolve("sync-rate");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(FILE_BYTES));
            channel.force(true);
            long start = System.nanoTime();
            long syncs = 0;
            while (System.nanoTime() - start < MEASURED_NANOS) {
                channel.write(ByteBuffer.allocate(RECORD_BYTES), syncs * RECORD_BYTES % FILE_BYTES);
                channel.force(false);
                syncs++;
            }
            double perSecond = syncs * 1e9 / (System.nanoTime() - start);
            Files.delete(file);
            return perSecond;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
