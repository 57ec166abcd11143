package io.muster.raft.core;

import static io.muster.raft.core.CoreFixture.SELF;
import static io.muster.raft.core.CoreFixture.THREE;
import static io.muster.raft.core.CoreFixture.TWO;
import static org.assertj.core.api.Assertions.assertThat;

import io.muster.member.ClusterId;
import io.muster.raft.RaftRole;
import io.muster.raft.core.log.LogEntry;
import io.muster.raft.core.log.Payload;
import io.muster.raft.core.membership.Configuration;
import io.muster.raft.core.message.PeerMessage.AppendEntries;
import io.muster.raft.core.message.PeerMessage.PreVote;
import io.muster.raft.core.message.PeerMessage.RequestVoteReply;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A voter that a change removes. Until the change is committed it may be the only one with the last entry, without which the others can elect nobody
 * (dissertation §4.2.2): two voters of which one leaves, as the leader, and stops before the other has the entry.
 */
class LeavingVoterTest {

    private static final ClusterId CLUSTER = new ClusterId(1, 1);
    private static final Configuration JOINT =
            new Configuration(CLUSTER, List.of(TWO, THREE), List.of(SELF, TWO, THREE), List.of(), 0, false);
    private static final Configuration WITHOUT_SELF = CoreFixture.group(TWO, THREE);

    @Test
    void whileTheRemovalIsNotCommitted_itStandsForElection() {
        CoreFixture node = removedFrom(1).due().due();

        assertThat(node.sent(TWO, PreVote.class)).isNotEmpty();
    }

    @Test
    void itLeadsByTheVotesOfTheOthers_withoutItsOwn() {
        CoreFixture node = removedFrom(1).due().electionTimeout().durable();
        long term = node.core().term();

        node.from(TWO, new RequestVoteReply(term, true));
        assertThat(node.core().role()).isEqualTo(RaftRole.CANDIDATE);

        node.from(THREE, new RequestVoteReply(term, true));
        assertThat(node.core().role()).isEqualTo(RaftRole.LEADER);
    }

    /** And leaves as soon as both entries are with those that stay. */
    @Test
    void whenTheRemovalIsCommitted_itLeadsNoLonger() {
        CoreFixture node = removedFrom(1).due().electionTimeout().durable();
        long term = node.core().term();
        node.from(TWO, new RequestVoteReply(term, true)).from(THREE, new RequestVoteReply(term, true));
        node.durable();

        node.from(TWO, CoreFixture.matched(term, 3)).from(THREE, CoreFixture.matched(term, 3));

        assertThat(node.core().commitIndex()).isEqualTo(3);
        assertThat(node.core().role()).isEqualTo(RaftRole.FOLLOWER);
    }

    @Test
    void whenItKnowsThatTheRemovalIsCommitted_itStandsForNothing() {
        CoreFixture node = removedFrom(2).due().clear();

        assertThat(node.core().dueNanos()).isEqualTo(Long.MAX_VALUE);
        assertThat(node.sent(TWO, PreVote.class)).isEmpty();
    }

    /** A follower whose log ends with its removal, and knows so much to be committed. */
    private static CoreFixture removedFrom(long commitIndex) {
        List<LogEntry> entries = List.of(
                new LogEntry(1, 1, new Payload.Members(JOINT)), new LogEntry(2, 1, new Payload.Members(WITHOUT_SELF)));
        return CoreFixture.follower(1)
                .from(TWO, new AppendEntries(1, 0, 0, entries, commitIndex, 0))
                .durable()
                .clear();
    }
}
