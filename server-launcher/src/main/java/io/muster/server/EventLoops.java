package io.muster.server;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Makes the Vert.x instances of a server, without what a server has no use for, since each costs start time. */
final class EventLoops {

    /** Scrapes of the metrics and little else. */
    private static final int WORKERS = 2;

    private EventLoops() {}

    /**
     * @param loops how many event loops it has
     */
    static Vertx create(int loops) {
        return Vertx.vertx(new VertxOptions()
                .setEventLoopPoolSize(loops)
                .setWorkerPoolSize(WORKERS)
                .setInternalBlockingPoolSize(WORKERS)
                .setPreferNativeTransport(true)
                .setDisableTCCL(true)
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false)));
    }

    /** A context on the next event loop, in turn. */
    static Context next(Vertx vertx) {
        CompletableFuture<Context> context = new CompletableFuture<>();
        Future<String> deployed = vertx.deployVerticle(deployment -> {
            context.complete(deployment);
            return Future.succeededFuture();
        });
        deployed.onFailure(context::completeExceptionally);
        return context.orTimeout(1, TimeUnit.MINUTES).join();
    }
}
