package io.muster.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.muster.testkit.lifeline.Lifeline;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One server as a process of its own: {@code java -jar muster.jar server}. Close it, or the test leaves a process
 * behind.
 *
 * <p>Should the test's process die, a {@link Lifeline} kills this one. What it wrote is kept and shown whenever
 * something that a test waits for does not happen.
 */
public final class ServerProcess implements AutoCloseable {

    /** Generous, since test machines are slow and busy; a start takes about a second. */
    private static final Duration READY_WITHIN = Duration.ofSeconds(60);

    /** SIGTERM promises an end within 10 s. */
    private static final Duration EXIT_WITHIN = Duration.ofSeconds(30);

    private static final Pattern READY =
            Pattern.compile("^muster \\S+ ready on (http://\\S+:(\\d+)) \\(.*\\) in \\d+\\.\\d s$", Pattern.MULTILINE);

    private final ServerLauncher launcher;
    private final Process process;
    private final CapturedOutput stdout;
    private final CapturedOutput stderr;

    ServerProcess(ServerLauncher launcher, Process process) {
        this.launcher = launcher;
        this.process = process;
        Lifeline lifeline = Lifeline.orKill(process.pid());
        process.onExit().thenRun(lifeline::close);
        this.stdout = CapturedOutput.of(process.getInputStream(), "stdout of " + process.pid());
        this.stderr = CapturedOutput.of(process.getErrorStream(), "stderr of " + process.pid());
    }

    /** Waits for the ready line. */
    public ServerProcess awaitReady() {
        assertThat(becomesReady()).as("the server is ready: %s", this).isTrue();
        return this;
    }

    /** Waits for the ready line, or for an end before it. */
    boolean becomesReady() {
        await("the ready line")
                .atMost(READY_WITHIN)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> isReady() || !process.isAlive());
        return isReady();
    }

    /** Whether it has said that it is ready. */
    public boolean isReady() {
        return READY.matcher(stdout.text()).find();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public long pid() {
        return process.pid();
    }

    /** How it ended; empty while it runs. */
    public OptionalInt exitCode() {
        return process.isAlive() ? OptionalInt.empty() : OptionalInt.of(process.exitValue());
    }

    /** The port that the ready line names. */
    public int port() {
        return Integer.parseInt(ready().group(2));
    }

    /** {@code http://HOST:PORT} as the ready line names it. */
    public String url() {
        return ready().group(1);
    }

    /** A URL on this server. */
    public URI uri(String path) {
        return URI.create(url() + path);
    }

    private Matcher ready() {
        Matcher matcher = READY.matcher(stdout.text());
        assertThat(matcher.find())
                .as("the server has said that it is ready: %s", this)
                .isTrue();
        return matcher;
    }

    /** All that it wrote to standard output so far. */
    public String stdout() {
        return stdout.text();
    }

    /** All that it wrote to standard error, that is the log, so far. */
    public String stderr() {
        return stderr.text();
    }

    /** SIGTERM; does not wait. By the handle, since {@link Process#destroy} would close the streams, too. */
    public void signalTerm() {
        process.toHandle().destroy();
    }

    /**
     * SIGTERM, and waits for the end.
     *
     * @return the exit code
     */
    public int terminate() {
        signalTerm();
        return awaitExit();
    }

    /** SIGKILL, and waits for the end. */
    public void kill() {
        process.toHandle().destroyForcibly();
        awaitExit();
    }

    /** Sends any signal by the shell's {@code kill}, e.g. {@code STOP} or {@code CONT}. */
    public void signal(String name) {
        try {
            Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(pid())).start();
            assertThat(kill.waitFor()).as("kill -%s", name).isZero();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while sending a signal", e);
        }
    }

    /**
     * Waits for the end.
     *
     * @return the exit code
     */
    public int awaitExit() {
        try {
            boolean ended = process.waitFor(EXIT_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
            assertThat(ended)
                    .as("the server ends within %s: %s", EXIT_WITHIN, this)
                    .isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for " + this, e);
        }
        stdout.awaitEnd();
        stderr.awaitEnd();
        return process.exitValue();
    }

    /**
     * Starts another process with the same options and data directory on the same port, and waits until it is ready.
     * This one must have ended.
     */
    public ServerProcess restart() {
        assertThat(process.isAlive()).as("the process before has ended").isFalse();
        return launcher.port(port()).start().awaitReady();
    }

    /** Ends the process at once, if it still runs. */
    @Override
    public void close() {
        if (process.isAlive()) {
            kill();
        }
    }

    /** State and output, for failure messages. */
    @Override
    public String toString() {
        String state = process.isAlive() ? "runs" : "ended with exit code " + process.exitValue();
        return "server process " + pid() + " " + state + "\n--- stdout\n" + stdout.text() + "--- stderr\n"
                + stderr.text();
    }
}
