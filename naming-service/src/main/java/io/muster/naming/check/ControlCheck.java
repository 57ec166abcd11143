package io.muster.naming.check;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This process checks itself: it connects to a listener of its own, served by another event loop, which says one byte. What fails there, or is slow,
 * is no target's fault. The listener is on the loopback address, on any free port, and says the same to anybody.
 */
final class ControlCheck {

    private static final Logger LOG = LoggerFactory.getLogger(ControlCheck.class);
    private static final String LOOPBACK = "127.0.0.1";

    /** Between the beginnings of two. */
    private static final long EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    /** One that takes longer has failed. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final NetServer listener;
    private final Context listening;
    private final NetClient client;
    private final LongSupplier nanos;
    private volatile int port;

    // Of the checks' own context.
    private long number;
    private boolean runs;
    private long startedNanos;

    /**
     * @param listening another event loop than that of the checks
     */
    ControlCheck(Vertx vertx, Context listening, NetClient client, LongSupplier nanos) {
        this.listening = listening;
        this.client = client;
        this.nanos = nanos;
        this.listener = vertx.createNetServer().connectHandler(ControlCheck::answer);
    }

    private static void answer(NetSocket socket) {
        socket.write(Buffer.buffer("+")).onComplete(written -> socket.close());
    }

    /** Without a listener checks go on; they are judged by the gaps between ticks alone then. */
    void start() {
        listening.runOnContext(ready -> listener.listen(0, LOOPBACK)
                .onSuccess(bound -> port = bound.actualPort())
                .onFailure(e -> LOG.warn("Health checks go without a check of this process itself: {}", e.toString())));
    }

    Future<Void> close() {
        Promise<Void> closed = Promise.promise();
        listening.runOnContext(now -> listener.close().onComplete(closed));
        return closed.future();
    }

    /**
     * Begins one if it is time, and gives a slow one up.
     *
     * @param started is run when one begins
     * @param ended is told when it ends, and whether it was good
     */
    void turn(long nowNanos, Runnable started, BiConsumer<Long, Boolean> ended) {
        if (runs && nowNanos - startedNanos > PATIENCE_NANOS) {
            end(number, false, nowNanos, ended);
        }
        if (port == 0 || runs || (number > 0 && nowNanos - startedNanos < EVERY_NANOS)) {
            return;
        }
        number++;
        runs = true;
        startedNanos = nowNanos;
        started.run();
        long mine = number;
        client.connect(port, LOOPBACK)
                .onSuccess(socket -> {
                    socket.handler(said -> {
                        socket.close();
                        end(mine, true, nanos.getAsLong(), ended);
                    });
                    socket.closeHandler(closed -> end(mine, false, nanos.getAsLong(), ended));
                })
                .onFailure(e -> end(mine, false, nanos.getAsLong(), ended));
    }

    private void end(long which, boolean passed, long nowNanos, BiConsumer<Long, Boolean> ended) {
        if (runs && which == number) {
            runs = false;
            ended.accept(nowNanos, passed);
        }
    }
}
