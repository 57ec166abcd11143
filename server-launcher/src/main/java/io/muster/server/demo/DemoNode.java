package io.muster.server.demo;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One of the demo's servers: a process of its own on loopback, with a data directory of its own. */
final class DemoNode {

    private static final int CONNECT_MILLIS_MAX = 1_000;
    private static final int ANSWER_MILLIS_MAX = 6_000;
    private static final long END_SECONDS_MAX = 12;

    private final String name;
    private final int port;
    private final int peerPort;
    private final Path directory;

    /** Null before the first start. */
    private @Nullable Process process;

    /** What a node answered; status 0 if it did not. */
    record Answer(int status, String body) {

        private static final Answer NONE = new Answer(0, "no answer");

        boolean ok() {
            return status == HttpURLConnection.HTTP_OK;
        }
    }

    DemoNode(String name, int port, int peerPort, Path directory) {
        this.name = name;
        this.port = port;
        this.peerPort = peerPort;
        this.directory = directory;
    }

    String name() {
        return name;
    }

    /** As lists name it. */
    String address() {
        return "127.0.0.1:" + port;
    }

    /** As a line of a member list. */
    String line() {
        return address() + "?peer_port=" + peerPort;
    }

    /**
     * Starts it, or starts it again with the data that it had.
     *
     * @param java command and options that run this program's jar
     * @param members of all nodes
     */
    void start(List<String> java, String members) throws IOException {
        List<String> command = new ArrayList<>(java);
        command.addAll(List.of(
                "server",
                "--port=" + port,
                "--peer-port=" + peerPort,
                "--members=" + members,
                "--data-dir=" + directory.resolve(name)));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve(name + ".log").toFile()));
        builder.environment().keySet().removeIf(DemoNode::configures);
        process = builder.start();
    }

    /** The demo's servers go by the demo's options alone. */
    private static boolean configures(String variable) {
        return variable.startsWith("MUSTER_")
                || variable.startsWith("NACOS_")
                || variable.toLowerCase(Locale.ROOT).startsWith("address_server");
    }

    boolean runs() {
        Process current = process;
        return current != null && current.isAlive();
    }

    /** Ends it without a word, as a crash does. */
    void kill() {
        Process current = process;
        if (current != null) {
            current.destroyForcibly();
            awaitEnd(current);
        }
    }

    /** Ends it in order; kills it if that takes too long. */
    void stop() {
        Process current = process;
        if (current != null) {
            current.destroy();
            if (!awaitEnd(current)) {
                kill();
            }
        }
    }

    private static boolean awaitEnd(Process ending) {
        try {
            return ending.waitFor(END_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    Answer get(String path) {
        return ask("GET", path);
    }

    /** Asks; a node that does not answer is nothing unusual here. */
    Answer ask(String method, String path) {
        try {
            HttpURLConnection connection = (HttpURLConnection)
                    URI.create("http://" + address() + path).toURL().openConnection();
            connection.setRequestMethod(method);
            connection.setConnectTimeout(CONNECT_MILLIS_MAX);
            connection.setReadTimeout(ANSWER_MILLIS_MAX);
            int status = connection.getResponseCode();
            try (InputStream stream =
                    connection.getErrorStream() != null ? connection.getErrorStream() : connection.getInputStream()) {
                return new Answer(status, new String(stream.readAllBytes(), StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            return Answer.NONE;
        }
    }
}
