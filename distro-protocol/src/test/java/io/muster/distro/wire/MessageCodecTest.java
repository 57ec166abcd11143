package io.muster.distro.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.consistency.Change;
import io.muster.consistency.Condition;
import io.muster.consistency.Datum;
import io.muster.consistency.Key;
import io.muster.consistency.Lease;
import io.muster.consistency.Mark;
import io.muster.consistency.Origin;
import io.muster.consistency.Removal;
import io.muster.consistency.Version;
import io.muster.distro.core.DistroRecord;
import io.muster.distro.core.DistroRecord.Buried;
import io.muster.distro.core.DistroRecord.Held;
import io.muster.distro.core.Message;
import io.muster.distro.core.Message.Aged;
import io.muster.distro.core.Message.Asked;
import io.muster.distro.core.Message.BucketDigest;
import io.muster.distro.core.Message.BucketGroups;
import io.muster.distro.core.Message.Cursor;
import io.muster.distro.core.Message.GroupDigest;
import io.muster.distro.core.Message.Line;
import io.muster.distro.core.Message.Passed;
import io.muster.distro.core.Message.Result;
import io.muster.distro.core.Message.Summary;
import io.muster.distro.core.Stamp;
import io.muster.distro.core.TextCodec;
import io.muster.member.NodeId;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MessageCodecTest {

    private static final int MUTATIONS = 20_000;
    private static final Lease LEASE = new Lease(15_000, 30_000);
    private static final Key KEY = Key.ephemeral("public##DEFAULT_GROUP@@bestellungen-ü", "10.0.0.1#8080#DEFAULT");
    private static final Version.Hybrid VERSION = new Version.Hybrid(7L << 40, new Origin(-1, 2, Long.MIN_VALUE));
    private static final DistroRecord<String> HELD =
            new Held<>(new Datum<>(KEY, VERSION, Mark.UNHEALTHY, "gültig"), LEASE);
    private static final DistroRecord<String> BURIED = new Buried<>(KEY, VERSION, Removal.OPERATOR, 600_000);
    private static final Stamp STAMP = new Stamp(VERSION, Stamp.TOMBSTONE_RANK, -5);

    private final MessageCodec<String> codec = new MessageCodec<>(new TextCodec());

    static Stream<Message<String>> all() {
        return Stream.of(
                new Message.SyncBatch<>(1, List.of(HELD, BURIED), List.of(new NodeId(3, -4))),
                new Message.SyncAck<>(2),
                new Message.Forward<>(
                        3,
                        List.of(
                                new Passed<>(Change.put(KEY, "v", LEASE, Condition.versionIs(VERSION)), VERSION),
                                new Passed<>(Change.put(KEY, "", LEASE, Condition.ABSENT), VERSION),
                                new Passed<>(Change.edit(KEY, "e", LEASE, Condition.PRESENT), VERSION),
                                new Passed<>(Change.remove(KEY, Removal.CLIENT, Condition.PRESENT), VERSION),
                                new Passed<>(Change.remove(KEY, Removal.HOUSEKEEPING), VERSION))),
                new Message.Forwarded<>(
                        4, List.of(new Result<>(true, Optional.of(HELD)), new Result<>(false, Optional.empty()))),
                new Message.Renewals<>(5, List.of(new Aged(KEY, 0), new Aged(KEY, 400))),
                new Message.RenewalsAck<>(6, List.of(KEY)),
                new Message.AskBeats<>(7, Mark.EXPIRED, List.of(new Asked(KEY, VERSION))),
                new Message.Beats<>(8, List.of(Message.Beats.UNHEARD, 0L, 12_345L)),
                new Message.LeaseAges<>(List.of("a", "b"), List.of(new Aged(KEY, 29_999))),
                new Message.DigestRoot<>(9, -1, Long.MAX_VALUE),
                new Message.DigestBuckets<>(10, false, 1, List.of(new BucketDigest(1_023, -7))),
                new Message.DigestGroups<>(
                        11, 2, List.of(new BucketGroups(5, List.of(new GroupDigest(-1, 1, List.of(1L, -2L)))))),
                new Message.DigestRecords<>(
                        12, 3, List.of(new Summary("g", 1, 4, List.of(new Line("i", STAMP)))), List.of(-9L), true),
                new Message.Repair<>(13, 4, List.of(HELD), List.of(KEY)),
                new Message.Repaired<>(14, 5, List.of(BURIED)),
                new Message.SnapshotRequest<>(15, Optional.empty()),
                new Message.SnapshotRequest<>(15, Optional.of(new Cursor(-1, 1))),
                new Message.SnapshotChunk<>(
                        16, Optional.of(new Cursor(1, -1)), Optional.empty(), 1_000_000, 14_000, List.of(HELD, BURIED)),
                new Message.SnapshotNotReady<>(17, 15_000));
    }

    @ParameterizedTest
    @MethodSource("all")
    void decode_whatWasEncoded_isTheSame(Message<String> message) {
        Frame<String> frame = new Frame<>(1L << 60, message);
        assertThat(codec.decode(codec.encode(frame))).isEqualTo(frame);
    }

    /** Garbage is refused by an exception that the driver expects, never by another one; and without much memory. */
    @ParameterizedTest
    @MethodSource("all")
    void decode_anyChangeOfABit_andAnyShorterFrame_isRefused(Message<String> message) {
        byte[] good = codec.encode(new Frame<>(5, message));
        for (int bit = 0; bit < 8 * good.length; bit++) {
            byte[] flipped = good.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            assertThatThrownBy(() -> codec.decode(flipped)).isInstanceOf(IllegalArgumentException.class);
        }
        for (int length = 0; length < good.length; length++) {
            byte[] shorter = java.util.Arrays.copyOf(good, length);
            assertThatThrownBy(() -> codec.decode(shorter)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    /** The same behind the checksum, as a hostile member might send it: any damage is refused or gives another message, nothing else. */
    @Test
    void decode_damageWithARightChecksum_throwsNothingUnexpected() {
        Random random = new Random(7);
        List<Message<String>> messages = all().toList();
        int decoded = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            byte[] frame = codec.encode(new Frame<>(5, messages.get(random.nextInt(messages.size()))));
            for (int change = 0; change <= random.nextInt(3); change++) {
                frame[Integer.BYTES + random.nextInt(frame.length - Integer.BYTES)] = (byte) random.nextInt();
            }
            MessageCodec.sign(frame);
            try {
                codec.decode(frame);
                decoded++;
            } catch (IllegalArgumentException refused) {
                assertThat(refused).hasMessageNotContaining("checksum");
            }
        }
        assertThat(decoded).as("some damage only changes the content").isBetween(MUTATIONS / 100, MUTATIONS);
    }

    @Test
    void decode_anotherFormat_isRefusedByName() {
        byte[] frame = codec.encode(new Frame<>(5, new Message.SyncAck<>(1)));
        frame[Integer.BYTES] = MessageCodec.FORMAT + 1;
        MessageCodec.sign(frame);
        assertThatThrownBy(() -> codec.decode(frame)).hasMessageContaining("format 2 where 1 is known");
    }

    /** A million versions of one process share its name. */
    @Test
    void decode_theSameOrigin_isTheSameObject() {
        byte[] frame = codec.encode(new Frame<>(5, new Message.Repaired<>(1, 1, List.of(HELD))));
        assertThat(originOf(codec.decode(frame))).isSameAs(originOf(codec.decode(frame)));
    }

    private static Origin originOf(Frame<String> frame) {
        return ((Message.Repaired<String>) frame.message())
                .records()
                .get(0)
                .version()
                .origin();
    }
}
