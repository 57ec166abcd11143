package io.muster.server;

import io.muster.server.config.Configuration;
import io.muster.server.config.ProductVersion;
import io.muster.server.config.ServerOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A server in this JVM, on any free port, and a client that asks it. */
public final class TestServer implements AutoCloseable {

    private final HttpClient client = HttpClient.newHttpClient();
    private final MusterServer server;

    private TestServer(MusterServer server) {
        this.server = server;
    }

    /** Starts one; it is ready when this returns. */
    public static TestServer start(Path dataDirectory, String... options) {
        MusterServer server = unstarted(dataDirectory, options);
        server.start();
        return new TestServer(server);
    }

    static MusterServer unstarted(Path dataDirectory, String... options) {
        Configuration configuration = configuration(dataDirectory, options);
        return new MusterServer(configuration.read(), configuration, new ProductVersion("test"));
    }

    static Configuration configuration(Path dataDirectory, String... options) {
        List<String> arguments = new ArrayList<>(List.of("--port=0", "--data-dir=" + dataDirectory));
        arguments.addAll(List.of(options));
        return new Configuration(dataDirectory, Map.of(), Map.of(), ServerOptions.parse(arguments));
    }

    public MusterServer server() {
        return server;
    }

    public String url() {
        return server.url();
    }

    /**
     * @param headers name and value in turn
     */
    public HttpResponse<String> get(String path, String... headers) {
        return ask("GET", path, headers);
    }

    public HttpResponse<String> ask(String method, String path, String... headers) {
        return send(method, path, HttpRequest.BodyPublishers.noBody(), headers);
    }

    /** Sends a JSON body. */
    public HttpResponse<String> tell(String method, String path, String json, String... headers) {
        List<String> all = new ArrayList<>(List.of("Content-Type", "application/json"));
        all.addAll(List.of(headers));
        return send(method, path, HttpRequest.BodyPublishers.ofString(json), all.toArray(String[]::new));
    }

    private HttpResponse<String> send(String method, String path, HttpRequest.BodyPublisher body, String... headers) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(url() + path)).method(method, body);
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    @Override
    public void close() {
        server.stop();
    }
}
