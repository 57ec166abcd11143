package io.muster.compatibility;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A Java program with this test's class path in a process of its own, which can be killed as a process dies in the
 * field.
 */
final class ClientProcess implements AutoCloseable {

    /** A JVM with a Nacos client is up within two seconds on an idle machine, and within many on a busy one. */
    private static final Duration STARTED = Duration.ofSeconds(60);

    private final Process process;
    private final Path output;

    private ClientProcess(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    /** Starts a main class; {@code more} comes before this test's class path. */
    static ClientProcess start(Path output, List<Path> more, String mainClass, String... arguments) throws IOException {
        List<String> classPath =
                new ArrayList<>(more.stream().map(Path::toString).toList());
        classPath.add(System.getProperty("java.class.path"));
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:TieredStopAtLevel=1",
                "-Duser.home=" + System.getProperty("user.home"),
                "-cp",
                String.join(System.getProperty("path.separator"), classPath),
                mainClass));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        return new ClientProcess(process, output);
    }

    ClientProcess awaitLine(String line) {
        await(line).atMost(STARTED).until(() -> {
            if (!process.isAlive() && !output().contains(line)) {
                throw new IllegalStateException("it ended with " + process.exitValue() + ": " + output());
            }
            return output().lines().anyMatch(line::equals);
        });
        return this;
    }

    String output() throws IOException {
        return Files.readString(output);
    }

    /** Waits for the end, and gives the exit code. */
    int awaitExit() throws InterruptedException {
        if (!process.waitFor(STARTED.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new IllegalStateException("still running");
        }
        return process.exitValue();
    }

    /** {@code kill -9}: no goodbye to the server. */
    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
