package io.muster.member.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.muster.member.ClusterId;
import io.muster.member.MemberAddress;
import io.muster.member.NodeId;
import io.muster.member.health.core.Announcement;
import io.muster.member.health.core.HealthMessage;
import io.muster.member.health.core.MemberHealth;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class HealthCodecTest {

    private final Random random = new Random(42);

    @Test
    void everyMessage_comesBackAsItWent() throws MalformedMessageException {
        for (int i = 0; i < 20_000; i++) {
            HealthMessage message = anyMessage();
            assertThat(HealthCodec.decode(HealthCodec.encode(message))).isEqualTo(message);
        }
    }

    static Stream<HealthMessage> oneOfEach() {
        Announcement says = new Announcement(3, Optional.of(new ClusterId(4, 5)), true, false, 6, 7);
        NodeId node = new NodeId(7, 8);
        MemberAddress address = new MemberAddress("häuschen", 8848, 7848);
        HealthMessage.Reached reached = new HealthMessage.Reached(node, 3, true, 4, 5, 6);
        return Stream.of(
                new HealthMessage.Probe(1, says, true),
                new HealthMessage.ProbeAnswer(1, 2, says, false, 9),
                new HealthMessage.AskReach(1, 2, List.of(new HealthMessage.Suspect(node, 3)), List.of(address)),
                new HealthMessage.ReachAnswer(
                        1, 2, List.of(reached), List.of(new HealthMessage.FoundAt(address, reached))),
                new HealthMessage.Leaving(1));
    }

    @ParameterizedTest
    @MethodSource("oneOfEach")
    void everyPrefix_andEveryLongerFrame_isRefused(HealthMessage message) {
        byte[] frame = HealthCodec.encode(message);
        for (int length = 0; length < frame.length; length++) {
            byte[] prefix = Arrays.copyOf(frame, length);
            assertThatExceptionOfType(MalformedMessageException.class).isThrownBy(() -> HealthCodec.decode(prefix));
        }
        byte[] longer = Arrays.copyOf(frame, frame.length + 1);
        assertThatExceptionOfType(MalformedMessageException.class).isThrownBy(() -> HealthCodec.decode(longer));
    }

    @ParameterizedTest
    @MethodSource("oneOfEach")
    void everyFlippedBit_isRefused(HealthMessage message) {
        byte[] frame = HealthCodec.encode(message);
        for (int bit = 0; bit < frame.length * Byte.SIZE; bit++) {
            byte[] flipped = frame.clone();
            flipped[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
            assertThatExceptionOfType(MalformedMessageException.class).isThrownBy(() -> HealthCodec.decode(flipped));
        }
    }

    /** What is taken for a message is one that encodes to the very same bytes: nothing is guessed or overlooked. The checksum is made to fit. */
    @Test
    void mutatedFrames_areRefused_orAreAnotherMessageExactly() {
        int refused = 0;
        for (int i = 0; i < 200_000; i++) {
            byte[] frame = HealthCodec.encode(anyMessage());
            for (int flips = random.nextInt(4); flips >= 0; flips--) {
                frame[random.nextInt(Math.min(frame.length, 64))] = (byte) random.nextInt();
            }
            seal(frame);
            try {
                assertThat(HealthCodec.encode(HealthCodec.decode(frame))).isEqualTo(frame);
            } catch (MalformedMessageException malformed) {
                assertThat(malformed).message().isNotBlank();
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(20_000);
    }

    @Test
    void garbage_isRefused() {
        for (int i = 0; i < 100_000; i++) {
            byte[] garbage = new byte[random.nextInt(200)];
            random.nextBytes(garbage);
            assertThatExceptionOfType(MalformedMessageException.class).isThrownBy(() -> HealthCodec.decode(garbage));
        }
    }

    @Test
    void hugeCount_isRefused_beforeAnythingIsAllocated() {
        byte[] frame = HealthCodec.encode(new HealthMessage.AskReach(1, 2, List.of(), List.of()));
        for (int count : new int[] {Integer.MAX_VALUE, Integer.MIN_VALUE, -1, MemberHealth.MEMBERS_MAX + 1}) {
            for (int place : new int[] {frame.length - 2 * Integer.BYTES, frame.length - 3 * Integer.BYTES}) {
                byte[] huge = frame.clone();
                ByteBuffer.wrap(huge).putInt(place, count);
                seal(huge);
                assertThatExceptionOfType(MalformedMessageException.class)
                        .isThrownBy(() -> HealthCodec.decode(huge))
                        .withMessageContaining("a count of");
            }
        }
    }

    private static void seal(byte[] frame) {
        CRC32C checksum = new CRC32C();
        checksum.update(frame, 0, frame.length - Integer.BYTES);
        ByteBuffer.wrap(frame).putInt(frame.length - Integer.BYTES, (int) checksum.getValue());
    }

    private HealthMessage anyMessage() {
        return switch (random.nextInt(5)) {
            case 0 -> new HealthMessage.Probe(random.nextLong(), anyAnnouncement(), random.nextBoolean());
            case 1 ->
                new HealthMessage.ProbeAnswer(
                        random.nextLong(),
                        random.nextLong(),
                        anyAnnouncement(),
                        random.nextBoolean(),
                        random.nextLong());
            case 2 ->
                new HealthMessage.AskReach(
                        random.nextLong(),
                        random.nextLong(),
                        Stream.generate(() -> new HealthMessage.Suspect(anyNode(), random.nextLong()))
                                .limit(random.nextInt(5))
                                .toList(),
                        Stream.generate(this::anyAddress)
                                .limit(random.nextInt(5))
                                .toList());
            case 3 ->
                new HealthMessage.ReachAnswer(
                        random.nextLong(),
                        random.nextLong(),
                        Stream.generate(this::anyReached)
                                .limit(random.nextInt(5))
                                .toList(),
                        Stream.generate(() -> new HealthMessage.FoundAt(anyAddress(), anyReached()))
                                .limit(random.nextInt(5))
                                .toList());
            default -> new HealthMessage.Leaving(random.nextLong());
        };
    }

    private Announcement anyAnnouncement() {
        return new Announcement(
                random.nextLong(),
                random.nextBoolean()
                        ? Optional.of(new ClusterId(random.nextLong(), random.nextLong()))
                        : Optional.empty(),
                random.nextBoolean(),
                random.nextBoolean(),
                random.nextLong(),
                random.nextLong());
    }

    private HealthMessage.Reached anyReached() {
        return new HealthMessage.Reached(
                anyNode(),
                random.nextLong(),
                random.nextBoolean(),
                random.nextLong(),
                random.nextLong(),
                random.nextInt(Integer.MAX_VALUE));
    }

    private MemberAddress anyAddress() {
        return new MemberAddress(
                "host-" + "ä".repeat(random.nextInt(HealthMessage.HOST_CHARS_MAX - 5)),
                random.nextInt(1 << Short.SIZE),
                random.nextInt(1 << Short.SIZE));
    }

    private NodeId anyNode() {
        return new NodeId(random.nextLong(), random.nextLong());
    }
}
