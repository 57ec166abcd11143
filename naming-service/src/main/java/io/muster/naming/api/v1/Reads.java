package io.muster.naming.api.v1;

import io.muster.naming.api.Answer;
import io.muster.naming.api.ApiRequest;
import io.muster.naming.api.Endpoint;
import io.muster.naming.api.Param;
import io.muster.naming.registry.Registry;
import io.muster.naming.registry.WarmUp;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;

/** What reads of the registry share: how fresh they must be, and that a node which may not know all yet says so. */
final class Reads {

    /** How fresh the persistent data of an answer must be. */
    enum Consistency {
        /** As this node knows them (R50). */
        LOCAL,
        /** As new as any write acknowledged before the request, or 503. */
        LINEARIZABLE
    }

    static final Param<Consistency> CONSISTENCY = Param.choice("consistency", Consistency.class);

    static final Answer WARMING_UP = Answer.text(
            503,
            "warming up: after a cold start, not all clients have registered again yet; keep the list that you have");

    private final Registry registry;
    private final WarmUp warmUp;

    Reads(Registry registry, WarmUp warmUp) {
        this.registry = registry;
        this.warmUp = warmUp;
    }

    /**
     * An endpoint that takes {@link #CONSISTENCY} and answers on the event loop.
     *
     * @param reader reads the parameters at once, and the registry when it is asked for the answer
     */
    Endpoint asFreshAsAsked(Function<ApiRequest, Supplier<Answer>> reader) {
        return request -> {
            boolean linearizable = isLinearizable(request);
            Supplier<Answer> read = reader.apply(request);
            if (!linearizable) {
                return CompletableFuture.completedFuture(read.get());
            }
            Context loop = Vertx.currentContext();
            return registry.readBarrier()
                    .thenApplyAsync(reached -> read.get(), task -> loop.runOnContext(turn -> task.run()));
        };
    }

    /**
     * An endpoint that takes {@link #CONSISTENCY} and may look at every service, so it answers on a worker thread.
     *
     * @param reader as above
     */
    Endpoint offTheLoop(Function<ApiRequest, Supplier<Answer>> reader) {
        return request -> {
            boolean linearizable = isLinearizable(request);
            Supplier<Answer> read = reader.apply(request);
            Context loop = Vertx.currentContext();
            CompletionStage<Void> fresh =
                    linearizable ? registry.readBarrier() : CompletableFuture.completedFuture(null);
            return fresh.thenCompose(reached -> loop.executeBlocking(read::get).toCompletionStage());
        };
    }

    private static boolean isLinearizable(ApiRequest request) {
        return request.get(CONSISTENCY, Consistency.LOCAL) == Consistency.LINEARIZABLE;
    }

    /** The answer, or 503 while ephemeral instances may be missing (X13). */
    Answer unlessWarmingUp(Supplier<Answer> answer) {
        return warmUp.inProgress() ? WARMING_UP : answer.get();
    }
}
