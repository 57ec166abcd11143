package io.muster.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How to start a server process: its data directory, port and options. Immutable; each method gives a changed copy.
 *
 * @param prefix of the command, such as one that enters a network namespace
 * @param jar the server's jar
 * @param javaHome of the Java to run it with
 * @param dataDirectory made by the server if it is not there
 * @param port 0 for any free one
 * @param options of {@code muster server}, beside port and data directory
 * @param jvmOptions of {@code java}
 * @param environment added to, or replacing, that of this process; none of our own variables gets through otherwise
 */
public record ServerLauncher(
        List<String> prefix,
        Path jar,
        Path javaHome,
        Path dataDirectory,
        int port,
        List<String> options,
        List<String> jvmOptions,
        Map<String, String> environment) {

    private static final String JAR_PROPERTY = "muster.jar";
    private static final String JAR_IN_TREE = "server-launcher/target/muster.jar";

    public ServerLauncher {
        prefix = List.copyOf(prefix);
        options = List.copyOf(options);
        jvmOptions = List.copyOf(jvmOptions);
        environment = Map.copyOf(environment);
    }

    /** A server on a free port of the loopback, with all defaults, run by this process's Java. */
    public static ServerLauncher in(Path dataDirectory) {
        return new ServerLauncher(
                List.of(),
                jarOfThisTree(),
                Path.of(System.getProperty("java.home")),
                dataDirectory,
                0,
                List.of(),
                List.of("-Xlog:disable", "-Xlog:all=error:stderr"),
                Map.of());
    }

    /** The jar that the property {@code muster.jar} names, or that this working tree has built. */
    public static Path jarOfThisTree() {
        String named = System.getProperty(JAR_PROPERTY);
        if (named != null) {
            return existing(Path.of(named));
        }
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            Path jar = at.resolve(JAR_IN_TREE);
            if (Files.exists(jar)) {
                return jar;
            }
        }
        throw new AssertionError("there is no " + JAR_IN_TREE + " above "
                + Path.of("").toAbsolutePath() + ": build it by 'mvn package -DskipTests'");
    }

    private static Path existing(Path jar) {
        assertThat(jar).as("the server's jar").exists();
        return jar.toAbsolutePath().normalize();
    }

    public ServerLauncher prefix(List<String> newPrefix) {
        return new ServerLauncher(newPrefix, jar, javaHome, dataDirectory, port, options, jvmOptions, environment);
    }

    /** Another version of the server. */
    public ServerLauncher jar(Path newJar) {
        return new ServerLauncher(
                prefix, existing(newJar), javaHome, dataDirectory, port, options, jvmOptions, environment);
    }

    public ServerLauncher port(int newPort) {
        return new ServerLauncher(prefix, jar, javaHome, dataDirectory, newPort, options, jvmOptions, environment);
    }

    public ServerLauncher dataDirectory(Path newDirectory) {
        return new ServerLauncher(prefix, jar, javaHome, newDirectory, port, options, jvmOptions, environment);
    }

    public ServerLauncher javaHome(Path newJavaHome) {
        return new ServerLauncher(prefix, jar, newJavaHome, dataDirectory, port, options, jvmOptions, environment);
    }

    /**
     * Makes the server start quickly and stay small beside others on one machine: no optimising compiler, the simplest
     * collector, and the class archive that the build left beside the jar, if any.
     */
    public ServerLauncher small() {
        Path archive = jar.resolveSibling("muster-" + System.getProperty("java.runtime.version") + ".jsa");
        ServerLauncher small =
                jvmOptions("-Xms32m", "-Xmx256m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:-UsePerfData");
        return Files.exists(archive) ? small.jvmOptions("-XX:SharedArchiveFile=" + archive) : small;
    }

    /** Adds options of {@code muster server}. */
    public ServerLauncher options(String... more) {
        return new ServerLauncher(
                prefix, jar, javaHome, dataDirectory, port, added(options, more), jvmOptions, environment);
    }

    /** Adds options of the JVM. */
    public ServerLauncher jvmOptions(String... more) {
        return new ServerLauncher(
                prefix, jar, javaHome, dataDirectory, port, options, added(jvmOptions, more), environment);
    }

    public ServerLauncher environment(String variable, String value) {
        Map<String, String> more = new TreeMap<>(environment);
        more.put(variable, value);
        return new ServerLauncher(prefix, jar, javaHome, dataDirectory, port, options, jvmOptions, more);
    }

    private static List<String> added(List<String> list, String... more) {
        List<String> all = new ArrayList<>(list);
        all.addAll(List.of(more));
        return all;
    }

    /** Starts the process and does not wait. */
    public ServerProcess start() {
        List<String> arguments = new ArrayList<>(List.of("server", "--port", Integer.toString(port), "--data-dir"));
        arguments.add(dataDirectory.toString());
        arguments.addAll(options);
        return run(arguments);
    }

    /** Starts the process and waits until it is ready. */
    public ServerProcess startReady() {
        ServerProcess process = start();
        try {
            return process.awaitReady();
        } catch (AssertionError | RuntimeException e) {
            process.close();
            throw e;
        }
    }

    /** Runs the jar with exactly these arguments. */
    public ServerProcess run(List<String> arguments) {
        List<String> command = new ArrayList<>(prefix);
        command.add(javaHome.resolve("bin/java").toString());
        command.addAll(jvmOptions);
        command.addAll(List.of("-jar", jar.toString()));
        command.addAll(arguments);
        return process(new ProcessBuilder(command));
    }

    /** Runs a start script with exactly these arguments, with this launcher's Java and environment. */
    public ServerProcess runScript(Path script, Path workingDirectory, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(script.toString());
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).directory(workingDirectory.toFile());
        builder.environment().put("JAVA_HOME", javaHome.toString());
        return process(builder);
    }

    private ServerProcess process(ProcessBuilder builder) {
        builder.environment().keySet().removeIf(variable -> variable.startsWith("MUSTER_"));
        builder.environment().putAll(environment);
        try {
            return new ServerProcess(this, builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
