package io.muster.raft.core;

import io.muster.raft.RaftRole;
import io.muster.raft.core.log.Payload;
import io.muster.raft.core.membership.Configuration;
import io.muster.raft.core.membership.MembershipChange.Verdict;
import java.util.List;
import java.util.Optional;

/** An operator declares who votes, since too many voters are lost for good (R23). It gives up what only those may have, so it is done where nobody leads. */
final class MembersReset {

    /** So many terms are left out: whoever is lost may have led in the next few, and no two entries with one term and index may differ. */
    private static final long TERMS_LEFT_OUT = 1 << 20;

    private final CoreState node;
    private final RoleState role;
    private final Elections elections;
    private final IncomingSnapshot snapshot;

    MembersReset(CoreState node, RoleState role, Elections elections, IncomingSnapshot snapshot) {
        this.node = node;
        this.role = role;
        this.elections = elections;
        this.snapshot = snapshot;
    }

    void ask(Input.ResetMembers input) {
        Verdict verdict = judge(input);
        if (verdict == Verdict.FINE) {
            reset(input);
        }
        long index = verdict == Verdict.FINE ? node.configurations.currentIndex() : 0;
        node.emit(new Effect.MembersJudged(input.request(), verdict, index));
    }

    private Verdict judge(Input.ResetMembers input) {
        int count = input.voters().size();
        if (node.configuration().isEmpty()
                || count > Configuration.VOTERS_MAX
                || !input.voters().contains(node.self)
                || snapshot.isLoading()) {
            return Verdict.INVALID;
        }
        Leadership leading = role.leadership();
        boolean leads = leading != null && leading.isEffective();
        return leads || role.heardLeaderLately() ? Verdict.STILL_LED : Verdict.FINE;
    }

    private void reset(Input.ResetMembers input) {
        node.term += TERMS_LEFT_OUT;
        node.votedFor = Optional.of(node.self);
        Configuration before = node.group();
        role.become(RaftRole.FOLLOWER, Optional.empty());
        node.append(List.of(new Payload.Members(new Configuration(
                before.clusterId(),
                input.voters(),
                List.of(),
                List.of(),
                List.of(),
                0,
                before.wishPaused(),
                node.term,
                Math.max(before.format(), input.format())))));
        elections.takeUpGroup();
    }
}
