package io.muster.server;

import io.muster.server.cli.ExitCode;
import io.muster.server.config.Configuration;
import io.muster.server.config.ServerOptions;
import io.muster.server.log.ProcessLog;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * {@code muster rehearse}: starts a server in a directory of its own, has it do a bit of everything, and stops it. The start script runs this once for
 * each jar and Java while the JVM writes down which classes were loaded (class data sharing); later starts then find them ready.
 */
final class Rehearsal {

    /** Method and path of each request. */
    private static final List<List<String>> REQUESTS = List.of(
            List.of("GET", "/readyz?verbose"),
            List.of("POST", "/nacos/v1/ns/instance?serviceName=rehearsal&ip=10.0.0.1&port=80&metadata=a%3Db"),
            List.of("PUT", "/nacos/v1/ns/instance/beat?serviceName=rehearsal&ip=10.0.0.1&port=80"),
            List.of("GET", "/nacos/v1/ns/instance/list?serviceName=rehearsal"),
            List.of("POST", "/nacos/v1/ns/instance?serviceName=rehearsal&ip=10.0.0.2&port=80&ephemeral=false"),
            List.of("GET", "/nacos/v1/ns/service/list?pageNo=1&pageSize=10"),
            List.of("GET", "/nacos/v1/ns/operator/metrics"),
            List.of("GET", "/nacos/v1/ns/raft/state"),
            List.of("GET", "/metrics"),
            List.of("DELETE", "/nacos/v1/ns/instance?serviceName=rehearsal&ip=10.0.0.1&port=80"));

    private Rehearsal() {}

    /** Blocks until the rehearsal is over; for the main thread. */
    static ExitCode run() {
        try {
            Path directory = Files.createTempDirectory("muster-rehearsal");
            try {
                rehearse(directory);
            } finally {
                delete(directory);
            }
            return ExitCode.OK;
        } catch (IOException | ServerFailure e) {
            System.err.println("muster: the rehearsal failed: " + e);
            return ExitCode.FAILED;
        } finally {
            ProcessLog.stop();
        }
    }

    private static void rehearse(Path directory) throws IOException {
        ServerOptions options = ServerOptions.parse(
                List.of("--port=0", "--lookup=standalone", "--data-dir=" + directory.resolve("data")));
        MusterServer server = ServerCommand.launch(new Configuration(directory, Map.of(), Map.of(), options));
        try {
            for (List<String> request : REQUESTS) {
                send(request.get(0), server.url() + request.get(1));
            }
        } finally {
            server.stop();
        }
    }

    private static void send(String method, String url) throws IOException {
        HttpURLConnection connection =
                (HttpURLConnection) URI.create(url).toURL().openConnection();
        connection.setRequestMethod(method);
        connection.getResponseCode();
        connection.disconnect();
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
