package io.muster.member.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.member.channel.WireFixture.Outcome;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** R26, X17: what comes from the wire is believed only as far as it was checked. */
class FrameDecoderTest {

    private final WireFixture wire = new WireFixture();

    /** 16 MiB of zeros are 16 KiB on the wire: to read them in one go would hold the loop for a tenth of a second. */
    @Test
    void muchInFewBytes_isReadInTurns() {
        byte[] bytes = wire.message(WireFrame.Kind.RAFT, new byte[16 << 20], WireFrame.PAYLOAD_BYTES_MAX);
        FrameDecoder decoder = wire.decoder();
        List<WireFrame> frames = new ArrayList<>();
        int at = 0;
        int turns = 0;
        while (at < bytes.length) {
            int before = frames.size();
            assertThat(decoder.feed(bytes, at, bytes.length, frames::add)).isEmpty();
            assertThat(frames.size() - before).isLessThanOrEqualTo(4);
            at = decoder.readTo();
            decoder.newTurn();
            turns++;
        }

        assertThat(frames).hasSize(256);
        assertThat(turns).isEqualTo(64);
    }

    @Test
    void frames_comeOutAsTheyWentIn() {
        byte[] payload = {1, 2, 3};

        Outcome outcome = wire.decode(concat(
                wire.frame(WireFrame.Kind.HEALTH, Optional.of(WireFixture.CLUSTER), payload),
                wire.frame(WireFrame.Kind.PING, Optional.empty(), new byte[0])));

        assertThat(outcome.refusal()).isEmpty();
        WireFrame first = outcome.frames().get(0);
        assertThat(first.kind()).isEqualTo(WireFrame.Kind.HEALTH);
        assertThat(first.clusterId()).contains(WireFixture.CLUSTER);
        assertThat(first.payload()).isEqualTo(payload);
        assertThat(first.more() || first.continued()).isFalse();
        assertThat(outcome.frames().get(1).clusterId()).isEmpty();
    }

    @Test
    void everySplitInTwo_givesTheSameFrames() {
        byte[] bytes = stream();
        for (int cut = 0; cut <= bytes.length; cut++) {
            FrameDecoder decoder = wire.decoder();
            List<byte[]> payloads = new ArrayList<>();
            assertThat(decoder.feed(bytes, 0, cut, frame -> payloads.add(frame.payload())))
                    .isEmpty();
            assertThat(decoder.feed(bytes, cut, bytes.length, frame -> payloads.add(frame.payload())))
                    .isEmpty();

            assertThat(payloads).as("cut at %d", cut).hasSize(5);
        }
    }

    @Test
    void everySizeOfPieces_givesTheSameFrames() {
        byte[] bytes = stream();
        List<byte[]> whole = payloads(wire.decode(bytes));
        for (int step = 1; step <= bytes.length; step++) {
            assertThat(payloads(wire.decode(bytes, step)))
                    .as("pieces of %d", step)
                    .usingElementComparator(Arrays::compare)
                    .isEqualTo(whole);
        }
    }

    @Test
    void everyTruncation_givesFewerFrames_andNoRefusal() {
        byte[] bytes = stream();
        for (int length = 0; length < bytes.length; length++) {
            Outcome outcome = wire.decode(Arrays.copyOf(bytes, length), Math.max(1, length));
            assertThat(outcome.refusal()).isEmpty();
            assertThat(outcome.frames()).hasSizeLessThan(5);
        }
    }

    @Test
    void everyFlippedBit_isRefused() {
        byte[] bytes = wire.frame(WireFrame.Kind.RAFT, Optional.of(WireFixture.CLUSTER), new byte[] {5, 6, 7});
        for (int bit = 0; bit < bytes.length * Byte.SIZE; bit++) {
            byte[] damaged = bytes.clone();
            damaged[bit / Byte.SIZE] ^= (byte) (1 << (bit % Byte.SIZE));
            // Zeros behind it: a larger length finds enough bytes to be judged.
            Outcome outcome = wire.decode(Arrays.copyOf(damaged, 1 << 17));

            assertThat(outcome.frames()).isEmpty();
            assertThat(outcome.kind().orElseThrow()).isIn(RefusalKind.SEAL, RefusalKind.LENGTH);
        }
    }

    @Test
    void lengthOfTwoGigabytes_isRefused_beforeAnythingElseComes() {
        for (int length : new int[] {Integer.MAX_VALUE, Integer.MIN_VALUE, -1, 1 << 20, 18, 0}) {
            byte[] bytes = ByteBuffer.allocate(4).putInt(length).array();

            assertThat(wire.decode(bytes).kind()).contains(RefusalKind.LENGTH);
            assertThat(wire.decode(bytes, 1).kind()).contains(RefusalKind.LENGTH);
        }
    }

