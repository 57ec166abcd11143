package io.muster.testkit.client;

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What a client wants done, by any node.
 *
 * @param method of HTTP
 * @param path after {@code /nacos/v1/ns/}
 * @param parameters of the query
 * @param kind for the history
 * @param key for the history
 * @param value for the history; of a read, replaced by what {@code valueOf} finds in a good answer
 * @param absentIsAnAnswer whether 404 is a good answer
 * @param valueOf what a read found, out of the body
 */
record Operation(
        String method,
        String path,
        Map<String, String> parameters,
        Attempt.Kind kind,
        String key,
        String value,
        boolean absentIsAnAnswer,
        Function<String, String> valueOf) {

    HttpRequest request(URI node, Duration timeout) {
        String query = parameters.entrySet().stream()
                .map(parameter ->
                        parameter.getKey() + "=" + URLEncoder.encode(parameter.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        return HttpRequest.newBuilder(node.resolve("/nacos/v1/ns/" + path + "?" + query))
                .timeout(timeout)
                .method(method, BodyPublishers.noBody())
                .build();
    }

    /** Operator interface, "HTTP": 503 means try another node, 504 that the outcome is not known. */
    Outcome outcomeOf(int status) {
        if (status == 200 || (status == 404 && absentIsAnAnswer)) {
            return Outcome.OK;
        }
        boolean refused = status == 503 || (status >= 400 && status < 500);
        return refused ? Outcome.FAILED : Outcome.UNKNOWN;
    }

    /** Whether another node could do better: 4xx but 429 is the caller's own mistake. */
    boolean anotherNodeMayHelp(int status) {
        return status >= 500 || status == 429;
    }

    boolean isRead() {
        return kind == Attempt.Kind.LIST || kind == Attempt.Kind.READ_LOCAL || kind == Attempt.Kind.READ_LINEARIZABLE;
    }
}
