package io.muster.raft.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.member.ClusterId;
import io.muster.member.NodeId;
import io.muster.raft.core.membership.Configuration;
import io.muster.raft.core.snapshot.SnapshotHead;
import io.muster.raft.wire.ForwardMessage.Numbered;
import io.muster.raft.wire.ForwardMessage.Reason;
import io.muster.raft.wire.ForwardMessage.Refusal;
import io.muster.raft.wire.ForwardMessage.Request;
import io.muster.raft.wire.RepairMessage.Ask;
import io.muster.raft.wire.RepairMessage.Piece;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Frames of commands that are passed on, and of repairs: what is written is read, and what is cut short is refused. */
class ForwardCodecTest {

    private static final ClusterId CLUSTER = new ClusterId(1, 2);

    @Test
    void request_isReadAsItWasWritten() {
        Request request =
                new Request(7, 99, List.of(new Numbered(4, new byte[] {1, 2, 3}), new Numbered(5, new byte[0])));
        byte[] frame = ForwardCodec.encode(CLUSTER, request);

        assertThat(ForwardCodec.isForward(frame)).isTrue();
        assertThat(RepairCodec.isRepair(frame)).isFalse();
        ForwardCodec.Frame decoded = ForwardCodec.decode(frame);
        assertThat(decoded.clusterId()).isEqualTo(CLUSTER);
        assertThat(decoded.message()).usingRecursiveComparison().isEqualTo(request);
    }

    @Test
    void refusal_isReadAsItWasWritten() {
        Refusal refusal = new Refusal(7, 99, 4, Reason.OVERLOADED, "the write queue is full");

        assertThat(ForwardCodec.decode(ForwardCodec.encode(CLUSTER, refusal)).message())
                .isEqualTo(refusal);
    }

    @Test
    void refusalForAReasonOfALaterVersion_isARefusalAllTheSame() {
        String text = "so it is";
        byte[] frame = ForwardCodec.encode(CLUSTER, new Refusal(7, 99, 4, Reason.OVERLOADED, text));
        frame[frame.length - text.length() - Integer.BYTES - 1] = 111;

        assertThat(ForwardCodec.decode(frame).message()).isEqualTo(new Refusal(7, 99, 4, Reason.NOT_READY, text));
    }

    @Test
    void repairMessages_areReadAsTheyWereWritten() {
        Ask ask = new Ask(5, 6, 7);
        SnapshotHead head = new SnapshotHead(9, 3, new Configuration(CLUSTER, List.of(new NodeId(0, 1))));
        Piece piece = new Piece(head, 4096, new byte[] {9}, true);

        assertThat(RepairCodec.decode(RepairCodec.encode(CLUSTER, ask)).message())
                .isEqualTo(ask);
        assertThat(RepairCodec.decode(RepairCodec.encode(CLUSTER, piece)).message())
                .usingRecursiveComparison()
                .isEqualTo(piece);
    }

    @Test
    void everythingThatIsCutShort_isRefused() {
        byte[] forward = ForwardCodec.encode(CLUSTER, new Request(7, 99, List.of(new Numbered(4, new byte[] {1, 2}))));
        byte[] repair = RepairCodec.encode(CLUSTER, new Ask(5, 6, 7));
        for (int length = 0; length < forward.length; length++) {
            byte[] cut = Arrays.copyOf(forward, length);
            assertThatThrownBy(() -> ForwardCodec.decode(cut)).isInstanceOf(IllegalArgumentException.class);
        }
        for (int length = 0; length < repair.length; length++) {
            byte[] cut = Arrays.copyOf(repair, length);
            assertThatThrownBy(() -> RepairCodec.decode(cut)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
