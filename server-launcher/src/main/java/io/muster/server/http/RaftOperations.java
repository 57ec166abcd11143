package io.muster.server.http;

import io.muster.naming.api.Answer;
import io.muster.naming.api.ApiRequest;
import io.muster.naming.api.Json;
import io.muster.naming.api.Param;
import io.muster.naming.api.Refusal;
import io.muster.naming.api.Route;
import io.muster.naming.api.Verb;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * {@code POST /v1/core/ops/raft}: what an operator has the Raft engine do. The command comes as a parameter, or in a JSON object as Nacos has it.
 *
 * @param snapshot takes a snapshot; completes when it is durable
 */
public record RaftOperations(Supplier<CompletionStage<Void>> snapshot) {

    private static final String SNAPSHOT = "doSnapshot";
    private static final int COMMAND_CHARS_MAX = 64;

    private static final Param<String> COMMAND =
            Param.text("command", COMMAND_CHARS_MAX, SNAPSHOT).required();

    public List<Route> routes() {
        return List.of(Route.of(Verb.POST, "/v1/core/ops/raft", List.of(COMMAND), "operates the Raft engine", this::run)
                .always());
    }

    private CompletionStage<Answer> run(ApiRequest request) {
        String command = fromJson(request.bodyText()).orElseGet(() -> request.get(COMMAND));
        if (!command.equals(SNAPSHOT)) {
            throw Refusal.badRequest("Param 'command' must be " + SNAPSHOT + ", current: " + command);
        }
        return snapshot.get().thenApply(done -> Json.restResult(json -> json.writeString("snapshot taken")));
    }

    private static Optional<String> fromJson(String body) {
        if (!body.stripLeading().startsWith("{")) {
            return Optional.empty();
        }
        try {
            return Optional.ofNullable(new JsonObject(body).getString("command"));
        } catch (DecodeException | ClassCastException e) {
            throw Refusal.badRequest("the body is no JSON object with a text 'command'");
        }
    }
}
