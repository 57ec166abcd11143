package io.muster.raft.core;

import static io.muster.raft.core.CoreFixture.SELF;
import static io.muster.raft.core.CoreFixture.THREE;
import static io.muster.raft.core.CoreFixture.TWO;
import static io.muster.raft.core.CoreFixture.append;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.member.ClusterId;
import io.muster.raft.InvariantBroken;
import io.muster.raft.core.membership.Configuration;
import io.muster.raft.core.message.PeerMessage.AppendEntries;
import io.muster.raft.core.message.PeerMessage.AppendEntriesReply;
import io.muster.raft.core.message.PeerMessage.InstallSnapshot;
import io.muster.raft.core.message.PeerMessage.InstallSnapshotReply;
import io.muster.raft.core.message.PeerMessage.ReadIndexReply;
import io.muster.raft.core.message.PeerMessage.ReadIndexRequest;
import io.muster.raft.core.snapshot.SnapshotHead;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * R23: an operator has declared who votes, and this node comes back with committed entries that the group goes on without. Else a leader that contradicts what is
 * committed is a broken invariant.
 */
class OverruledTest {

    private static final long RESET_TERM = 4;
    private static final AppendEntries OTHER_PREV = append(5, 2, 1, 0);
    private static final AppendEntries OTHER_ENTRY = append(5, 1, 1, 0, RESET_TERM);

    /** Entries of terms 1 and 2 are committed here. */
    private static CoreFixture node(long resetTerm) {
        return CoreFixture.started(1, group(resetTerm), new HardState(2, Optional.empty(), 2), 1, 2);
    }

    private static Configuration group(long resetTerm) {
        return new Configuration(
                new ClusterId(1, 1), List.of(SELF, TWO, THREE), List.of(), List.of(), List.of(), 0, false, resetTerm);
    }

    private static void assertOverruled(CoreFixture core) {
        assertThat(core.effects(Effect.Overruled.class)).containsExactly(new Effect.Overruled(TWO, RESET_TERM));
        assertThat(core.sent(TWO, AppendEntriesReply.class)).isEmpty();
        assertThat(core.logTerms()).as("what is committed stays as it is").containsExactly(1L, 2L);
    }

    @Test
    void committedEntries_thatTheGroupDoesNotHaveSinceItsReset_areOverruled() {
        assertOverruled(node(0).from(TWO, OTHER_PREV.sinceReset(RESET_TERM)));
        assertOverruled(node(0).from(TWO, OTHER_ENTRY.sinceReset(RESET_TERM)));
        assertOverruled(node(3).from(TWO, OTHER_ENTRY.sinceReset(RESET_TERM)));
    }

    @Test
    void aSnapshotOfAGroupThatWasReset_overrulesToo() {
        SnapshotHead head = new SnapshotHead(2, 1, group(RESET_TERM));
        CoreFixture core = node(0).from(TWO, new InstallSnapshot(5, head, 0, new byte[5], false));

        assertThat(core.effects(Effect.Overruled.class)).containsExactly(new Effect.Overruled(TWO, RESET_TERM));
    }

    /** What the snapshot covers cannot be compared: it may be what the group has given up. */
    @Test
    void belowASnapshot_nothingIsClaimed_untilTheLeadersLogReachesIt() {
        CoreFixture core = node(0).on(new Input.SnapshotSaved(2)).clear();

        core.from(TWO, append(5, 1, 1, 0).sinceReset(RESET_TERM));
        assertThat(core.answer(TWO)).isEqualTo(AppendEntriesReply.matched(5, 0, 0));
        assertThat(core.effects(Effect.Overruled.class)).isEmpty();

        core.clear().from(TWO, new InstallSnapshot(5, new SnapshotHead(1, 1, group(RESET_TERM)), 0, new byte[5], true));
        assertThat(core.sent(TWO, InstallSnapshotReply.class)).isEmpty();

        core.from(TWO, append(5, 1, 1, 0, RESET_TERM).sinceReset(RESET_TERM));
        assertThat(core.effects(Effect.Overruled.class)).hasSize(1);
    }

    @Test
    void itGrantsNoReads_beforeItHasTheReset() {
        CoreFixture core =
                node(0).from(TWO, append(5, 2, 2, 2).sinceReset(RESET_TERM)).clear();
        core.on(new Input.ReadIndex(1));
        ReadIndexRequest asked = core.sent(TWO, ReadIndexRequest.class).get(0);

        core.from(TWO, new ReadIndexReply(5, asked.session(), asked.request(), true, 2));

        assertThat(core.effects(Effect.ReadAt.class)).isEmpty();
        assertThat(core.effects(Effect.ReadRefused.class)).hasSize(1);
    }

    @Test
    void withoutAReset_orSinceOneThatIsCommittedHere_theContradictionIsABrokenInvariant() {
        assertThatThrownBy(() -> node(0).from(TWO, OTHER_PREV)).isInstanceOf(InvariantBroken.class);
        assertThatThrownBy(() -> node(0).from(TWO, OTHER_ENTRY)).isInstanceOf(InvariantBroken.class);
        assertThatThrownBy(() -> node(RESET_TERM).from(TWO, OTHER_ENTRY.sinceReset(RESET_TERM)))
                .isInstanceOf(InvariantBroken.class);
    }

    @Test
    void agreeing_itFollowsAGroupThatWasReset_likeAnyOther() {
        CoreFixture core = node(0).from(TWO, append(5, 2, 2, 2, RESET_TERM).sinceReset(RESET_TERM));

        assertThat(core.effects(Effect.Overruled.class)).isEmpty();
        assertThat(core.logTerms()).containsExactly(1L, 2L, RESET_TERM);
    }
}
