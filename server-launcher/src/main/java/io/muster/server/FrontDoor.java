package io.muster.server;

import io.muster.naming.api.Listening;
import io.muster.server.cli.ExitCode;
import io.muster.server.config.ServerConfig;
import io.muster.server.metrics.HttpMetrics;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The listener for clients: one HTTP server on each client event loop, all on one port; connections are dealt out in turn.
 *
 * <p>The port is not shared by SO_REUSEPORT: two servers started on one port must not go unnoticed.
 */
final class FrontDoor {

    private final Vertx vertx;
    private final String host;
    private final int port;
    private final List<HttpServer> servers = new ArrayList<>();
    private volatile Handler<HttpServerRequest> within = request -> {};

    /**
     * @param vertx of the client event loops
     * @throws ServerFailure if any free port is asked for, and there is none
     */
    FrontDoor(Vertx vertx, ServerConfig.Listen listen) {
        this.vertx = vertx;
        this.host = listen.host();
        this.port = listen.port() == 0 ? anyFreePort() : listen.port();
    }

    /** Free a moment ago: the node must know its own address before it listens. */
    private int anyFreePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(host))) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw failure(e);
        }
    }

    int port() {
        return port;
    }

    /**
     * Opens the port.
     *
     * @param first called on all client event loops, until {@link #lead} names another
     * @return fails with {@link ServerFailure} if the port is taken, or the address is not one of this machine
     */
    Future<Void> open(int loops, Handler<HttpServerRequest> first, HttpMetrics metrics) {
        within = first;
        Handler<HttpServerRequest> handler = metrics.around(request -> within.handle(request));
        Future<Void> opened = Future.succeededFuture();
        for (int i = 0; i < loops; i++) {
            HttpServer server =
                    vertx.createHttpServer(Listening.options(host, port)).requestHandler(handler);
            servers.add(server);
            opened = opened.compose(
                    before -> vertx.deployVerticle(context -> server.listen()).mapEmpty());
        }
        return opened.recover(cause -> Future.failedFuture(failure(cause)));
    }

    /** From now on requests go to this handler; called on all client event loops. */
    void lead(Handler<HttpServerRequest> to) {
        within = to;
    }

    private ServerFailure failure(Throwable cause) {
        String where = "can't listen on " + host + ":" + port + ": ";
        if (cause instanceof UnknownHostException) {
            return new ServerFailure(ExitCode.CONFIGURATION, where + "no such host; see --host", cause);
        }
        String advice = cause instanceof BindException
                ? ". Another process may hold the port, or the address is not one of this machine; choose others by --port and --host"
                : "";
        return new ServerFailure(ExitCode.UNAVAILABLE, where + cause.getMessage() + advice, cause);
    }

    /** Takes no more connections, waits for requests under way, then closes. Does nothing the second time. */
    Future<?> close(Duration patience) {
        List<Future<?>> closing = new ArrayList<>();
        servers.forEach(server -> closing.add(server.shutdown(patience.toMillis(), TimeUnit.MILLISECONDS)));
        servers.clear();
        return Future.join(closing);
    }
}
