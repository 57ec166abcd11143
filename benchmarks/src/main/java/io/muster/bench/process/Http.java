package io.muster.bench.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/** Single requests to a server on this machine, for preparing and checking, not for load. */
public final class Http {

    private static final Duration ANSWER_TIME_MAX = Duration.ofSeconds(10);

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final int port;

    public Http(int port) {
        this.port = port;
    }

    /** The answer, whatever its status. */
    public HttpResponse<byte[]> request(String method, String path) {
        return request(method, path, HttpRequest.BodyPublishers.noBody());
    }

    /** The body of the answer to a POST that must be a 200. */
    public String post(String path, String body) {
        return successful("POST", path, request("POST", path, HttpRequest.BodyPublishers.ofString(body)));
    }

    private HttpResponse<byte[]> request(String method, String path, HttpRequest.BodyPublisher body) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(ANSWER_TIME_MAX)
                .header("User-Agent", "Nacos-Java-Client:v1.4.8")
                .method(method, body)
                .build();
        try {
            return client.send(request, HttpResponse.BodyHandlers.ofByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** The body of an answer that must be a 200. */
    public String body(String method, String path) {
        return successful(method, path, request(method, path));
    }

    private static String successful(String method, String path, HttpResponse<byte[]> response) {
        String body = new String(response.body(), StandardCharsets.UTF_8);
        if (response.statusCode() != 200) {
            throw new IllegalStateException(method + " " + path + ": " + response.statusCode() + " " + body);
        }
        return body;
    }

    /** Whether the request is answered with 200 now; no connection counts as no. */
    public boolean accepted(String method, String path) {
        try {
            return request(method, path).statusCode() == 200;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    /** Sum over all series of a meter of the server, e.g. {@code muster_raft_fsync_seconds_count}; empty if there is none. */
    public Optional<Double> meter(String name) {
        return meter(name, "");
    }

    /** The same of those series that bear a tag, given as {@code name="value"}. */
    public Optional<Double> meter(String name, String tag) {
        return body("GET", "/metrics")
                .lines()
                .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .filter(line -> line.contains(tag))
                .map(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .reduce(Double::sum);
    }
}
