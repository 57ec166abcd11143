package io.muster.naming.push;

import static io.muster.naming.registry.RegistryFixture.ALICE;
import static io.muster.naming.registry.RegistryFixture.FIRST;
import static io.muster.naming.registry.RegistryFixture.ORDERS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.muster.naming.list.NameForm;
import io.muster.naming.model.Instance;
import io.muster.naming.model.InstanceKey;
import io.muster.naming.registry.RegistryFixture;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Push over real sockets on loopback (R71; nacos-v1-http.md §6.3). The client is a plain socket, as the 1.x client's
 * is.
 */
@Timeout(60)
class PushSchedulerTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long MERGE_MILLIS = 40;

    /** Longer than any window and repetition of a test, shorter than its patience. */
    private static final int PATIENCE_MILLIS = 20_000;

    private final RegistryFixture fixture = new RegistryFixture();
    private final Vertx vertx = Vertx.vertx();
    private final AtomicBoolean warmingUp = new AtomicBoolean();
    private final Subscribers subscribers = new Subscribers(SubscriberSettings.STANDARD, System::nanoTime);
    private final PushScheduler push = new PushScheduler(
            vertx,
            vertx.getOrCreateContext(),
            fixture.registry.index(),
            fixture.registry.switches(),
            subscribers,
            warmingUp::get,
            new PushSettings("127.0.0.1", MERGE_MILLIS),
            System::currentTimeMillis,
            System::nanoTime);
    private final DatagramSocket client = socket();

    private static DatagramSocket socket() {
        try {
            DatagramSocket socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            socket.setSoTimeout(PATIENCE_MILLIS);
            return socket;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @BeforeEach
    void start() {
        push.start()
                .toCompletionStage()
                .toCompletableFuture()
                .orTimeout(10, TimeUnit.SECONDS)
                .join();
    }

    @AfterEach
    void stop() {
        client.close();
        push.close()
                .toCompletionStage()
                .toCompletableFuture()
                .orTimeout(10, TimeUnit.SECONDS)
                .join();
        vertx.close()
                .toCompletionStage()
                .toCompletableFuture()
                .orTimeout(10, TimeUnit.SECONDS)
                .join();
    }

    private void subscribe(String clusters) {
        subscribers.subscribe(new Subscriber(
                ORDERS,
                clusters,
                "127.0.0.1",
                client.getLocalPort(),
                NameForm.GROUPED,
                "Nacos-Java-Client:v1.4.8",
                ""));
    }

    private record Received(Buffer datagram, InetSocketAddress from) {

        boolean isGzip() {
            return datagram.getByte(0) == 0x1f;
        }

        JsonNode json() throws IOException {
            byte[] bytes = datagram.getBytes();
            return JSON.readTree(
                    isGzip() ? new GZIPInputStream(new ByteArrayInputStream(bytes)).readAllBytes() : bytes);
        }

        JsonNode list() throws IOException {
            return JSON.readTree(json().get("data").textValue());
        }
    }

    private Received receive() throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[65_536], 65_536);
        client.receive(packet);
        return new Received(Buffer.buffer(Arrays.copyOf(packet.getData(), packet.getLength())), (InetSocketAddress)
                packet.getSocketAddress());
    }

    private void acknowledge(Received received) throws IOException {
        String answer = "{\"type\": \"push-ack\", \"lastRefTime\":\""
                + received.json().get("lastRefTime").asText() + "\", \"data\":\"\"}";
        byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
        client.send(new DatagramPacket(bytes, bytes.length, received.from()));
    }

    @Test
    void change_isPushedAndAcknowledged() throws IOException {
        subscribe("");

        fixture.register(FIRST);
        Received received = receive();
        acknowledge(received);

        assertThat(received.json().get("type").textValue()).isEqualTo("dom");
        assertThat(received.list().get("name").textValue()).isEqualTo("DEFAULT_GROUP@@orders");
        assertThat(received.list().get("hosts").get(0).get("ip").textValue()).isEqualTo("10.0.0.1");
        assertThat(received.list().get("cacheMillis").longValue()).isEqualTo(10_000);
        await().atMost(Duration.ofSeconds(10)).until(() -> push.stats().acknowledged() == 1);
        assertThat(push.stats().pushed()).isEqualTo(1);
    }

    @Test
    void longList_arrivesGzipped() throws IOException {
        for (int i = 0; i < 50; i++) {
            fixture.register(new InstanceKey("10.0.1." + i, 80, "DEFAULT"));
        }
        subscribe("");

        fixture.register(FIRST);
        Received received = receive();

        assertThat(received.isGzip()).isTrue();
        assertThat(received.list().get("hosts")).hasSize(51);
    }

    /** Changes within the window ride along; a burst is one packet. */
    @Test
    void burst_isMergedIntoOnePush() throws IOException {
        subscribe("");

        for (int i = 0; i < 20; i++) {
            fixture.register(new InstanceKey("10.0.1." + i, 80, "DEFAULT"));
        }
        Received received = receive();
        acknowledge(received);

        await().atMost(Duration.ofSeconds(10))
                .until(() -> push.stats().acknowledged() == push.stats().pushed());
        // A slow machine may spread the burst over two windows, never over many.
        assertThat(push.stats().pushed()).isBetween(1L, 3L);
    }

    @Test
    void lostPacket_isRepeatedWithTheSameToken() throws IOException {
        subscribe("");
        fixture.register(FIRST);

        Received first = receive();
        Received repeated = receive();
        acknowledge(repeated);

        assertThat(repeated.json()).isEqualTo(first.json());
        await().atMost(Duration.ofSeconds(10)).until(() -> push.stats().acknowledged() == 1);
    }

    @Test
    void subscriberOfACluster_getsItsListUnderItsOwnName() throws IOException {
        subscribe("blue");

        fixture.register(FIRST);
        Received received = receive();

        assertThat(received.list().get("clusters").textValue()).isEqualTo("blue");
        assertThat(received.list().get("hosts")).isEmpty();
    }

    /** X13: a true deregistration down to zero is told at once. */
    @Test
    void lastInstanceGone_isPushedAsAnEmptyList() throws IOException {
        fixture.register(FIRST);
        subscribe("");

        RegistryFixture.await(fixture.registry.registrations().deregister(ORDERS, FIRST, true, ALICE));

        Received received = receive();
        assertThat(received.list().get("hosts")).isEmpty();
        assertThat(received.list().has("lastRefTime")).isTrue();
    }

    /** X13: nothing is pushed while instances may be missing; then the whole list is. */
    @Test
    void warmingUp_holdsPushBackUntilTheListCanBeBelieved() throws IOException {
        warmingUp.set(true);
        subscribe("");
        fixture.register(FIRST);
        client.setSoTimeout(300);
        assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(this::receive);

        warmingUp.set(false);

        client.setSoTimeout(PATIENCE_MILLIS);
        assertThat(receive().list().get("hosts")).hasSize(1);
    }

    @Test
    void tooBigList_isSkippedAndCounted() {
        subscribe("");
        // Values that do not compress: no datagram holds the list.
        Random random = new Random(4);
        for (int i = 0; i < 120; i++) {
            StringBuilder noise = new StringBuilder();
            for (int j = 0; j < 1_000; j++) {
                noise.append((char) (' ' + random.nextInt(95)));
            }
            fixture.register(Instance.ephemeral(new InstanceKey("10.0.1." + i, 80, "DEFAULT"))
                    .withMetadata(RegistryFixture.metadata("noise", noise.toString())));
        }

        await().atMost(Duration.ofSeconds(20)).until(() -> push.stats().tooBig() > 0);
    }

    @Test
    void switchedOff_pushesNothing() throws IOException {
        subscribe("");
        RegistryFixture.await(fixture.registry.switches().set("pushEnabled", "false", false, ALICE));
        fixture.register(FIRST);
        client.setSoTimeout(300);

        assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(this::receive);
    }

    @Test
    void port_isTheOneThatClientsAnswerTo() throws IOException {
        subscribe("");
        fixture.register(FIRST);

        assertThat(receive().from().getPort()).isEqualTo(push.port()).isPositive();
    }
}
