package io.muster.naming.check;

import io.muster.naming.check.core.Obstacle;
import io.muster.naming.check.core.Plan;
import io.muster.naming.check.core.Verdict;
import io.muster.naming.model.HealthChecker;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Listeners that behave as told, and probes that are begun on a context of their own. */
final class ProbeFixture implements AutoCloseable {

    private static final long TIMEOUT_MILLIS = 5_000;

    final Vertx vertx = Vertx.vertx();

    /** Whether the last verdict was. */
    volatile boolean certain;

    private final Context context = vertx.getOrCreateContext();

    @Override
    public void close() {
        await(vertx.close());
    }

    static <T> T await(Future<T> future) {
        return future.toCompletionStage()
                .toCompletableFuture()
                .orTimeout(20, TimeUnit.SECONDS)
                .join();
    }

    /** @return the port of a listener that does that with whoever connects */
    int listener(Consumer<NetSocket> behaviour) {
        NetServer server = vertx.createNetServer().connectHandler(behaviour::accept);
        return await(server.listen(0, "127.0.0.1")).actualPort();
    }

    /** A port that nobody listens on. */
    static int closedPort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Begins a check; the answer is {@code ok}, the reason of a failure, or {@code not made: …}. */
    CompletableFuture<String> begin(Probe probe, HealthChecker checker, int port, Consumer<Probe.Running> begun) {
        CompletableFuture<String> told = new CompletableFuture<>();
        Plan plan = new Plan(checker, "127.0.0.1", port);
        context.runOnContext(now -> begun.accept(probe.begin(plan, plan.host(), TIMEOUT_MILLIS, new Probe.Ending() {
            @Override
            public void seen(Verdict verdict) {
                certain = verdict.certain();
                if (!told.complete(verdict.reason())) {
                    throw new IllegalStateException("told twice: " + verdict);
                }
            }

            @Override
            public void notMade(Obstacle obstacle, String reason) {
                told.complete("not made: " + reason);
            }
        })));
        return told;
    }

    String probe(Probe probe, HealthChecker checker, int port) {
        return begin(probe, checker, port, running -> {})
                .orTimeout(20, TimeUnit.SECONDS)
                .join();
    }
}
