package io.muster.naming.push;

import io.muster.naming.registry.ServiceIndex;
import io.muster.naming.registry.Switches;
import io.muster.naming.registry.WarmUp;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Push at work: {@link PushWindows} on an event-loop context, with a socket to send from.
 */
public final class PushScheduler {

    private static final long EXPIRE_EVERY_MILLIS = 10_000;

    private final Vertx vertx;
    private final ServiceIndex index;
    private final Subscribers subscribers;
    private final UdpPush udp;
    private final PushStats stats = new PushStats();
    private final PushWindows windows;
    private long expireTimer;

    /**
     * @param context an event-loop context that nothing else blocks
     * @param wallMillis the wall clock; only starts the tokens, so that those of two runs differ
     * @param nanoTime monotonic
     */
    public PushScheduler(
            Vertx vertx,
            Context context,
            ServiceIndex index,
            Switches switches,
            Subscribers subscribers,
            WarmUp warmUp,
            PushSettings settings,
            LongSupplier wallMillis,
            LongSupplier nanoTime) {
        this.vertx = vertx;
        this.index = index;
        this.subscribers = subscribers;
        this.udp = new UdpPush(vertx, context, settings.host(), wallMillis.getAsLong() * 1_000, nanoTime, stats);
        this.windows = new PushWindows(
                index,
                switches,
                subscribers,
                warmUp,
                settings.mergeMillis(),
                (delayMillis, task) -> context.runOnContext(now -> vertx.setTimer(delayMillis, id -> task.run())),
                this::push);
    }

    /** Opens the socket and begins to listen to the index. */
    public Future<Void> start() {
        return udp.open().onSuccess(opened -> {
            index.addListener(windows);
            expireTimer = vertx.setPeriodic(EXPIRE_EVERY_MILLIS, id -> subscribers.expire());
        });
    }

    public Future<Void> close() {
        index.removeListener(windows);
        vertx.cancelTimer(expireTimer);
        return udp.close();
    }

    public PushStats stats() {
        return stats;
    }

    /** The port that packets go out from and acknowledgements come to; 0 before the start. */
    public int port() {
        return udp.port();
    }

    private void push(byte[] list, List<Subscriber> to) {
        PushPacket.of(list)
                .ifPresentOrElse(
                        packet -> to.forEach(subscriber -> udp.push(subscriber, packet)),
                        () -> stats.addTooBig(to.size()));
    }
}
