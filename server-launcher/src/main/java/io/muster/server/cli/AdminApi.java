package io.muster.server.cli;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Collectors;

/** A running server, asked over HTTP. Built on the JDK's oldest client, which starts fastest. */
final class AdminApi {

    private static final int CONNECT_TIMEOUT_MILLIS = 3_000;
    private static final int READ_TIMEOUT_MILLIS = 30_000;

    private final String server;

    /**
     * @param server URL, with or without the path {@code /nacos}
     */
    AdminApi(String server) {
        this.server = server.endsWith("/") ? server.substring(0, server.length() - 1) : server;
    }

    /** Another server, asked in the same way. */
    AdminApi at(String other) {
        return new AdminApi(other);
    }

    /** What a server said. */
    record Answer(int status, String body) {

        boolean ok() {
            return status == HttpURLConnection.HTTP_OK;
        }

        /**
         * @return the body as {@code JsonObject}, {@code JsonArray}, text, number or truth value
         * @throws AdminException if the answer is a failure or no JSON
         */
        Object json() {
            text();
            try {
                return Json.decodeValue(body);
            } catch (DecodeException e) {
                throw AdminException.refused("the server's answer is no JSON: " + body);
            }
        }

        /**
         * @throws AdminException if the answer is a failure
         */
        String text() {
            if (!ok()) {
                throw AdminException.refused("the server answered " + status + ": " + body.strip());
            }
            return body;
        }
    }

    /** Reads; blank parameters are left out. */
    Answer get(String path, Map<String, String> parameters) {
        return ask("GET", path, parameters);
    }

    /** Asks with any method, parameters in the query. */
    Answer ask(String method, String path, Map<String, String> parameters) {
        String query = parameters.entrySet().stream()
                .filter(entry -> !entry.getValue().isBlank())
                .map(entry -> entry.getKey() + "=" + URLEncoder.encode(entry.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        String url = server + path + (query.isEmpty() ? "" : "?" + query);
        try {
            HttpURLConnection connection =
                    (HttpURLConnection) URI.create(url).toURL().openConnection();
            connection.setRequestMethod(method);
            connection.setConnectTimeout(CONNECT_TIMEOUT_MILLIS);
            connection.setReadTimeout(READ_TIMEOUT_MILLIS);
            int status = connection.getResponseCode();
            return new Answer(status, body(connection));
        } catch (IllegalArgumentException | MalformedURLException | ClassCastException e) {
            throw AdminException.usage("'" + server + "' is no http URL");
        } catch (IOException e) {
            throw AdminException.unreachable("no server answers at " + server + ": " + e.getMessage()
                    + "; name another by --server URL or MUSTER_URL");
        }
    }

    private static String body(HttpURLConnection connection) throws IOException {
        try (InputStream stream =
                connection.getErrorStream() != null ? connection.getErrorStream() : connection.getInputStream()) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
