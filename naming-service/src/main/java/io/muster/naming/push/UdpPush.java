package io.muster.naming.push;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.datagram.DatagramPacket;
import io.vertx.core.datagram.DatagramSocket;
import io.vertx.core.datagram.DatagramSocketOptions;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The socket of push, and {@link Deliveries} behind it. Everything but {@link #open} and {@link #close} runs on its
 * context.
 */
final class UdpPush {

    private static final Logger LOG = LoggerFactory.getLogger(UdpPush.class);

    private final Vertx vertx;
    private final Context context;
    private final String host;
    private final Deliveries deliveries;
    private volatile @Nullable DatagramSocket socket;

    UdpPush(Vertx vertx, Context context, String host, long firstToken, LongSupplier nanoTime, PushStats stats) {
        this.vertx = vertx;
        this.context = context;
        this.host = host;
        this.deliveries = new Deliveries(
                this::send, (delay, task) -> vertx.setTimer(delay, id -> task.run()), nanoTime, firstToken, stats);
    }

    /** Binds any free port: clients answer to wherever a packet came from. */
    Future<Void> open() {
        Promise<Void> opened = Promise.promise();
        context.runOnContext(now -> {
            DatagramSocketOptions options = new DatagramSocketOptions().setIpV6(host.indexOf(':') >= 0);
            DatagramSocket created = vertx.createDatagramSocket(options);
            created.handler(this::received);
            created.exceptionHandler(failure -> LOG.debug("push socket", failure));
            socket = created;
            created.listen(0, host).<Void>mapEmpty().onComplete(opened);
        });
        return opened.future();
    }

    Future<Void> close() {
        DatagramSocket closing = socket;
        return closing == null ? Future.succeededFuture() : closing.close();
    }

    int port() {
        DatagramSocket bound = socket;
        return bound == null ? 0 : bound.localAddress().port();
    }

    void push(Subscriber subscriber, PushPacket packet) {
        deliveries.push(subscriber, packet);
    }

    private void send(byte[] datagram, String toHost, int toPort) {
        DatagramSocket sending = socket;
        if (sending != null) {
            sending.send(Buffer.buffer(datagram), toPort, toHost)
                    .onFailure(failure -> LOG.debug("push to {}:{}", toHost, toPort, failure));
        }
    }

    private void received(DatagramPacket packet) {
        PushAnswer.token(packet.data())
                .ifPresent(token -> deliveries.acknowledged(
                        packet.sender().hostAddress(), packet.sender().port(), token));
    }
}
