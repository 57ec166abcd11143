package io.muster.testkit.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A client of the registry that may use any node: it asks one at random, and the next when that one
 * refuses, breaks or keeps it waiting, each node once at most, until an overall deadline.
 * Every attempt goes into its {@link History}.
 *
 * <p>Each method returns at once; nothing blocks. The future never fails: what went wrong is in the {@link Answer}.
 */
public final class RegistryClient {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration SHORTEST_TIMEOUT = Duration.ofMillis(1);
    private static final int DETAIL_CHARS_MAX = 200;
    private static final String REGISTERS_IP = "127.0.0.1";
    private static final String REGISTERS_PORT = "1";

    private final String name;
    private final Supplier<List<URI>> nodes;
    private final History history;
    private final HttpClient http;
    private final Random rng;
    private final Duration attemptTimeout;
    private final Duration deadline;

    private RegistryClient(
            String name,
            Supplier<List<URI>> nodes,
            History history,
            HttpClient http,
            Random rng,
            Duration attemptTimeout,
            Duration deadline) {
        this.name = name;
        this.nodes = nodes;
        this.history = history;
        this.http = http;
        this.rng = rng;
        this.attemptTimeout = attemptTimeout;
        this.deadline = deadline;
    }

    /** One that waits 2 s for a node and 5 s in all (R28), and keeps no history. */
    public static RegistryClient of(Supplier<List<URI>> nodes) {
        Duration attemptTimeout = Duration.ofSeconds(2);
        HttpClient http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(1))
                .build();
        return new RegistryClient(
                "client", nodes, History.ofNothing(), http, new Random(), attemptTimeout, Duration.ofSeconds(5));
    }

    /** Under this name, in this history; it shares this one's connections. */
    public RegistryClient recordedAs(String newName, History newHistory) {
        return new RegistryClient(newName, nodes, newHistory, http, rng, attemptTimeout, deadline);
    }

    public RegistryClient within(Duration newAttemptTimeout, Duration newDeadline) {
        return new RegistryClient(name, nodes, history, http, rng, newAttemptTimeout, newDeadline);
    }

    /** Of these nodes only; it shares this one's connections. */
    public RegistryClient ofNodes(URI... onlyNodes) {
        List<URI> only = List.of(onlyNodes);
        return new RegistryClient(name, () -> only, history, http, rng, attemptTimeout, deadline);
    }

    // --- ephemeral instances

    public CompletableFuture<Answer> register(Instance instance) {
        return run(of("POST", "instance", Attempt.Kind.REGISTER, instance));
    }

    public CompletableFuture<Answer> deregister(Instance instance) {
        return run(of("DELETE", "instance", Attempt.Kind.DEREGISTER, instance));
    }

    /** A light beat; {@link #isKnown} tells from its answer whether the registry knows the instance. */
    public CompletableFuture<Answer> beat(Instance instance) {
        return run(of("PUT", "instance/beat", Attempt.Kind.BEAT, instance));
    }

    /** Whether a beat found its instance: code 10200, not 20404. */
    public static boolean isKnown(Answer beat) {
        return beat.isOk() && json(beat.body()).path("code").asInt() == 10200;
    }

    /** The addresses of a service's instances; {@link #addresses} reads them out of the answer. */
    public CompletableFuture<Answer> list(String service) {
        return run(new Operation(
                "GET",
                "instance/list",
                Map.of("serviceName", service),
                Attempt.Kind.LIST,
                service,
                "",
                false,
                body -> String.join(",", addressesIn(body))));
    }

    /** {@code ip:port} of each instance in the good answer to {@link #list}. */
    public static NavigableSet<String> addresses(Answer list) {
        return addressesIn(list.body());
    }

    private static NavigableSet<String> addressesIn(String body) {
        return healthIn(body).navigableKeySet();
    }

    /** Whether each instance in the good answer to {@link #list} is healthy, by {@code ip:port}. */
    public static NavigableMap<String, Boolean> health(Answer list) {
        return healthIn(list.body());
    }

    private static NavigableMap<String, Boolean> healthIn(String body) {
        NavigableMap<String, Boolean> health = new TreeMap<>();
        for (JsonNode host : json(body).path("hosts")) {
            health.put(
                    host.path("ip").asText() + ":" + host.path("port").asInt(),
                    host.path("healthy").asBoolean());
        }
        return health;
    }

    private static Operation of(String method, String path, Attempt.Kind kind, Instance instance) {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("serviceName", instance.service());
        parameters.put("ip", instance.ip());
        parameters.put("port", Integer.toString(instance.port()));
        return new Operation(
                method,
                path,
                parameters,
                kind,
                instance.service() + " " + instance.address(),
                "",
                false,
                Function.identity());
    }

    // --- persistent registers: one persistent instance for each key, the value in its metadata

    public CompletableFuture<Answer> write(String key, String value) {
        Map<String, String> parameters = register(key);
        parameters.put("metadata", JSON.createObjectNode().put("v", value).toString());
        return run(new Operation(
                "POST", "instance", parameters, Attempt.Kind.WRITE, key, value, false, Function.identity()));
    }

    public CompletableFuture<Answer> remove(String key) {
        return run(new Operation(
                "DELETE", "instance", register(key), Attempt.Kind.REMOVE, key, "", false, Function.identity()));
    }

    /** From the node's own data; {@link #value} reads it out of the answer. */
    public CompletableFuture<Answer> readLocal(String key) {
        return run(read(key, register(key), Attempt.Kind.READ_LOCAL));
    }

    /** {@link #value} reads it out of the answer. */
    public CompletableFuture<Answer> readLinearizable(String key) {
        Map<String, String> parameters = register(key);
        parameters.put("consistency", "linearizable");
        return run(read(key, parameters, Attempt.Kind.READ_LINEARIZABLE));
    }

    /** What a read found; empty for nothing. */
    public static String value(Answer read) {
        return valueIn(read.body());
    }

    /** The body of a 404 is plain text. */
    private static String valueIn(String body) {
        return body.startsWith("{") ? json(body).path("metadata").path("v").asText() : "";
    }

    private static Operation read(String key, Map<String, String> parameters, Attempt.Kind kind) {
        return new Operation("GET", "instance", parameters, kind, key, "", true, RegistryClient::valueIn);
    }

    private static Map<String, String> register(String key) {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("serviceName", "register-" + key);
        parameters.put("ip", REGISTERS_IP);
        parameters.put("port", REGISTERS_PORT);
        parameters.put("ephemeral", "false");
        return parameters;
    }

    // --- attempts

    private static JsonNode json(String body) {
        try {
            return JSON.readTree(body);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("the server answered no JSON: " + body, e);
        }
    }

    private CompletableFuture<Answer> run(Operation operation) {
        List<URI> order = new ArrayList<>(nodes.get());
        Collections.shuffle(order, rng);
        return new Run(operation, order).attempt(0, null);
    }

    /** One operation on its way from node to node. Its attempts follow one another. */
    private final class Run {

        private final Operation operation;
        private final List<URI> order;
        private final long number = history.nextOperation();
        private final long startNanos = System.nanoTime();

        Run(Operation operation, List<URI> order) {
            this.operation = operation;
            this.order = order;
        }

        private Duration took() {
            return Duration.ofNanos(System.nanoTime() - startNanos);
        }

        CompletableFuture<Answer> attempt(int index, @Nullable Answer before) {
            URI node = order.get(index % order.size());
            long invokedNanos = System.nanoTime();
            return http.sendAsync(operation.request(node, timeout()), BodyHandlers.ofString())
                    .handle((response, failure) -> {
                        Answer now = response != null ? answered(response, index) : unanswered(failure, index);
                        remember(node, invokedNanos, now);
                        Answer soFar = before == null ? now : together(before, now);
                        boolean goOn = now.outcome() != Outcome.OK
                                && (response == null || operation.anotherNodeMayHelp(response.statusCode()))
                                && index + 1 < order.size()
                                && took().compareTo(deadline) < 0;
                        return goOn ? attempt(index + 1, soFar) : CompletableFuture.completedFuture(soFar);
                    })
                    .thenCompose(Function.identity());
        }

        private Duration timeout() {
            Duration left = deadline.minus(took());
            Duration shorter = left.compareTo(attemptTimeout) < 0 ? left : attemptTimeout;
            return shorter.compareTo(SHORTEST_TIMEOUT) < 0 ? SHORTEST_TIMEOUT : shorter;
        }

        private Answer answered(HttpResponse<String> response, int index) {
            Outcome outcome = operation.outcomeOf(response.statusCode());
            return new Answer(outcome, response.statusCode(), response.body(), index + 1, took());
        }

        private Answer unanswered(Throwable failure, int index) {
            Throwable cause =
                    failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
            boolean neverSent = cause instanceof ConnectException || cause instanceof HttpConnectTimeoutException;
            // A read that got no answer has happened to nobody.
            Outcome outcome = neverSent || operation.isRead() ? Outcome.FAILED : Outcome.UNKNOWN;
            return new Answer(outcome, 0, String.valueOf(cause), index + 1, took());
        }

        private Answer together(Answer before, Answer now) {
            return new Answer(before.outcome().then(now.outcome()), now.status(), now.body(), now.attempts(), took());
        }

        private void remember(URI node, long invokedNanos, Answer answer) {
            boolean found = answer.isOk() && operation.isRead();
            String detail = answer.status() + " " + answer.body();
            history.add(new Attempt(
                    number,
                    name,
                    operation.kind(),
                    operation.key(),
                    found ? operation.valueOf().apply(answer.body()) : operation.value(),
                    node,
                    invokedNanos,
                    System.nanoTime(),
                    answer.outcome(),
                    detail.substring(0, Math.min(detail.length(), DETAIL_CHARS_MAX))));
        }
    }
}
