package io.muster.acceptance;

import io.muster.testkit.ServerLauncher;
import java.nio.file.Path;

/**
 * Servers that start often and do little: compiled lightly, with small log segments that copy quickly and fill soon.
 */
final class ShortLived {

    /** Of the log; half of it is the largest batch. */
    private static final long SEGMENT_BYTES = 128 << 10;

    /** The bound on the data directory of which a 128th is that. */
    private static final long DATA_DIRECTORY_BYTES = 128 * SEGMENT_BYTES;

    private ShortLived() {}

    static ServerLauncher in(Path dataDirectory) {
        return ServerLauncher.in(dataDirectory)
                .jvmOptions("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
                .options("--server.data-dir-max-bytes=" + DATA_DIRECTORY_BYTES);
    }
}
