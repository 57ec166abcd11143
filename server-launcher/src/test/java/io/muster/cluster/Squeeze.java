package io.muster.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Holds a process to a fifth of its time: it stands still for 80 of each 100 ms, as under a CPU quota of a container, which throttles all threads at
 * once. By signals, since control groups need rights that few have.
 */
final class Squeeze implements AutoCloseable {

    private final Process shell;
    private final long pid;

    private Squeeze(Process shell, long pid) {
        this.shell = shell;
        this.pid = pid;
    }

    static Squeeze toAFifth(long pid) {
        String loop = "while kill -STOP " + pid + "; do sleep 0.08; kill -CONT " + pid + "; sleep 0.02; done";
        try {
            return new Squeeze(new ProcessBuilder("sh", "-c", loop).start(), pid);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        shell.destroyForcibly();
        shell.onExit().join();
        try {
            new ProcessBuilder("kill", "-CONT", Long.toString(pid))
                    .start()
                    .onExit()
                    .join();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
