package io.muster.testkit.lifeline;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.util.ArrayList;
import java.util.List;

/**
 * A command that runs when this process ends without having released it, even by SIGKILL: a shell waits on a pipe from
 * this process, and whose other end is closed by the system. Released by {@link #close}; any thread may do that, more
 * than once.
 */
public final class Lifeline implements AutoCloseable {

    /** A signal to the whole process group, such as Ctrl-C, must not end the shell before the pipe does. */
    private static final String WAIT = "trap '' INT HUP TERM; read -r released || exec \"$@\"";

    private final Process shell;

    private Lifeline(Process shell) {
        this.shell = shell;
    }

    /** Runs this command unless released. */
    public static Lifeline orElse(String... command) {
        List<String> line = new ArrayList<>(List.of("sh", "-c", WAIT, "lifeline"));
        line.addAll(List.of(command));
        try {
            return new Lifeline(new ProcessBuilder(line)
                    .redirectOutput(Redirect.DISCARD)
                    .redirectError(Redirect.DISCARD)
                    .start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Kills this process unless released. */
    public static Lifeline orKill(long pid) {
        return orElse("kill", "-KILL", Long.toString(pid));
    }

    @Override
    public void close() {
        try (OutputStream pipe = shell.getOutputStream()) {
            pipe.write('\n');
        } catch (IOException e) {
            // released before
        }
    }
}
