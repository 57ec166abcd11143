package io.muster.member.channel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** R26. */
class CompressionTest {

    private final Compression compression = new Compression();

    @AfterEach
    void close() {
        compression.close();
    }

    @Test
    void whatIsCompressed_comesBack() {
        for (int length : new int[] {64, 1000, 65_536}) {
            byte[] plain = text(length);
            byte[] deflated = deflate(plain);
            byte[] back = new byte[length];

            assertThat(deflated.length).isLessThan(length);
            assertThat(compression.inflate(ByteBuffer.wrap(deflated, 0, deflated.length), back))
                    .isTrue();
            assertThat(back).isEqualTo(plain);
        }
    }

    @Test
    void whatDoesNotGetSmaller_staysAsItIs() {
        byte[] noise = new byte[5000];
        new Random(1).nextBytes(noise);

        assertThat(compression.deflate(noise, 0, noise.length, new byte[5000], 0))
                .isEqualTo(-1);
    }

    @Test
    void moreOrLessThanExpected_isRefused() {
        byte[] deflated = deflate(text(1000));

        assertThat(compression.inflate(ByteBuffer.wrap(deflated, 0, deflated.length), new byte[999]))
                .isFalse();
        assertThat(compression.inflate(ByteBuffer.wrap(deflated, 0, deflated.length), new byte[1001]))
                .isFalse();
        assertThat(compression.inflate(ByteBuffer.wrap(deflated, 0, deflated.length), new byte[0]))
                .isFalse();
    }

    @Test
    void everyTruncation_andWhatTrails_isRefused() {
        byte[] deflated = deflate(text(1000));
        for (int length = 0; length < deflated.length; length++) {
            assertThat(compression.inflate(ByteBuffer.wrap(deflated, 0, length), new byte[1000]))
                    .isFalse();
        }
        byte[] longer = Arrays.copyOf(deflated, deflated.length + 1);
        assertThat(compression.inflate(ByteBuffer.wrap(longer, 0, longer.length), new byte[1000]))
                .isFalse();
    }

    private byte[] deflate(byte[] plain) {
        byte[] target = new byte[plain.length];
        return Arrays.copyOf(target, copyInto(plain, target));
    }

    private int copyInto(byte[] plain, byte[] target) {
        return compression.deflate(plain, 0, plain.length, target, 0);
    }

    private static byte[] text(int length) {
        byte[] text = new byte[length];
        for (int at = 0; at < length; at++) {
            text[at] = (byte) ('a' + (at * at) % 7);
        }
        return text;
    }
}
