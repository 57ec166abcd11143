package io.muster.member.channel;

import io.muster.member.ClusterId;
import io.muster.member.MemberAddress;
import io.muster.member.NodeIdentity;
import io.muster.member.port.Lane;
import io.muster.member.port.LinkEvent;
import io.muster.member.port.Net;
import io.muster.member.port.PeerLinks;
import io.muster.member.port.SecureRng;
import io.muster.member.port.VertxTime;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Prints what the channel costs between two nodes on loopback: {@code java … ChannelFigures}, with the test class path. */
public final class ChannelFigures {

    private static final int ROUND_TRIPS = 20_000;
    private static final int SMALL_FRAMES = 500_000;
    private static final int SMALL_BYTES = 200;
    private static final int SMALL_IN_FLIGHT = 4_000;
    private static final int BIG_FRAMES = 50;
    private static final int BIG_BYTES = 4 << 20;

    private final End one = new End(1);
    private final End two = new End(2);

    private ChannelFigures() {}

    public static void main(String[] args) throws Exception {
        ChannelFigures figures = new ChannelFigures();
        try {
            figures.run();
        } finally {
            figures.one.close();
            figures.two.close();
        }
    }

    private void run() throws Exception {
        BlockingQueue<byte[]> answers = new ArrayBlockingQueue<>(1);
        Semaphore room = new Semaphore(SMALL_IN_FLIGHT);
        Semaphore bigRoom = new Semaphore(2);
        two.net(Lane.HEALTH).onFrame((from, frame) -> two.net(Lane.HEALTH).send(from, frame));
        one.net(Lane.HEALTH).onFrame((from, frame) -> answers.add(frame));
        two.net(Lane.RAFT).onFrame((from, frame) -> room.release());
        two.net(Lane.DISTRO).onFrame((from, frame) -> bigRoom.release());
        int port = two.channel.start().toCompletableFuture().join();
        one.channel.start().toCompletableFuture().join();
        one.connect(ChannelNode.addressOf(port));

        roundTrips("warm-up", answers);
        roundTrips("round trip, idle", answers);
        smallFrames("warm-up", room);
        smallFrames("frames of " + SMALL_BYTES + " bytes", room);
        byte[] noise = new byte[BIG_BYTES];
        new Random(1).nextBytes(noise);
        bigFrames("4 MiB frames, incompressible", noise, bigRoom);
        bigFrames("4 MiB frames, text", text(), bigRoom);
        Thread bulk = new Thread(() -> {
            try {
                while (!Thread.currentThread().isInterrupted()) {
                    bigRoom.acquire();
                    one.net(Lane.DISTRO).send(two.identity.nodeId(), noise);
                }
            } catch (InterruptedException measured) {
                Thread.currentThread().interrupt();
            }
        });
        bulk.start();
        roundTrips("round trip, beside 4 MiB frames", answers);
        bulk.interrupt();
        bulk.join();
    }

    private void roundTrips(String name, BlockingQueue<byte[]> answers) throws InterruptedException {
        long[] nanos = new long[ROUND_TRIPS];
        byte[] frame = new byte[64];
        for (int count = 0; count < ROUND_TRIPS; count++) {
            long begun = System.nanoTime();
            one.net(Lane.HEALTH).send(two.identity.nodeId(), frame);
            if (answers.poll(5, TimeUnit.SECONDS) == null) {
                throw new IllegalStateException("no answer");
            }
            nanos[count] = System.nanoTime() - begun;
        }
        Arrays.sort(nanos);
        System.out.printf(
                "%-34s p50 %d us, p99 %d us, p99.9 %d us%n",
                name,
                nanos[ROUND_TRIPS / 2] / 1000,
                nanos[ROUND_TRIPS * 99 / 100] / 1000,
                nanos[ROUND_TRIPS * 999 / 1000] / 1000);
    }

    private void smallFrames(String name, Semaphore room) throws InterruptedException {
        byte[] frame = new byte[SMALL_BYTES];
        long begun = System.nanoTime();
        for (int count = 0; count < SMALL_FRAMES; count++) {
            room.acquire();
            one.net(Lane.RAFT).send(two.identity.nodeId(), frame);
        }
        room.acquire(SMALL_IN_FLIGHT);
        room.release(SMALL_IN_FLIGHT);
        System.out.printf("%-34s %,d a second%n", name, SMALL_FRAMES * 1_000_000_000L / (System.nanoTime() - begun));
    }

    private void bigFrames(String name, byte[] frame, Semaphore room) throws InterruptedException {
        long begun = System.nanoTime();
        for (int count = 0; count < BIG_FRAMES; count++) {
            room.acquire();
            one.net(Lane.DISTRO).send(two.identity.nodeId(), frame);
        }
        room.acquire(2);
        room.release(2);
        double seconds = (System.nanoTime() - begun) / 1e9;
        System.out.printf("%-34s %.0f MB a second%n", name, BIG_FRAMES * (BIG_BYTES / 1e6) / seconds);
    }

    private static byte[] text() {
        StringBuilder text = new StringBuilder();
        for (int number = 0; text.length() < BIG_BYTES; number++) {
            text.append("{\"ip\":\"10.0.")
                    .append(number % 256)
                    .append(".1\",\"port\":")
                    .append(number)
                    .append("},");
        }
        return text.substring(0, BIG_BYTES).getBytes(StandardCharsets.US_ASCII);
    }

    /** One node with a driver that does nothing else. */
    private static final class End implements AutoCloseable {

        private final Vertx channelLoop = loop();
        private final Vertx driverLoop = loop();
        private final NodeIdentity identity;
        private final PeerChannel channel;
        private final PeerLinks links;
        private final Map<Lane, Net> nets = new EnumMap<>(Lane.class);

        End(int number) {
            identity = ChannelNode.identity(number, 1);
            channel = new PeerChannel(
                    channelLoop,
                    new ChannelConfig(
                            ChannelNode.HOST,
                            0,
                            identity,
                            ChannelNode.addressOf(1),
                            1,
                            Optional.of(ChannelNode.SECRET),
                            ChannelLimits.defaults()),
                    () -> Optional.of(new ClusterId(1, 1)),
                    new SecureRng(),
                    PeerMetrics.NONE);
            VertxTime driver = new VertxTime(driverLoop.getOrCreateContext());
            links = channel.links(driver);
            for (Lane lane : Lane.values()) {
                nets.put(lane, channel.net(lane, driver));
            }
        }

        Net net(Lane lane) {
            return nets.get(lane);
        }

        void connect(MemberAddress address) {
            CompletableFuture<Void> opened = new CompletableFuture<>();
            links.onEvent(event -> {
                if (event instanceof LinkEvent.Opened) {
                    opened.complete(null);
                }
            });
            links.dial(List.of(address));
            opened.join();
        }

        @Override
        public void close() {
            channel.stop().toCompletableFuture().join();
            channelLoop.close().await();
            driverLoop.close().await();
        }

        private static Vertx loop() {
            return Vertx.vertx(new VertxOptions()
                    .setEventLoopPoolSize(1)
                    .setWorkerPoolSize(1)
                    .setInternalBlockingPoolSize(1));
        }
    }
}
