package io.muster.server.http;

import io.muster.naming.api.Answer;
import io.muster.naming.api.ApiRequest;
import io.muster.naming.api.Param;
import io.muster.naming.api.Route;
import io.muster.naming.api.Verb;
import io.muster.server.config.LogLevel;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/**
 * {@code PUT /v1/ns/operator/log} and {@code /v1/ns/ops/log}: changes what is logged, until the restart (R75). Takes our packages and classes, and the names that Nacos has for
 * its logs.
 *
 * @param levels sets the level of a logger
 */
public record LogRoutes(BiConsumer<String, LogLevel> levels) {

    private static final int NAME_CHARS_MAX = 200;

    private static final String OURS = "io.muster";

    private static final Map<String, String> NACOS_NAMES = Map.of(
            "naming-server", OURS,
            "naming-raft", OURS + ".raft",
            "naming-distro", OURS + ".distro",
            "naming-push", OURS + ".naming.push",
            "naming-event", OURS + ".events");

    private static final Param<String> NAME = Param.text("logName", NAME_CHARS_MAX, OURS + ".raft", LogRoutes::logger)
            .required();

    private static final Param<LogLevel> LEVEL =
            Param.choice("logLevel", LogLevel.class).required();

    public List<Route> routes() {
        return Stream.of("/v1/ns/operator/log", "/v1/ns/ops/log")
                .map(path -> Route.immediate(Verb.PUT, path, List.of(NAME, LEVEL), "changes a log level", this::change)
                        .always())
                .toList();
    }

    private static String logger(String name) {
        String logger = NACOS_NAMES.getOrDefault(name, name);
        if (!logger.equals(OURS) && !logger.startsWith(OURS + ".")) {
            throw new IllegalArgumentException("must be " + OURS + ", a package or class below it, or one of "
                    + NACOS_NAMES.keySet().stream().sorted().toList());
        }
        return logger;
    }

    private Answer change(ApiRequest request) {
        levels.accept(request.get(NAME), request.get(LEVEL));
        return Answer.OK;
    }
}
