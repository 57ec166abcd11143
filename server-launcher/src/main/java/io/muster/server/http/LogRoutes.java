package io.muster.server.http;

import io.muster.naming.api.Answer;
import io.muster.naming.api.ApiRequest;
import io.muster.naming.api.Param;
import io.muster.naming.api.Refusal;
import io.muster.naming.api.Route;
import io.muster.naming.api.Verb;
import io.muster.naming.registry.AuditLog;
import io.muster.naming.registry.Caller;
import io.muster.server.config.LogLevel;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * {@code PUT /v1/ns/operator/log}, {@code /v1/ns/ops/log} and {@code /v1/core/ops/log}: changes what this node logs, until its restart (R75). Takes our packages and
 * classes, and the names that Nacos has for its logs.
 *
 * @param exists whether a logger is in use; another would be made, and kept for ever, for whatever name a caller thinks of
 * @param level of a logger
 * @param change sets it
 */
public record LogRoutes(
        Predicate<String> exists,
        Function<String, LogLevel> level,
        BiConsumer<String, LogLevel> change,
        AuditLog audit) {

    private static final int NAME_CHARS_MAX = 200;

    private static final String OURS = "io.muster";

    /** By what each is about there; where nothing here is, what comes nearest. */
    private static final Map<String, String> NACOS_NAMES = Map.ofEntries(
            Map.entry("naming-server", OURS),
            Map.entry("naming-raft", OURS + ".raft"),
            Map.entry("naming-distro", OURS + ".distro"),
            Map.entry("naming-push", OURS + ".naming.push"),
            Map.entry("naming-event", OURS + ".events"),
            Map.entry("naming-rt", OURS + ".naming.check"),
            Map.entry("naming-performance", OURS + ".server.metrics"),
            Map.entry("core", OURS + ".server"),
            Map.entry("core-raft", OURS + ".raft"),
            Map.entry("core-distro", OURS + ".distro"),
            Map.entry("core-cluster", OURS + ".member"),
            Map.entry("core-auth", OURS + ".naming.api"));

    private static final Param<String> NAME = Param.text("logName", NAME_CHARS_MAX, OURS + ".raft", LogRoutes::logger)
            .required();

    private static final Param<LogLevel> LEVEL =
            Param.choice("logLevel", LogLevel.class).required();

    private static final String SUMMARY = "changes what this node logs, until its restart";

    /** What Nacos' core answers. */
    private static final Answer CORE_OK = Answer.text(200, "200");

    public List<Route> routes() {
        Route naming = route("/v1/ns/operator/log", Answer.OK);
        return List.of(naming, naming.at("/v1/ns/ops/log"), route("/v1/core/ops/log", CORE_OK));
    }

    private Route route(String path, Answer done) {
        return Route.of(
                        Verb.PUT,
                        path,
                        List.of(NAME, LEVEL),
                        SUMMARY,
                        request -> change(request).thenApply(changed -> done))
                .always();
    }

    private static String logger(String name) {
        String logger = NACOS_NAMES.getOrDefault(name, name);
        if (!logger.equals(OURS) && !logger.startsWith(OURS + ".")) {
            throw new IllegalArgumentException("must be " + OURS + ", a package or class below it, or one of "
                    + new TreeMap<>(NACOS_NAMES).keySet());
        }
        if (logger.equals(AuditLog.LOGGER)) {
            throw new IllegalArgumentException("the audit is always written");
        }
        return logger;
    }

    private CompletionStage<Void> change(ApiRequest request) {
        String logger = request.get(NAME);
        LogLevel wanted = request.get(LEVEL);
        if (!exists.test(logger) && !NACOS_NAMES.containsValue(logger)) {
            throw Refusal.badRequest("logName: nothing logs as " + logger + ", or as a package above which it is");
        }
        return audit.audited(
                new Caller("", request.remoteHost()),
                "set-log-level-here",
                logger,
                wanted,
                () -> level.apply(logger),
                () -> {
                    change.accept(logger, wanted);
                    return CompletableFuture.completedFuture(null);
                });
    }
}
