package io.muster.naming.api;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Serves a {@link RouteTable}: finds the route, asks guard and gate, reads body and parameters, calls the endpoint,
 * writes the answer. One instance serves all event loops.
 *
 * <p>One look-up by path stands in for a list of router entries, so the last route costs what the first one does.
 * Answers of immediate endpoints are written in the same turn of the event loop; later ones return to it first.
 */
public final class HttpApi {

    private static final CharSequence NO_SNIFF_HEADER = HttpHeaders.createOptimized("X-Content-Type-Options");
    private static final CharSequence NO_SNIFF = HttpHeaders.createOptimized("nosniff");
    private static final CharSequence LEADER_HEADER = HttpHeaders.createOptimized("Muster-Leader");

    private static final Answer UNREADABLE_PATH = Answer.text(400, "the path of the request can't be read");
    private static final Answer NOBODYS_PATH = Answer.text(404, "there is nothing at this path");

    private final RouteTable table;
    private final Guard guard;
    private final ServingGate gate;
    private final Supplier<Optional<String>> leader;
    private final int bodyBytesMax;

    /**
     * @param leader the address of the member that orders persistent writes, for the header {@code Muster-Leader}
     *     (R74); asked for every answer
     * @param bodyBytesMax larger request bodies get 413
     */
    public HttpApi(
            RouteTable table, Guard guard, ServingGate gate, Supplier<Optional<String>> leader, int bodyBytesMax) {
        this.table = table;
        this.guard = guard;
        this.gate = gate;
        this.leader = leader;
        this.bodyBytesMax = bodyBytesMax;
    }

    /**
     * Puts itself on the router, for all paths. Paths that are not its own go on to whatever is mounted behind it;
     * those that nobody knows, or nobody can read, are answered in plain text, as all errors are.
     */
    public void mount(Router router) {
        router.errorHandler(400, context -> write(context.request(), UNREADABLE_PATH));
        router.errorHandler(
                405,
                context -> write(
                        context.request(),
                        Answer.text(405, "method " + context.request().method() + " is not allowed here")));
        router.errorHandler(404, context -> write(context.request(), NOBODYS_PATH));
        router.route().handler(this::serve);
    }

    private void serve(RoutingContext context) {
        HttpServerRequest request = context.request();
        String path = request.path();
        Optional<RouteTable.Methods> methods = path == null ? Optional.empty() : table.find(path);
        if (methods.isEmpty()) {
            Optional<Answer> stray = path == null
                    ? Optional.empty()
                    : StrayPaths.answer(request.method().name(), path);
            stray.ifPresentOrElse(answer -> write(request, answer), context::next);
            return;
        }
        Optional<Verb> verb = Verb.of(request.method());
        Optional<Route> route =
                verb.isEmpty() ? Optional.empty() : methods.get().on(verb.get());
        if (route.isEmpty()) {
            String allowed = methods.get().allowed();
            write(
                    request,
                    Answer.text(405, "method " + request.method() + " is not allowed here, only " + allowed)
                            .with("Allow", allowed));
            return;
        }
        RequestBody.receive(
                request,
                bodyBytesMax,
                body -> call(route.get(), request, body),
                () -> write(
                        request,
                        Answer.text(
                                413, "the request body is too large: at most " + bodyBytesMax + " bytes are taken")));
    }

    private void call(Route route, HttpServerRequest request, RequestBody body) {
        CompletableFuture<Answer> answer;
        try {
            ApiRequest read = new ApiRequest(request, body);
            Optional<Answer> refused = refusal(route, request, read);
            if (refused.isPresent()) {
                write(request, refused.get());
                return;
            }
            answer = route.endpoint().answer(read).toCompletableFuture();
        } catch (RuntimeException e) {
            write(request, Failures.answer(e, describe(request)));
            return;
        }
        if (answer.isDone()) {
            answer.whenComplete((value, failure) -> write(request, value, failure));
            return;
        }
        Context loop = Vertx.currentContext();
        answer.whenComplete((value, failure) -> loop.runOnContext(turn -> write(request, value, failure)));
    }

    private void write(HttpServerRequest request, @Nullable Answer value, @Nullable Throwable failure) {
        write(request, value == null ? Failures.answer(Objects.requireNonNull(failure), describe(request)) : value);
    }

    private Optional<Answer> refusal(Route route, HttpServerRequest request, ApiRequest read) {
        if (route.gated()) {
            Optional<Answer> closed = gate.refusal(route.verb(), request.uri(), isServer(request));
            if (closed.isPresent()) {
                return closed;
            }
        }
        return route.access() == Access.OPEN ? Optional.empty() : guard.refusal(route, read);
    }

    private static boolean isServer(HttpServerRequest request) {
        String agent = request.getHeader(HttpHeaders.USER_AGENT);
        return agent != null && agent.startsWith("Nacos-Server");
    }

    private static String describe(HttpServerRequest request) {
        return request.method() + " " + request.path();
    }

    private void write(HttpServerRequest request, Answer answer) {
        HttpServerResponse response = request.response();
        if (response.ended() || response.closed()) {
            return;
        }
        if (answer.status() != 200) {
            response.setStatusCode(answer.status());
        }
        response.putHeader(HttpHeaders.CONTENT_TYPE, answer.contentType());
        response.putHeader(NO_SNIFF_HEADER, NO_SNIFF);
        Optional<String> leading = leader.get();
        if (leading.isPresent()) {
            response.putHeader(LEADER_HEADER, leading.get());
        }
        for (Answer.Header header : answer.headers()) {
            response.putHeader(header.name(), header.value());
        }
        if (answer.stream().isPresent()) {
            answer.stream().get().accept(response);
        } else {
            response.end(answer.body());
        }
    }
}
