package io.muster.raft.core;

import static io.muster.raft.core.CoreFixture.ELECTION_TIMEOUT;
import static io.muster.raft.core.CoreFixture.THREE;
import static io.muster.raft.core.CoreFixture.TWO;
import static io.muster.raft.core.CoreFixture.append;
import static io.muster.raft.core.CoreFixture.command;
import static io.muster.raft.core.CoreFixture.follower;
import static io.muster.raft.core.CoreFixture.leader;
import static org.assertj.core.api.Assertions.assertThat;

import io.muster.raft.RaftRole;
import io.muster.raft.core.message.PeerMessage.PreVote;
import io.muster.raft.core.message.PeerMessage.TimeoutNow;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** R15: a node whose state is being replaced by the leader's cannot lead usefully, since a leader has nobody to take a state from. */
class RepairingTest {

    /** But its log may be the only one that can win: after a while it stands. */
    @Test
    void leavesSomeElectionsToOthers_thenStands() {
        CoreFixture core = follower(1, 1).on(new Input.Repairing(true));
        for (int election = 0; election < 3; election++) {
            core.due();
            assertThat(core.sent(TWO, PreVote.class)).isEmpty();
            assertThat(core.core().dueNanos() - core.now()).isBetween(ELECTION_TIMEOUT, 2 * ELECTION_TIMEOUT);
        }
        core.due();

        assertThat(core.sent(TWO, PreVote.class)).hasSize(1);
    }

    /** R17: writes and reads through it would go to a dead leader, and end as unknown. */
    @Test
    void forgetsASilentLeader_atTheFirstElectionThatItLeavesToOthers() {
        CoreFixture core = follower(1, 1).from(TWO, append(1, 1, 1, 1)).on(new Input.Repairing(true));
        assertThat(core.core().leader()).contains(TWO);
        core.clear().due();

        assertThat(core.core().leader()).isEmpty();
        assertThat(core.effects(Effect.RoleChanged.class))
                .containsExactly(new Effect.RoleChanged(RaftRole.FOLLOWER, 1, Optional.empty()));
        assertThat(core.sent(THREE, PreVote.class)).isEmpty();
    }

    @Test
    void whenItIsRepaired_standsLikeAnyOther() {
        CoreFixture core = follower(1, 1).on(new Input.Repairing(true)).on(new Input.Repairing(false));
        core.due();

        assertThat(core.sent(THREE, PreVote.class)).hasSize(1);
    }

    @Test
    void takesNoLeadershipOver() {
        CoreFixture core = follower(1, 1).on(new Input.Repairing(true));
        core.from(TWO, append(1, 1, 1, 1)).from(TWO, new TimeoutNow(1));

        assertThat(core.core().role()).isEqualTo(RaftRole.FOLLOWER);
    }

    @Test
    void asALeader_takesNoProposals() {
        CoreFixture core = leader(1).on(new Input.Repairing(true)).clear();
        core.on(new Input.Propose(List.of(command("a"))));

        assertThat(core.core().takesProposals()).isFalse();
        assertThat(core.effects(Effect.Refused.class)).hasSize(1);
    }
}
