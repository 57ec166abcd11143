package io.muster.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** What a process writes to one of its streams, read by a thread of its own as it comes. */
final class CapturedOutput {

    /** What comes after that is read and forgotten, so that a server that floods its log costs the test a constant. */
    private static final int BYTES_MAX = 64 * 1024 * 1024;

    private static final Duration END_WITHIN = Duration.ofSeconds(10);

    /** Synchronized in itself. */
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    private final Thread reader;

    private CapturedOutput(InputStream stream, String name) {
        reader = new Thread(() -> copy(stream), name);
        reader.setDaemon(true);
    }

    static CapturedOutput of(InputStream stream, String name) {
        CapturedOutput output = new CapturedOutput(stream, name);
        output.reader.start();
        return output;
    }

    private void copy(InputStream stream) {
        byte[] buffer = new byte[4096];
        try (stream) {
            for (int length = stream.read(buffer); length >= 0; length = stream.read(buffer)) {
                bytes.write(buffer, 0, Math.min(length, Math.max(0, BYTES_MAX - bytes.size())));
            }
        } catch (IOException e) {
            bytes.writeBytes(("(reading ended: " + e + ")\n").getBytes(StandardCharsets.UTF_8));
        }
    }

    String text() {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /** Waits until all was read; call it when the process has ended. */
    void awaitEnd() {
        try {
            reader.join(END_WITHIN.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while reading the output of a process", e);
        }
    }
}
