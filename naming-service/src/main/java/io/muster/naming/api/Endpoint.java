package io.muster.naming.api;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * What a route does: turns a request into an answer. Called on the request's event loop, so it must not block; a stage
 * that it returns may complete on any thread.
 *
 * <p>What it throws, or fails with, is turned into an answer by {@link Failures}.
 */
@FunctionalInterface
public interface Endpoint {

    CompletionStage<Answer> answer(ApiRequest request);

    /** An endpoint that has its answer at once. */
    static Endpoint immediate(Function<ApiRequest, Answer> function) {
        return request -> CompletableFuture.completedFuture(function.apply(request));
    }
}
