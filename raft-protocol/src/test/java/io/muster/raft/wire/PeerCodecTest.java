package io.muster.raft.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.consistency.FormatInForce;
import io.muster.member.ClusterId;
import io.muster.member.NodeId;
import io.muster.raft.UnknownFormatException;
import io.muster.raft.core.digest.DigestClaim;
import io.muster.raft.core.digest.StateDigest;
import io.muster.raft.core.log.LogEntry;
import io.muster.raft.core.log.Payload;
import io.muster.raft.core.membership.Configuration;
import io.muster.raft.core.message.PeerMessage;
import io.muster.raft.core.message.PeerMessage.AppendEntries;
import io.muster.raft.core.message.PeerMessage.AppendEntriesReply;
import io.muster.raft.core.message.PeerMessage.InstallSnapshot;
import io.muster.raft.core.message.PeerMessage.InstallSnapshotReply;
import io.muster.raft.core.message.PeerMessage.PreVote;
import io.muster.raft.core.message.PeerMessage.PreVoteReply;
import io.muster.raft.core.message.PeerMessage.ReadIndexReply;
import io.muster.raft.core.message.PeerMessage.ReadIndexRequest;
import io.muster.raft.core.message.PeerMessage.RequestVote;
import io.muster.raft.core.message.PeerMessage.RequestVoteReply;
import io.muster.raft.core.message.PeerMessage.TimeoutNow;
import io.muster.raft.core.snapshot.SnapshotHead;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PeerCodecTest {

    private static final ClusterId CLUSTER = new ClusterId(11, 12);

    static List<PeerMessage> messages() {
        Configuration group = new Configuration(CLUSTER, List.of(new NodeId(1, 2), new NodeId(3, 4)));
        List<LogEntry> entries =
                List.of(new LogEntry(8, 3, new Payload.Noop()), new LogEntry(9, 4, new Payload.Members(group)));
        Configuration joint = new Configuration(
                CLUSTER, List.of(new NodeId(1, 2)), List.of(new NodeId(3, 4)), List.of(new NodeId(5, 6)), 2, true);
        Configuration promoting = new Configuration(
                CLUSTER,
                List.of(new NodeId(1, 2)),
                List.of(),
                List.of(new NodeId(3, 4), new NodeId(5, 6)),
                List.of(new NodeId(5, 6)),
                0,
                true,
                7);
        Configuration numbered = new Configuration(CLUSTER, List.of(new NodeId(1, 2))).withFormat(2);
        StateDigest digest = new StateDigest(1024, "1-0123456789abcdef");
        return List.of(
                new PreVote(5, 100, 4, 8),
                new PreVoteReply(5, true, 8),
                new RequestVote(5, 100, 4),
                new RequestVote(5, 100, 4, true),
                new RequestVoteReply(5, true),
                new RequestVoteReply(6, false),
                new AppendEntries(5, 7, 3, entries, 6, 99),
                new AppendEntries(5, 7, 3, List.of(new LogEntry(8, 3, new Payload.Members(joint))), 6, 99),
                new AppendEntries(5, 7, 3, List.of(new LogEntry(8, 3, new Payload.Members(promoting))), 6, 99),
                new AppendEntries(5, 7, 3, List.of(new LogEntry(8, 3, new Payload.Members(numbered))), 6, 99),
                new AppendEntries(
                        5, 7, 3, List.of(new LogEntry(8, 3, new Payload.Members(promoting.withFormat(2)))), 6, 99),
                new AppendEntries(5, 0, 0, List.of(), 0, 0, Optional.of(new DigestClaim(digest, true))),
                new AppendEntries(5, 0, 0, List.of(), 0, 0),
                new AppendEntries(5, 7, 3, entries, 6, 99).sinceReset(4),
                AppendEntriesReply.matched(5, 9, 99),
                AppendEntriesReply.refused(Long.MAX_VALUE, 7, 6, 5, 4).withDigest(Optional.of(digest)),
                new InstallSnapshotReply(5, 100, 4096, false),
                new ReadIndexRequest(5, -7, 3),
                new ReadIndexReply(5, -7, 3, true, 100),
                new TimeoutNow(5));
    }

    @ParameterizedTest
    @MethodSource("messages")
    void message_comesBackAsItWas(PeerMessage message) {
        assertThat(PeerCodec.decode(PeerCodec.encode(CLUSTER, message)))
                .isEqualTo(new PeerCodec.Frame(CLUSTER, message));
    }

    @Test
    void commandBytes_comeBackAsTheyWere() {
        byte[] bytes = new byte[10_000];
        new Random(1).nextBytes(bytes);
        AppendEntries sent = new AppendEntries(1, 0, 0, List.of(new LogEntry(1, 1, new Payload.Command(bytes))), 0, 0);

        AppendEntries got = (AppendEntries)
                PeerCodec.decode(PeerCodec.encode(CLUSTER, sent)).message();

        Payload.Command command = (Payload.Command) got.entries().get(0).payload();
        assertThat(command.bytes()).isEqualTo(bytes);
    }

    @Test
    void snapshotBytes_comeBackAsTheyWere() {
        byte[] bytes = new byte[10_000];
        new Random(2).nextBytes(bytes);
        SnapshotHead head = new SnapshotHead(9, 3, new Configuration(CLUSTER, List.of(new NodeId(1, 2))));
        InstallSnapshot sent = new InstallSnapshot(5, head, 4096, bytes, true);

        InstallSnapshot got = (InstallSnapshot)
                PeerCodec.decode(PeerCodec.encode(CLUSTER, sent)).message();

        assertThat(got.head()).isEqualTo(head);
        assertThat(got.offset()).isEqualTo(4096);
        assertThat(got.last()).isTrue();
        assertThat(got.bytes()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @MethodSource("messages")
    void everyShorterOrLongerFrame_isRefused(PeerMessage message) {
        byte[] frame = PeerCodec.encode(CLUSTER, message);
        for (int length = 0; length < frame.length; length++) {
            byte[] cut = Arrays.copyOf(frame, length);
            assertThatThrownBy(() -> PeerCodec.decode(cut)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> PeerCodec.decode(Arrays.copyOf(frame, frame.length + 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("too many");
    }

    /** Whatever a peer sends: a message, or a refusal; never another error, and never a large allocation. */
    @Test
    void anyBytes_areAMessageOrRefused() {
        Random random = new Random(3);
        List<PeerMessage> messages = messages();
        for (int i = 0; i < 50_000; i++) {
            byte[] frame = PeerCodec.encode(CLUSTER, messages.get(random.nextInt(messages.size())));
            for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
                frame[random.nextInt(frame.length)] = (byte) random.nextInt();
            }
            try {
                assertThat(PeerCodec.decode(frame).message()).isNotNull();
            } catch (IllegalArgumentException refused) {
                assertThat(refused).hasMessageNotContaining("null");
            }
        }
    }

    @Test
    void claimOfManyEntries_isRefusedBeforeAnythingIsAllocated() {
        byte[] frame = PeerCodec.encode(CLUSTER, new AppendEntries(5, 0, 0, List.of(), 0, 0));
        frame[frame.length - 4] = 0x7f;

        assertThatThrownBy(() -> PeerCodec.decode(frame)).hasMessageContaining("a count of");
    }

    /** R32: what all read is written to the byte as it was before formats had numbers. */
    @Test
    void configurationOfTheFirstFormat_hasTheBytesThatItAlwaysHad() {
        Configuration alone = new Configuration(new ClusterId(1, 2), List.of(new NodeId(3, 4)));
        assertThat(bytes(alone))
                .containsExactly(numbers(1, 2).putInt(1).putLong(3).putLong(4).toBytes());
        Configuration joint = new Configuration(
                new ClusterId(1, 2), List.of(new NodeId(3, 4)), List.of(new NodeId(5, 6)), List.of(), 7, true);
        assertThat(bytes(joint))
                .containsExactly(numbers(1, 2)
                        .putInt(-2)
                        .putInt(1)
                        .putLong(3)
                        .putLong(4)
                        .putInt(1)
                        .putLong(5)
                        .putLong(6)
                        .putInt(0)
                        .putInt(7)
                        .putByte(1)
                        .toBytes());
        assertThat(bytes(alone.withFormat(2)))
                .startsWith(numbers(1, 2).putInt(-4).putInt(2).toBytes());
    }

    private static byte[] bytes(Configuration configuration) {
        ByteWriter writer = new ByteWriter(64);
        PayloadCodec.writeConfiguration(configuration, writer);
        assertThat(writer.size()).isEqualTo(PayloadCodec.configurationSize(configuration));
        return writer.toBytes();
    }

    private static ByteWriter numbers(long high, long low) {
        return new ByteWriter(64).putLong(high).putLong(low);
    }

    /** R32: newer is not malformed. */
    @Test
    void configurationOfALaterFormat_isRefusedByName() {
        byte[] later = bytes(new Configuration(CLUSTER, List.of(new NodeId(1, 2))).withFormat(99));

        assertThatThrownBy(() -> PayloadCodec.readConfiguration(new ByteReader(later)))
                .isInstanceOf(UnknownFormatException.class)
                .hasMessage("configuration format 99 where " + FormatInForce.NEWEST + " is known");
    }

    @Test
    void otherFormat_isRefusedByName() {
        byte[] frame = PeerCodec.encode(CLUSTER, new RequestVoteReply(1, true));
        frame[0] = 9;

        assertThatThrownBy(() -> PeerCodec.decode(frame)).hasMessageContaining("format 9 where 1 is known");
    }
}
