package io.muster.naming.push;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.zip.DataFormatException;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The datagram (nacos-v1-http.md §6.3). */
class PushPacketTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long TOKEN = (1L << 53) - 1;

    @Test
    void shortList_isPlainJsonInsideJson() throws IOException {
        byte[] list = "{\"name\":\"a\\\"ü\"}".getBytes(StandardCharsets.UTF_8);

        byte[] datagram = PushPacket.of(list).orElseThrow().datagram(7);

        assertThat(new String(datagram, StandardCharsets.UTF_8))
                .isEqualTo("{\"type\":\"dom\",\"data\":\"{\\\"name\\\":\\\"a\\\\\\\"ü\\\"}\",\"lastRefTime\":7}");
        assertCarries(datagram, list, 7);
    }

    @ParameterizedTest
    @ValueSource(ints = {900, 970, 980, 1_000, 1_024, 5_000, 200_000, 1_000_000})
    void longerList_isGzipped(int length) throws IOException {
        byte[] list = list(length);

        byte[] datagram = PushPacket.of(list).orElseThrow().datagram(TOKEN);

        boolean gzipped = datagram[0] == 0x1f;
        byte[] plain = gzipped ? unzip(datagram) : datagram;
        assertThat(gzipped).isEqualTo(plain.length + 3 >= PushPacket.GZIP_FROM_BYTES);
        assertCarries(plain, list, TOKEN);
    }

    /** One member and nothing behind it: the simplest inflater, which some clients use, must get all of it. */
    @Test
    void gzip_isOnePlainMember() throws DataFormatException, IOException {
        byte[] list = list(20_000);
        byte[] datagram = PushPacket.of(list).orElseThrow().datagram(42);
        Inflater inflater = new Inflater(true);
        byte[] plain = new byte[2 * list.length];
        try {
            inflater.setInput(datagram, 10, datagram.length - 10);
            int length = inflater.inflate(plain);

            assertThat(inflater.finished()).isTrue();
            assertThat(inflater.getRemaining()).as("checksum and length").isEqualTo(8);
            assertThat(new String(plain, 0, length, StandardCharsets.UTF_8)).endsWith(",\"lastRefTime\":42}");
        } finally {
            inflater.end();
        }
    }

    @Test
    void datagrams_ofOnePacket_differInTheTokenOnly() throws IOException {
        byte[] list = list(10_000);
        PushPacket packet = PushPacket.of(list).orElseThrow();

        assertCarries(unzip(packet.datagram(1)), list, 1);
        assertCarries(unzip(packet.datagram(2)), list, 2);
    }

    /** Nacos sends it and never knows that nothing arrives. */
    @Test
    void list_thatNoDatagramHolds_isNone() {
        byte[] noise = new byte[100_000];
        Random random = new Random(1);
        for (int i = 0; i < noise.length; i++) {
            noise[i] = (byte) (' ' + random.nextInt(90));
        }
        assertThat(PushPacket.of(noise)).isEmpty();
        assertThat(PushPacket.of(new byte[PushPacket.PLAIN_BYTES_MAX + 1])).isEmpty();
    }

    private static byte[] list(int length) {
        StringBuilder list = new StringBuilder("{\"hosts\":[");
        while (list.length() < length) {
            list.append("{\"ip\":\"10.0.").append(list.length() % 255).append(".1\"},");
        }
        return list.append("{}]}").toString().getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] unzip(byte[] gzip) throws IOException {
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(gzip))) {
            return in.readAllBytes();
        }
    }

    private static void assertCarries(byte[] plain, byte[] list, long token) throws IOException {
        JsonNode json = JSON.readTree(plain);
        assertThat(json.get("type").textValue()).isEqualTo("dom");
        assertThat(json.get("lastRefTime").longValue()).isEqualTo(token);
        assertThat(json.get("data").textValue()).isEqualTo(new String(list, StandardCharsets.UTF_8));
    }
}