    @Test
    void frameOfAnotherPlace_isRefused() {
        byte[] first = wire.frame(WireFrame.Kind.RAFT, Optional.empty(), new byte[] {1});
        byte[] second = wire.frame(WireFrame.Kind.RAFT, Optional.empty(), new byte[] {2});

        assertThat(wire.decode(second).kind()).contains(RefusalKind.SEAL);
        assertThat(wire.decode(concat(first, first)).kind()).contains(RefusalKind.SEAL);
        assertThat(wire.decode(concat(first, second)).kind()).isEmpty();
    }

    @Test
    void unknownFormat_isRefusedAsVersion() {
        assertThat(wire.decode(WireFixture.sealed(new byte[] {2, 0, 0})).kind()).contains(RefusalKind.VERSION);
    }

    @Test
    void unknownKindOrFlag_isMalformed() {
        assertThat(wire.decode(WireFixture.sealed(new byte[] {1, 5, 0})).kind()).contains(RefusalKind.MALFORMED);
        assertThat(wire.decode(WireFixture.sealed(new byte[] {1, -1, 0})).kind())
                .contains(RefusalKind.MALFORMED);
        assertThat(wire.decode(WireFixture.sealed(new byte[] {1, 0, 16})).kind())
                .contains(RefusalKind.MALFORMED);
    }

    @Test
    void fieldsBeyondTheEnd_areMalformed() {
        assertThat(wire.decode(WireFixture.sealed(new byte[] {1, 0, WireFrame.FLAG_CLUSTER, 1, 2}))
                        .kind())
                .contains(RefusalKind.MALFORMED);
        assertThat(wire.decode(WireFixture.sealed(new byte[] {1, 0, WireFrame.FLAG_COMPRESSED, 1, 2}))
                        .kind())
                .contains(RefusalKind.MALFORMED);
    }

    @Test
    void payloadBeyondItsBound_isMalformed() {
        byte[] rest = new byte[WireFrame.HEAD_BYTES + WireFrame.PAYLOAD_BYTES_MAX + 1];
        rest[0] = WireFrame.FORMAT;

        assertThat(wire.decode(WireFixture.sealed(rest)).kind()).contains(RefusalKind.MALFORMED);
    }

    /** A few bytes that would give a gigabyte, or more than they say, or less. */
    @Test
    void bomb_isRefused() {
        byte[] deflated = new byte[1 << 16];
        int length = wire.compression().deflate(new byte[60_000], 0, 60_000, deflated, 0);
        byte[] bomb = Arrays.copyOf(deflated, length);

        assertThat(wire.decode(compressed(60_000, bomb)).kind()).isEmpty();
        for (int said : new int[] {59_999, 60_001, 0, 1, WireFrame.PAYLOAD_BYTES_MAX + 1, Integer.MAX_VALUE, -1}) {
            assertThat(wire.decode(compressed(said, bomb)).kind())
                    .as("said %d", said)
                    .contains(RefusalKind.COMPRESSION);
        }
    }

    @Test
    void refusal_isTheLastWord() {
        FrameDecoder decoder = wire.decoder();
        byte[] good = wire.frame(WireFrame.Kind.PING, Optional.empty(), new byte[0]);
        decoder.feed(new byte[4], 0, 4, frame -> true);

        assertThat(decoder.feed(good, 0, good.length, frame -> {
                    throw new AssertionError("a refused connection gives no frames");
                }))
                .isEmpty();
    }

    @Test
    void readerThatHasEnough_getsNothingMore() {
        List<WireFrame> frames = new ArrayList<>();
        byte[] bytes = stream();

        wire.decoder().feed(bytes, 0, bytes.length, frame -> {
            frames.add(frame);
            return false;
        });

        assertThat(frames).hasSize(1);
    }

    /** Small, empty, compressed, incompressible and fragmented ones. */
    private byte[] stream() {
        WireFixture fresh = new WireFixture();
        byte[] noise = new byte[1500];
        new Random(1).nextBytes(noise);
        return concat(
                fresh.frame(WireFrame.Kind.DISTRO, Optional.empty(), new byte[] {9}),
                fresh.frame(WireFrame.Kind.PING, Optional.of(WireFixture.CLUSTER), new byte[0]),
                fresh.message(WireFrame.Kind.RAFT, new byte[3000], 2000),
                fresh.message(WireFrame.Kind.RAFT, noise, 2000));
    }

    private static byte[] compressed(int plainBytes, byte[] deflated) {
        return WireFixture.sealed(ByteBuffer.allocate(WireFrame.HEAD_BYTES + Integer.BYTES + deflated.length)
                .put(WireFrame.FORMAT)
                .put(WireFrame.Kind.DISTRO.code())
                .put((byte) WireFrame.FLAG_COMPRESSED)
                .putInt(plainBytes)
                .put(deflated)
                .array());
    }

    private static List<byte[]> payloads(Outcome outcome) {
        assertThat(outcome.refusal()).isEmpty();
        return outcome.frames().stream().map(WireFrame::payload).toList();
    }

    private static byte[] concat(byte[]... parts) {
        ByteBuffer all = ByteBuffer.allocate(
                Arrays.stream(parts).mapToInt(part -> part.length).sum());
        Arrays.stream(parts).forEach(all::put);
        return all.array();
    }
}
