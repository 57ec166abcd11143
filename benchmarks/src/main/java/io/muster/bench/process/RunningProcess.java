package io.muster.bench.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A server started for a measurement, in a temporary directory of its own; closing it stops it and deletes the directory.
 *
 * <p>Its log goes to a file in that directory and is shown when the start fails.
 */
public final class RunningProcess implements AutoCloseable {

    private static final int STOP_SECONDS_MAX = 15;

    private final List<String> command;
    private final Process process;
    private final Path directory;
    private final int port;

    private RunningProcess(List<String> command, Process process, Path directory, int port) {
        this.command = command;
        this.process = process;
        this.directory = directory;
        this.port = port;
    }

    /** Root of the checkout, as the commands under {@code benchmarks/bin} name it. */
    public static Path root() {
        return Path.of(System.getProperty("muster.root", ".")).toAbsolutePath().normalize();
    }

    /** A port that was free a moment ago. */
    public static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@code bin/muster server} on a free port with an empty data directory; returns when it says that it is ready. */
    public static RunningProcess muster(String... options) {
        RunningProcess server = startMuster(Map.of(), options);
        server.awaitLine("ready on");
        return server;
    }

    /**
     * Like {@link #muster}, but returns at once.
     *
     * @param environment beside this process's own
     */
    public static RunningProcess startMuster(Map<String, String> environment, String... options) {
        return startMuster(freePort(), environment, options);
    }

    /** The same on a port of the caller's choice. */
    public static RunningProcess startMuster(int port, Map<String, String> environment, String... options) {
        Path directory = temporaryDirectory();
        List<String> command = new ArrayList<>(List.of(
                root().resolve("bin/muster").toString(),
                "server",
                "--port",
                Integer.toString(port),
                "--data-dir",
                directory.resolve("data").toString()));
        command.addAll(List.of(options));
        return start(command, environment, directory, port);
    }

    /** Any command that listens on the port given and prints a line with {@code ready on} when it does. */
    public static RunningProcess command(List<String> command, int port) {
        RunningProcess server = start(command, Map.of(), temporaryDirectory(), port);
        server.awaitLine("ready on");
        return server;
    }

    /**
     * Any command that listens on the port given; returns at once.
     *
     * @param command from the directory that is the process's own
     */
    public static RunningProcess startCommand(Function<Path, List<String>> command, int port) {
        Path directory = temporaryDirectory();
        return start(command.apply(directory), Map.of(), directory, port);
    }

    private static RunningProcess start(
            List<String> command, Map<String, String> environment, Path directory, int port) {
        try {
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(root().toFile())
                    .redirectError(directory.resolve("log").toFile());
            builder.environment().putAll(environment);
            Process process = builder.start();
            RunningProcess running = new RunningProcess(List.copyOf(command), process, directory, port);
            // A tool that is interrupted leaves no server behind.
            Runtime.getRuntime().addShutdownHook(new Thread(running::kill, "stop-" + port));
            return running;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return port;
    }

    public Path dataDirectory() {
        return directory.resolve("data");
    }

    /** The JVM's process id, also where the command is a script that runs it as a child. */
    public long pid() {
        return Stream.concat(Stream.of(process.toHandle()), process.descendants())
                .filter(RunningProcess::isJvm)
                .findFirst()
                .orElse(process.toHandle())
                .pid();
    }

    /** The JVM's flags as they stand on its command line, the class data archive left out: it belongs to one class path. */
    public List<String> jvmFlags() {
        List<String> flags = new ArrayList<>();
        for (String argument : commandLine(pid())) {
            boolean archive = argument.startsWith("-XX:SharedArchiveFile") || argument.startsWith("-Xshare");
            if (argument.equals("-jar") || argument.equals("-cp") || argument.equals("--class-path")) {
                break;
            }
            if (argument.startsWith("-") && !archive) {
                flags.add(argument);
            }
        }
        return List.copyOf(flags);
    }

    /** Waits for a line of standard output that contains the text. */
    public String awaitLine(String text) {
        BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        try {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                if (line.contains(text)) {
                    return line;
                }
            }
            throw new IllegalStateException(
                    "ended before it said '" + text + "':\n" + Files.readString(directory.resolve("log")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Ends the process and keeps its directory for {@link #again}.
     *
     * @param abruptly by SIGKILL instead of SIGTERM
     */
    public void end(boolean abruptly) throws InterruptedException {
        if (abruptly) {
            kill();
        } else {
            family().forEach(ProcessHandle::destroy);
        }
        if (!process.waitFor(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
            throw new IllegalStateException("still there " + STOP_SECONDS_MAX + " s after it was told to end");
        }
    }

    /** The same command in the same directory, which is the new one's to delete; returns at once. This one must have ended. */
    public RunningProcess again() {
        return start(command, Map.of("MUSTER_NO_BUILD", "1"), directory, port);
    }

    @Override
    public void close() {
        try {
            family().forEach(ProcessHandle::destroy);
            if (!process.waitFor(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
                kill();
            }
            deleteAll(directory);
        } catch (InterruptedException e) {
            kill();
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void kill() {
        family().forEach(ProcessHandle::destroyForcibly);
    }

    private List<ProcessHandle> family() {
        return Stream.concat(process.descendants(), Stream.of(process.toHandle()))
                .toList();
    }

    private static boolean isJvm(ProcessHandle handle) {
        return handle.info().command().filter(path -> path.endsWith("/java")).isPresent();
    }

    private static List<String> commandLine(long pid) {
        try {
            return List.of(Files.readString(Path.of("/proc", Long.toString(pid), "cmdline"))
                    .split("\0"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path temporaryDirectory() {
        try {
            return Files.createTempDirectory("muster-bench");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void deleteAll(Path directory) throws IOException {
        List<Path> deepestFirst;
        try (Stream<Path> files = Files.walk(directory)) {
            deepestFirst = files.sorted((a, b) -> b.compareTo(a)).toList();
        }
        for (Path file : deepestFirst) {
            Files.deleteIfExists(file);
        }
    }
}
