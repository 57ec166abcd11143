package io.muster.server.cli;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** A running server, asked over HTTP. Built on the JDK's oldest client, which starts fastest. */
final class AdminApi {

    private static final int CONNECT_TIMEOUT_MILLIS = 3_000;
    private static final int READ_TIMEOUT_MILLIS = 30_000;

    /** For one of many members that are asked: one that stands still must not keep the answers of the others back. */
    private static final int MEMBER_TIMEOUT_MILLIS = 3_000;

    /** A stream gives a sign of life every 30 s. */
    private static final int SILENCE_MILLIS = 90_000;

    private static final long RETRY_MILLIS = 500;

    private final String server;
    private final int readTimeoutMillis;

    /**
     * @param server URL, with or without the path {@code /nacos}
     */
    AdminApi(String server) {
        this(server, READ_TIMEOUT_MILLIS);
    }

    private AdminApi(String server, int readTimeoutMillis) {
        this.server = server.endsWith("/") ? server.substring(0, server.length() - 1) : server;
        this.readTimeoutMillis = readTimeoutMillis;
    }

    /** Another server, asked in the same way, but less patiently: one of many. */
    AdminApi at(String other) {
        return new AdminApi(other, MEMBER_TIMEOUT_MILLIS);
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
        Map<String, String> given = new LinkedHashMap<>(parameters);
        given.values().removeIf(String::isBlank);
        return ask("GET", path, given);
    }

    /** Asks with any method, parameters in the query, blank ones too: they may be what is to be set. */
    Answer ask(String method, String path, Map<String, String> parameters) {
        return exchange(() -> {
            HttpURLConnection connection = open(path, parameters);
            connection.setRequestMethod(method);
            return new Answer(connection.getResponseCode(), body(connection));
        });
    }

    /**
     * Reads events as they happen, and goes on where it was when the connection ends.
     *
     * @param events hears of each: its kind, and its data as one line of JSON
     * @throws AdminException if the server refuses, or there is none any more; there is no other end
     */
    void follow(String path, Map<String, String> parameters, BiConsumer<String, String> events) {
        String[] last = {""};
        while (true) {
            exchange(() -> {
                HttpURLConnection connection = open(path, parameters);
                connection.setRequestProperty("Accept", "text/event-stream");
                connection.setReadTimeout(SILENCE_MILLIS);
                if (!last[0].isEmpty()) {
                    connection.setRequestProperty("Last-Event-ID", last[0]);
                }
                int status = connection.getResponseCode();
                if (status != HttpURLConnection.HTTP_OK) {
                    return new Answer(status, body(connection)).text();
                }
                read(connection, id -> last[0] = id, events);
                return "";
            });
            pause();
        }
    }

    /** So that whatever ends streams at once is not asked without end. */
    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw AdminException.unreachable("interrupted");
        }
    }

    /** Until the stream ends; a connection that breaks is an end like any other. */
    private static void read(HttpURLConnection connection, Consumer<String> ids, BiConsumer<String, String> events)
            throws IOException {
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8))) {
            String id = "";
            String kind = "";
            String data = "";
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                if (line.startsWith("id: ")) {
                    id = line.substring("id: ".length());
                } else if (line.startsWith("event: ")) {
                    kind = line.substring("event: ".length());
                } else if (line.startsWith("data: ")) {
                    data = line.substring("data: ".length());
                } else if (line.isEmpty() && !data.isEmpty()) {
                    // Not before the event is whole: one that breaks off half-way comes again.
                    events.accept(kind, data);
                    ids.accept(id);
                    data = "";
                }
            }
        } catch (IOException broken) {
            // Connecting anew tells whether the server is there.
        }
    }

    private HttpURLConnection open(String path, Map<String, String> parameters) throws IOException {
        String query = parameters.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + URLEncoder.encode(entry.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        String url = server + path + (query.isEmpty() ? "" : "?" + query);
        try {
            HttpURLConnection connection =
                    (HttpURLConnection) URI.create(url).toURL().openConnection();
            connection.setConnectTimeout(CONNECT_TIMEOUT_MILLIS);
            connection.setReadTimeout(readTimeoutMillis);
            return connection;
        } catch (IllegalArgumentException | MalformedURLException | ClassCastException e) {
            throw AdminException.usage("'" + server + "' is no http URL");
        }
    }

    /** One request and its answer. */
    @FunctionalInterface
    private interface Exchange<T> {
        T run() throws IOException;
    }

    private <T> T exchange(Exchange<T> exchange) {
        try {
            return exchange.run();
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
