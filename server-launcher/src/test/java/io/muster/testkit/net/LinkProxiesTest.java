package io.muster.testkit.net;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Each condition of a link does what it says, in connections that either side dialled, and only in its direction. */
@Timeout(60)
class LinkProxiesTest {

    private static final long SEED = 20;

    private LinkProxies proxies;
    private ToyPeer a;
    private ToyPeer b;

    @BeforeEach
    void open() throws IOException {
        Random rng = new Random(SEED);
        proxies = LinkProxies.open(new FreePorts(rng), rng);
        a = new ToyPeer("a", proxies);
        b = new ToyPeer("b", proxies);
    }

    @AfterEach
    void close() throws IOException {
        proxies.close();
        a.close();
        b.close();
    }

    private Link ab() {
        return proxies.link("a", "b");
    }

    private Link ba() {
        return proxies.link("b", "a");
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(US_ASCII));
    }

    private static String receive(Socket socket, int length) throws IOException {
        return new String(socket.getInputStream().readNBytes(length), US_ASCII);
    }

    private static void assertReset(Socket socket) {
        assertThatExceptionOfType(SocketException.class)
                .isThrownBy(() -> socket.getInputStream().read())
                .withMessageContaining("reset");
    }

    @Test
    void pass_bytesAndEndsArriveBothWays() throws IOException {
        try (Socket near = a.dial(b, proxies);
                Socket far = b.accept()) {
            send(near, "to b");
            assertThat(receive(far, 4)).isEqualTo("to b");
            send(far, "to a");
            assertThat(receive(near, 4)).isEqualTo("to a");
            near.shutdownOutput();
            assertThat(far.getInputStream().read()).isEqualTo(-1);
            send(far, "more");
            far.shutdownOutput();
            assertThat(receive(near, 9)).isEqualTo("more");
            assertThat(ab().bytesPassed()).isEqualTo(4);
            assertThat(ba().bytesPassed()).isEqualTo(8);
            await().until(() -> ab().connectionCount() == 0);
        }
    }

    @Test
    void drop_swallowsOneDirection_inConnectionsOfEitherDialler() throws IOException {
        try (Socket nearOfA = a.dial(b, proxies);
                Socket farOfA = b.accept();
                Socket nearOfB = b.dial(a, proxies);
                Socket farOfB = a.accept()) {
            ab().set(LinkCondition.DROP);
            send(nearOfA, "lost");
            send(farOfB, "too");
            await().until(() -> ab().bytesDropped() == 7);
            send(farOfA, "there");
            send(nearOfB, "here");
            assertThat(receive(nearOfA, 5)).isEqualTo("there");
            assertThat(receive(farOfB, 4)).isEqualTo("here");
            assertThat(farOfA.getInputStream().available()).isZero();
            assertThat(nearOfB.getInputStream().available()).isZero();
        }
    }

    @Test
    void dropMended_connectionThatLostBytesBreaks_anotherLivesOn() throws IOException {
        try (Socket holed = a.dial(b, proxies);
                Socket farOfHoled = b.accept();
                Socket whole = a.dial(b, proxies);
                Socket farOfWhole = b.accept()) {
            ab().set(LinkCondition.DROP);
            send(holed, "lost");
            await().until(() -> ab().bytesDropped() == 4);
            proxies.heal();
            assertReset(holed);
            assertReset(farOfHoled);
            send(whole, "fine");
            assertThat(receive(farOfWhole, 4)).isEqualTo("fine");
        }
    }

    /** A SYN needs its answer, so either direction's cut keeps a connection from being set up. */
    @Test
    void cutEitherWay_noConnectionIsSetUp_untilMended() throws IOException {
        for (Link cut : new Link[] {ab(), ba()}) {
            cut.set(LinkCondition.DROP);
            try (Socket near = a.dial(b, proxies)) {
                await().until(() -> ab().connectionCount() == 1);
                assertThat(ab().bytesPassed() + ba().bytesPassed()).isZero();
                proxies.heal();
                try (Socket far = b.accept()) {
                    assertThat(far.isConnected()).isTrue();
                    near.shutdownOutput();
                    assertThat(far.getInputStream().read()).isEqualTo(-1);
                }
            }
            // Or its end would be hidden by the next cut.
            await().until(() -> ab().connectionCount() == 0);
        }
    }

    @Test
    void drop_hidesTheEndOfAConnection_untilMended() throws IOException {
        try (Socket near = a.dial(b, proxies);
                Socket far = b.accept()) {
            ab().set(LinkCondition.DROP);
            near.shutdownOutput();
            far.setSoTimeout(200);
            assertThatExceptionOfType(SocketTimeoutException.class)
                    .isThrownBy(() -> far.getInputStream().read());
            proxies.heal();
            far.setSoTimeout(ToyPeer.PATIENCE_MILLIS);
            assertThat(far.getInputStream().read()).isEqualTo(-1);
            send(far, "the other way is open");
            assertThat(receive(near, 21)).isEqualTo("the other way is open");
        }
    }

    @Test
    void stall_backPressureReachesTheSender_andNothingIsLost() throws IOException {
        ab().set(LinkCondition.STALL);
        try (SocketChannel sender = SocketChannel.open(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), proxies.port("a", b.endpoint())));
                Socket far = b.accept()) {
            sender.configureBlocking(false);
            AtomicInteger sentBytes = new AtomicInteger();
            await("the sender is full").during(Duration.ofMillis(200)).until(() -> fill(sender, sentBytes) == 0);
            assertThat(far.getInputStream().available()).isZero();
            ab().set(LinkCondition.PASS);
            assertThat(far.getInputStream().readNBytes(sentBytes.get())).hasSize(sentBytes.get());
        }
    }

    /** Writes until the socket takes no more; returns how much it took. */
    private static int fill(SocketChannel sender, AtomicInteger sentBytes) throws IOException {
        int before = sentBytes.get();
        ByteBuffer chunk = ByteBuffer.allocate(16 * 1024);
        while (sender.write(chunk.clear()) > 0) {
            assertThat(sentBytes.addAndGet(chunk.position())).isLessThan(64 * 1024 * 1024);
        }
        return sentBytes.get() - before;
    }

    @Test
    void delay_bytesComeLaterAndInOrder_withoutThrottling() throws IOException {
        Duration delay = Duration.ofMillis(100);
        ab().set(LinkCondition.PASS.delayed(delay, Duration.ofMillis(50)));
        try (Socket near = a.dial(b, proxies);
                Socket far = b.accept()) {
            long sentAtNanos = System.nanoTime();
            int chunks = 100;
            for (int i = 0; i < chunks; i++) {
                near.getOutputStream().write(i);
            }
            assertThat(far.getInputStream().read()).isZero();
            assertThat(Duration.ofNanos(System.nanoTime() - sentAtNanos)).isGreaterThanOrEqualTo(delay);
            for (int i = 1; i < chunks; i++) {
                assertThat(far.getInputStream().read()).isEqualTo(i);
            }
            assertThat(Duration.ofNanos(System.nanoTime() - sentAtNanos))
                    .as("chunks travel together")
                    .isLessThan(delay.multipliedBy(chunks / 4));
        }
    }

    @Test
    void throttle_boundsTheRate() throws IOException {
        int bytesPerSecond = 200_000;
        ab().set(LinkCondition.PASS.throttled(bytesPerSecond));
        try (Socket near = a.dial(b, proxies);
                Socket far = b.accept()) {
            long sentAtNanos = System.nanoTime();
            near.getOutputStream().write(new byte[bytesPerSecond / 2]);
            far.getInputStream().readNBytes(bytesPerSecond / 2);
            assertThat(Duration.ofNanos(System.nanoTime() - sentAtNanos)).isGreaterThan(Duration.ofMillis(450));
        }
    }

    @Test
    void corrupt_flipsBitsAtTheRate_keepsTheLength() throws IOException {
        int length = 100_000;
        ab().set(LinkCondition.PASS.corrupting(0.01));
        try (Socket near = a.dial(b, proxies);
                Socket far = b.accept()) {
            near.getOutputStream().write(new byte[length]);
            byte[] received = far.getInputStream().readNBytes(length);
            int flipped = 0;
            for (byte one : received) {
                assertThat(Integer.bitCount(one & 0xff)).isLessThanOrEqualTo(1);
                flipped += one == 0 ? 0 : 1;
            }
            assertThat(flipped).isBetween(800, 1200);
        }
    }

    @Test
    void refuse_noPortIsOpenForTheDialler_itsConnectionsBreak_thoseOfTheOtherLive() throws IOException {
        try (Socket near = a.dial(b, proxies);
                Socket far = b.accept();
                Socket nearOfB = b.dial(a, proxies);
                Socket farOfB = a.accept()) {
            ab().set(LinkCondition.REFUSE);
            assertReset(near);
            assertReset(far);
            assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> a.dial(b, proxies));
            send(farOfB, "fine");
            assertThat(receive(nearOfB, 4)).isEqualTo("fine");
            ab().set(LinkCondition.PASS);
            try (Socket again = a.dial(b, proxies);
                    Socket farOfAgain = b.accept()) {
                send(again, "back");
                assertThat(receive(farOfAgain, 4)).isEqualTo("back");
            }
        }
    }

    @Test
    void reset_connectionsAreBroken() {
        ab().set(LinkCondition.RESET);
        assertBreaksAtOnce();
    }

    /** The reset may come before the dialler knows that it is connected. */
    private void assertBreaksAtOnce() {
        assertThatExceptionOfType(SocketException.class)
                .isThrownBy(() -> {
                    try (Socket near = a.dial(b, proxies)) {
                        assertThat(near.getInputStream().read()).isEqualTo(-1);
                    }
                })
                .withMessageContaining("reset");
    }

    @Test
    void halfOpen_oneSideSeesTheEnd_theOtherHearsNothingEver() throws IOException {
        try (Socket near = a.dial(b, proxies);
                Socket far = b.accept();
                Socket nearOfB = b.dial(a, proxies);
                Socket farOfB = a.accept()) {
            ab().halfOpen();
            assertThat(far.getInputStream().read()).isEqualTo(-1);
            assertThat(nearOfB.getInputStream().read()).isEqualTo(-1);
            send(near, "hello?");
            send(farOfB, "hello?");
            await().until(() -> ab().bytesDropped() == 12);
            assertThat(near.getInputStream().available()).isZero();
            assertThat(ab().connectionCount()).isEqualTo(2);
            near.shutdownOutput();
            farOfB.shutdownOutput();
            await().until(() -> ab().connectionCount() == 0);
        }
    }

    @Test
    void resetConnections_bothSidesSeeIt_laterOnesLive() throws IOException {
        try (Socket near = a.dial(b, proxies);
                Socket far = b.accept()) {
            ba().resetConnections();
            assertReset(near);
            assertReset(far);
        }
        try (Socket near = a.dial(b, proxies);
                Socket far = b.accept()) {
            send(near, "back");
            assertThat(receive(far, 4)).isEqualTo("back");
        }
    }

    @Test
    void nobodyListens_connectionBreaks() throws IOException {
        b.close();
        assertBreaksAtOnce();
    }

    /** X11: who moves into an address gets its connections, and the links between the two nodes hold. */
    @Test
    void anotherNodeMovesIn_itsLinksHold() throws IOException {
        proxies.lives("c", b.endpoint());
        try (Socket near = a.dial(b, proxies);
                Socket far = b.accept()) {
            ab().set(LinkCondition.DROP);
            send(near, "to c");
            assertThat(receive(far, 4)).isEqualTo("to c");
            proxies.link("a", "c").set(LinkCondition.DROP);
            send(near, "lost");
            await().until(() -> proxies.link("a", "c").bytesDropped() == 4);
        }
    }

    @Test
    void close_leavesNoPort_noConnection_noThread() throws IOException {
        int port = proxies.port("a", b.endpoint());
        try (Socket near = a.dial(b, proxies);
                Socket far = b.accept()) {
            proxies.close();
            assertReset(near);
            assertReset(far);
            assertThatExceptionOfType(ConnectException.class)
                    .isThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), port));
            assertThat(Thread.getAllStackTraces().keySet())
                    .noneMatch(thread -> thread.getName().equals("link proxies"));
        }
    }
}
