package io.muster.raft.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.consistency.ConsistencyException.Invalid;
import io.muster.member.ClusterId;
import io.muster.raft.RaftStatus;
import io.muster.raft.core.log.LogEntry;
import io.muster.raft.core.log.Payload;
import io.muster.raft.core.message.PeerMessage;
import io.muster.raft.core.message.PeerMessage.AppendEntries;
import io.muster.raft.core.message.PeerMessage.AppendEntriesReply;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** R25: a member that speaks otherwise than by frames changes what a true one may change; whatever else it says, the engine goes on. */
class MemberRequestTest {

    private static final long ROUND = Long.MIN_VALUE;

    private final EngineCluster cluster = new EngineCluster(1, 3);
    private ClusterId group;
    private int leader;
    private int other;

    @BeforeEach
    void aGroupOfThree() {
        cluster.found();
        cluster.put(0, "a", "1");
        cluster.awaitSame();
        leader = cluster.awaitLeader();
        other = (leader + 1) % 3;
        group = cluster.status(leader).clusterId().orElseThrow();
    }

    private PeerMessage answer(int asked, int sender, PeerMessage request) {
        return cluster.await(cluster.engine(asked).exchange(group, cluster.id(sender), request));
    }

    private Throwable refusal(int asked, int sender, PeerMessage request) {
        return cluster.awaitFailure(cluster.engine(asked).exchange(group, cluster.id(sender), request));
    }

    private void assertThatAllGoesOn() {
        assertThat(cluster.failures()).isEmpty();
        cluster.put(0, "b", "2");
        cluster.awaitSame();
        assertThat(cluster.get(leader, "b")).contains("2");
    }

    @Test
    void beatOfALeaderOfTheSameTerm_isRefusedByTheLeader_withTheReason() {
        RaftStatus status = cluster.status(leader);
        AppendEntries beat = new AppendEntries(status.term(), 0, 0, List.of(), 0, ROUND);

        assertThat(refusal(leader, other, beat))
                .isInstanceOf(Invalid.class)
                .hasMessage("this node itself leads term " + status.term());
        assertThat(cluster.status(leader).term()).isEqualTo(status.term());
        assertThatAllGoesOn();
    }

    @Test
    void beatThatContradictsWhatIsCommitted_isRefused_withTheReason() {
        RaftStatus status = cluster.status(other);
        AppendEntries beat =
                new AppendEntries(status.term() + 1, status.commitIndex(), status.term() + 1, List.of(), 0, ROUND);

        assertThat(refusal(other, leader, beat)).isInstanceOf(Invalid.class).hasMessageContaining("committed here");
        assertThat(cluster.status(other).term()).isEqualTo(status.term());
        assertThatAllGoesOn();
    }

    @Test
    void entryWhoseTermFalls_isRefused_withTheReason() {
        RaftStatus status = cluster.status(other);
        long last = status.lastIndex();
        LogEntry entry = new LogEntry(last + 1, status.term() - 1, new Payload.Noop());
        AppendEntries append =
                new AppendEntries(status.term(), last, status.term(), List.of(entry), status.commitIndex(), ROUND);

        assertThat(refusal(other, leader, append)).isInstanceOf(Invalid.class).hasMessageContaining("cannot follow");
        assertThatAllGoesOn();
    }

    @Test
    void beatOfTheLeader_isAnsweredAsAFrameIs() {
        RaftStatus status = cluster.status(other);
        AppendEntries beat = new AppendEntries(
                status.term(), status.lastIndex(), status.term(), List.of(), status.commitIndex(), ROUND);

        assertThat(answer(other, leader, beat))
                .isInstanceOfSatisfying(
                        AppendEntriesReply.class,
                        reply -> assertThat(reply.success()).isTrue());
        assertThatAllGoesOn();
    }
}
