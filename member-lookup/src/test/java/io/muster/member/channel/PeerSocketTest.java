package io.muster.member.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.member.port.VertxTime;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The end of a socket is told a moment after it; whoever ends it in that moment is not to fail. */
class PeerSocketTest {

    private static final Duration LONGEST = Duration.ofSeconds(10);

    private final Vertx vertx = Vertx.vertx();
    private final Context context = vertx.getOrCreateContext();

    @AfterEach
    void close() {
        vertx.close().await();
    }

    @Test
    void reset_ofASocketThatBrokeAMomentAgo_isNoFault() {
        assertThat(brokenAnd(PeerSocket::reset)).succeedsWithin(LONGEST);
    }

    @Test
    void cut_ofASocketThatBrokeAMomentAgo_isNoFault() {
        assertThat(brokenAnd(PeerSocket::cut)).succeedsWithin(LONGEST);
    }

    @Test
    void closeWithin_ofASocketThatBrokeAMomentAgo_isNoFault() {
        assertThat(brokenAnd(socket -> socket.closeWithin(Duration.ofMillis(1))))
                .succeedsWithin(LONGEST);
    }

    /** Ends it so on its own thread, in the same turn in which it broke. */
    private CompletableFuture<Void> brokenAnd(Consumer<PeerSocket> end) {
        NetServer server = vertx.createNetServer()
                .connectHandler(accepted -> {})
                .listen(0, "127.0.0.1")
                .await();
        CompletableFuture<Void> ended = new CompletableFuture<>();
        context.runOnContext(turn -> vertx.createNetClient()
                .connect(server.actualPort(), "127.0.0.1")
                .onSuccess(socket -> breakAndEnd(socket, end, ended))
                .onFailure(ended::completeExceptionally));
        return ended;
    }

    private void breakAndEnd(NetSocket socket, Consumer<PeerSocket> end, CompletableFuture<Void> ended) {
        PeerSocket peer = new PeerSocket(socket, new VertxTime(context));
        try {
            ((NetSocketInternal) socket).channelHandlerContext().channel().close();
            end.accept(peer);
            ended.complete(null);
        } catch (RuntimeException e) {
            ended.completeExceptionally(e);
        }
    }
}
