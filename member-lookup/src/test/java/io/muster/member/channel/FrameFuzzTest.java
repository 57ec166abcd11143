package io.muster.member.channel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;

/**
 * Hostile bytes against the decoder, from a seed: {@code -Dmuster.fuzz.frames=10000000 -Dmuster.fuzz.seed=1}. Nothing crashes, hangs or grows; what is
 * not right is refused with a reason; what comes out was put in.
 */
class FrameFuzzTest {

    private static final int FRAMES = Integer.getInteger("muster.fuzz.frames", 1_000_000);
    private static final long SEED = Long.getLong("muster.fuzz.seed", 20_26);

    /** Two samples of a live heap differ by what the machine keeps for itself. */
    private static final long HEAP_GROWTH_BYTES_MAX = 8L << 20;

    private static final int MUTATIONS_MAX = 4;

    private final WireFixture wire = new WireFixture();
    private final SplittableRandom random = new SplittableRandom(SEED);
    private final Map<RefusalKind, Long> refusals = new EnumMap<>(RefusalKind.class);
    private long accepted;
    private long unfinished;

    /** Each is one frame, the first of its direction, so that a fresh decoder takes it. */
    private final List<byte[]> samples = samples();

    @Test
    @Timeout(value = 15, unit = TimeUnit.MINUTES)
    void mutatedFrames_areRefusedWithAReason(TestReporter reporter) {
        run(FRAMES / 10);
        long before = liveHeapBytes();
        run(FRAMES - FRAMES / 10);
        long growth = liveHeapBytes() - before;

        reporter.publishEntry(
                "fuzz",
                FRAMES + " frames, seed " + SEED + ": refused " + refusals + ", right after all " + accepted
                        + ", unfinished " + unfinished + ", heap grew by " + growth + " bytes");
        assertThat(growth).isLessThan(HEAP_GROWTH_BYTES_MAX);
        assertThat(refusals.keySet())
                .containsExactlyInAnyOrder(
                        RefusalKind.LENGTH,
                        RefusalKind.SEAL,
                        RefusalKind.VERSION,
                        RefusalKind.MALFORMED,
                        RefusalKind.COMPRESSION);
    }

    private void run(int count) {
        for (int done = 0; done < count; done++) {
            byte[] sample = samples.get(random.nextInt(samples.size()));
            if (random.nextBoolean()) {
                forged(sample);
            } else {
                insider(sample);
            }
        }
    }

    /** Without the key: whatever is changed, only what was sealed can come out. */
    private void forged(byte[] sample) {
        byte[] mutated = mutate(sample);
        List<WireFrame> frames = new ArrayList<>();
        Optional<Refusal> refusal = feed(mutated, frames);
        if (!frames.isEmpty()) {
            assertThat(frames).hasSize(1);
            assertThat(samples).anyMatch(whole -> beginsWith(mutated, whole));
        }
        note(refusal, frames);
    }

    /** With the key, so that what is behind the seal is reached. */
    private void insider(byte[] sample) {
        byte[] rest = Arrays.copyOfRange(sample, WireFrame.LENGTH_BYTES, sample.length - Seal.BYTES);
        byte[] mutated = mutate(rest);
        List<WireFrame> frames = new ArrayList<>();
        Optional<Refusal> refusal = feed(WireFixture.sealed(mutated), frames);
        assertThat(refusal.isPresent() || frames.size() == 1 || mutated.length < WireFrame.HEAD_BYTES)
                .isTrue();
        assertThat(frames).allMatch(frame -> frame.payload().length <= WireFrame.PAYLOAD_BYTES_MAX);
        note(refusal, frames);
    }

    private void note(Optional<Refusal> refusal, List<WireFrame> frames) {
        if (refusal.isPresent()) {
            assertThat(refusal.get().detail()).isNotBlank();
            refusals.merge(refusal.get().kind(), 1L, Long::sum);
        } else if (frames.isEmpty()) {
            unfinished++;
        } else {
            accepted++;
        }
    }

    /** In one to three pieces. */
    private Optional<Refusal> feed(byte[] bytes, List<WireFrame> frames) {
        FrameDecoder decoder = wire.decoder();
        int first = random.nextInt(bytes.length + 1);
        int second = first + random.nextInt(bytes.length - first + 1);
        Optional<Refusal> refusal = decoder.feed(bytes, 0, first, frames::add);
        if (refusal.isEmpty()) {
            refusal = decoder.feed(bytes, first, second, frames::add);
        }
        return refusal.isEmpty() ? decoder.feed(bytes, second, bytes.length, frames::add) : refusal;
    }

    private byte[] mutate(byte[] sample) {
        byte[] bytes = sample;
        for (int left = 1 + random.nextInt(MUTATIONS_MAX); left > 0; left--) {
            bytes = mutateOnce(bytes);
        }
        return bytes;
    }

    private byte[] mutateOnce(byte[] bytes) {
        if (bytes.length == 0) {
            return new byte[] {(byte) random.nextInt()};
        }
        int at = random.nextInt(Math.min(bytes.length, random.nextBoolean() ? 32 : Integer.MAX_VALUE));
        return switch (random.nextInt(6)) {
            case 0 -> with(bytes, at, (byte) (bytes[at] ^ 1 << random.nextInt(Byte.SIZE)));
            case 1 -> with(bytes, at, (byte) random.nextInt());
            case 2 -> Arrays.copyOf(bytes, at);
            case 3 -> {
                byte[] other = samples.get(random.nextInt(samples.size()));
                yield splice(bytes, at, other, random.nextInt(other.length));
            }
            case 4 -> splice(bytes, at, bytes, random.nextInt(bytes.length));
            default -> {
                byte[] extreme = bytes.clone();
                byte filling = (byte) (random.nextBoolean() ? 0xff : 0x7f);
                Arrays.fill(extreme, at, Math.min(bytes.length, at + Integer.BYTES), filling);
                yield extreme;
            }
        };
    }

    private static byte[] with(byte[] bytes, int at, byte value) {
        byte[] changed = bytes.clone();
        changed[at] = value;
        return changed;
    }

    /** The beginning of one, and the end of the other behind it. */
    private static byte[] splice(byte[] one, int end, byte[] other, int begin) {
        return ByteBuffer.allocate(end + other.length - begin)
                .put(one, 0, end)
                .put(other, begin, other.length - begin)
                .array();
    }

    private static List<byte[]> samples() {
        byte[] noise = new byte[300];
        new SplittableRandom(1).nextBytes(noise);
        List<byte[]> samples = new ArrayList<>();
        for (WireFrame.Kind kind : WireFrame.Kind.values()) {
            samples.add(new WireFixture().frame(kind, Optional.empty(), new byte[0]));
            samples.add(new WireFixture().frame(kind, Optional.of(WireFixture.CLUSTER), noise));
            samples.add(new WireFixture().message(kind, new byte[4000], 4000));
        }
        return List.copyOf(samples);
    }

    private static boolean beginsWith(byte[] bytes, byte[] beginning) {
        return bytes.length >= beginning.length
                && Arrays.equals(bytes, 0, beginning.length, beginning, 0, beginning.length);
    }

    private static long liveHeapBytes() {
        System.gc();
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
