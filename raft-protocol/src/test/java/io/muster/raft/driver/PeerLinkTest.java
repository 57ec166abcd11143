package io.muster.raft.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.member.ClusterId;
import io.muster.member.NodeId;
import io.muster.member.port.Net;
import io.muster.raft.RaftMetrics;
import io.muster.raft.core.founding.FoundingMessage;
import io.muster.raft.core.log.LogEntry;
import io.muster.raft.core.log.Payload;
import io.muster.raft.core.membership.Configuration;
import io.muster.raft.core.message.PeerMessage;
import io.muster.raft.core.message.PeerMessage.AppendEntries;
import io.muster.raft.wire.ForwardMessage;
import io.muster.raft.wire.PeerCodec;
import io.muster.raft.wire.RepairMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** R32: what a node of an earlier build is sent by leaders of a later one. */
class PeerLinkTest {

    private static final ClusterId CLUSTER = new ClusterId(1, 1);
    private static final NodeId SELF = new NodeId(0, 1);
    private static final NodeId LEADER = new NodeId(0, 2);
    private static final Configuration GROUP = new Configuration(CLUSTER, List.of(SELF, LEADER));

    private final List<PeerMessage> taken = new ArrayList<>();
    private final PeerLink link = new PeerLink(
            SELF,
            new Net() {
                @Override
                public void send(NodeId to, byte[] frame) {}

                @Override
                public void onFrame(FrameHandler handler) {}
            },
            RaftMetrics.NONE,
            new PeerCounts(RaftMetrics.NONE),
            1);

    private void received(List<LogEntry> entries) {
        link.setClusterId(Optional.of(CLUSTER));
        PeerMessage append = new AppendEntries(2, 0, 0, entries, 0, 0);
        link.received(LEADER, PeerCodec.encode(CLUSTER, append), new PeerLink.Receiver() {
            @Override
            public void group(NodeId from, PeerMessage message) {
                taken.add(message);
            }

            @Override
            public void forward(NodeId from, ForwardMessage message) {}

            @Override
            public void founding(NodeId from, FoundingMessage message) {}

            @Override
            public void repair(NodeId from, RepairMessage message) {}
        });
    }

    private static LogEntry members(int format) {
        return new LogEntry(1, 2, new Payload.Members(GROUP.withFormat(format)));
    }

    /** Another leader may win over the one that proposed it; heartbeats alone say nothing of that. */
    @Test
    void laterFormatThatIsNotCommitted_isTheReasonNoLonger_onceEntriesCanBeReadAgain() {
        received(List.of(members(2)));
        assertThat(taken).isEmpty();
        assertThat(link.unreadable()).isPresent();

        received(List.of());
        assertThat(link.unreadable()).isPresent();

        received(List.of(members(1)));
        assertThat(taken).hasSize(2);
        assertThat(link.unreadable()).isEmpty();
    }
}
