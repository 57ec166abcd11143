package io.muster.member.channel;

import io.muster.member.port.Time;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetSocket;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * One TCP socket and the ways to end it. Vert.x closes a socket only after all that was written is out, which a peer that does not read puts off
 * for ever; here every end has a bound. The channel's thread only.
 */
final class PeerSocket {

    private final NetSocket socket;
    private final Time time;

    PeerSocket(NetSocket socket, Time time) {
        this.socket = socket;
        this.time = time;
    }

    /** Address of the other end, without its port. */
    static String host(NetSocket socket) {
        return socket.remoteAddress() == null
                ? "unknown"
                : socket.remoteAddress().host();
    }

    /** Sets who hears what happens; once. */
    void listen(Consumer<byte[]> received, Runnable drained, Consumer<String> ended) {
        socket.handler(buffer -> received.accept(buffer.getBytes()));
        socket.drainHandler(free -> drained.run());
        socket.closeHandler(end -> ended.accept("the other side closed the connection"));
        socket.exceptionHandler(failure -> ended.accept("the connection broke: " + failure.getMessage()));
    }

    void writeQueueBytes(int bytes) {
        socket.setWriteQueueMaxSize(bytes);
    }

    boolean full() {
        return socket.writeQueueFull();
    }

    void write(byte[] bytes) {
        socket.write(Buffer.buffer(bytes));
    }

    /** Nothing more is received until {@link #resume}; the kernel then holds the other end back. */
    void pause() {
        socket.pause();
    }

    void resume() {
        socket.resume();
    }

    /** Closes it when what was written is out, or with a reset after that long. */
    void closeWithin(Duration flush) {
        Time.Timer bound = time.after(flush, this::reset);
        socket.close().onComplete(closed -> bound.cancel());
    }

    /** Closes it now: what the kernel does not take at once is lost. */
    void cut() {
        context().flush();
        context().close();
    }

    /**
     * Closes it now, with a reset: the kernel forgets what it had taken, too, which a peer that does not read would leave there for minutes. One that broke a
     * moment ago, and whose end is still to be told, takes no options any more.
     */
    void reset() {
        if (context().channel().isOpen()) {
            context().channel().config().setOption(ChannelOption.SO_LINGER, 0);
        }
        context().close();
    }

    /** Where Vert.x sits in the pipeline; to close from here goes past its waiting. */
    private ChannelHandlerContext context() {
        return ((NetSocketInternal) socket).channelHandlerContext();
    }
}
