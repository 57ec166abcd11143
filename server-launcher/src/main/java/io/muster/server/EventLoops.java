package io.muster.server;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.dns.AddressResolverOptions;
import io.vertx.core.file.FileSystemOptions;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Makes the Vert.x instances of a server, without what a server has no use for, since each costs start time. */
final class EventLoops {

    /** Scrapes of the metrics and little else. */
    private static final int WORKERS = 2;

    /** How soon a change of the machine's hosts file is seen. */
    private static final int HOSTS_REFRESH_MILLIS = 5_000;

    /** A name is asked for again after this long, whatever its record says. */
    private static final int NAMES_KEPT_SECONDS_MAX = 10;

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
                .setAddressResolverOptions(names())
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false)));
    }

    /** A member that comes back under another address is found by its name (X11), so names are not kept for long. */
    static AddressResolverOptions names() {
        return new AddressResolverOptions()
                .setHostsRefreshPeriod(HOSTS_REFRESH_MILLIS)
                .setCacheMaxTimeToLive(NAMES_KEPT_SECONDS_MAX);
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
