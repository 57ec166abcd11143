package io.muster.raft.core.digest;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.member.NodeId;
import io.muster.raft.core.quorum.Quorum;
import java.util.List;
import org.junit.jupiter.api.Test;

/** R15; design §4, "State digest": the majority decides which copy is wrong. */
class DigestBookTest {

    private static final NodeId SELF = new NodeId(0, 1);
    private static final NodeId TWO = new NodeId(0, 2);
    private static final NodeId THREE = new NodeId(0, 3);
    private static final Quorum GROUP = new Quorum(List.of(SELF, TWO, THREE), List.of());

    private final DigestBook book = new DigestBook(SELF);

    private static StateDigest digest(long index, String hash) {
        return new StateDigest(index, "1-" + hash);
    }

    @Test
    void leader_claimsItsNewestDigest_andTheNewestThatAMajorityShares() {
        assertThat(book.claim(GROUP)).isEmpty();
        book.taken(digest(1024, "a"));
        assertThat(book.claim(GROUP)).contains(new DigestClaim(digest(1024, "a"), false));

        assertThat(book.reported(TWO, digest(1024, "a"), GROUP)).isEmpty();
        book.taken(digest(2048, "b"));

        assertThat(book.claim(GROUP)).contains(new DigestClaim(digest(1024, "a"), true));
    }

    @Test
    void followerThatDiffersFromAMajority_repairsItself() {
        book.taken(digest(1024, "wrong"));

        assertThat(book.claimed(new DigestClaim(digest(1024, "a"), true))).contains(DigestVerdict.REPAIR);
        assertThat(book.claimed(new DigestClaim(digest(1024, "a"), true)))
                .as("asked for once")
                .isEmpty();
    }

    @Test
    void withoutAMajority_nobodyReloads_andAllAlarm() {
        book.taken(digest(1024, "x"));

        assertThat(book.claimed(new DigestClaim(digest(1024, "a"), false))).contains(DigestVerdict.ALARM);
        assertThat(book.claimed(new DigestClaim(digest(1024, "a"), false)))
                .as("once an index")
                .isEmpty();
    }

    @Test
    void leaderWhoseCopiesAllDiffer_alarms() {
        book.taken(digest(1024, "a"));
        assertThat(book.reported(TWO, digest(1024, "b"), GROUP)).isEmpty();

        assertThat(book.reported(THREE, digest(1024, "c"), GROUP)).contains(DigestVerdict.ALARM);
    }

    /** The leader's copy may be the wrong one. */
    @Test
    void leaderAgainstAMajority_stepsDown() {
        book.taken(digest(1024, "wrong"));
        assertThat(book.reported(TWO, digest(1024, "a"), GROUP)).isEmpty();

        assertThat(book.reported(THREE, digest(1024, "a"), GROUP)).contains(DigestVerdict.STEP_DOWN_AND_REPAIR);
    }

    @Test
    void leaderWithAMajority_isNotDisturbedByOneThatDiffers() {
        book.taken(digest(1024, "a"));
        assertThat(book.reported(TWO, digest(1024, "wrong"), GROUP)).isEmpty();

        assertThat(book.reported(THREE, digest(1024, "a"), GROUP)).isEmpty();
        assertThat(book.claim(GROUP)).contains(new DigestClaim(digest(1024, "a"), true));
    }

    @Test
    void differenceThatOutlivesARepair_stopsReads_untilItIsGone() {
        book.taken(digest(1024, "wrong"));
        book.claimed(new DigestClaim(digest(1024, "a"), true));

        book.taken(digest(1024, "still wrong"));
        assertThat(book.claimed(new DigestClaim(digest(1024, "a"), true))).contains(DigestVerdict.STOP_READS);
        book.taken(digest(1024, "a"));
        assertThat(book.claimed(new DigestClaim(digest(1024, "a"), true))).contains(DigestVerdict.AGREES);
    }

    @Test
    void otherFormatsAndOtherIndices_sayNothing() {
        book.taken(digest(1024, "a"));

        assertThat(book.claimed(new DigestClaim(new StateDigest(1024, "2-b"), true)))
                .isEmpty();
        assertThat(book.claimed(new DigestClaim(digest(2048, "b"), true))).isEmpty();
    }

    @Test
    void oldDigests_areForgotten() {
        for (int i = 1; i <= DigestBook.KEPT + 1; i++) {
            book.taken(digest(i, "a"));
        }
        assertThat(book.claimed(new DigestClaim(digest(1, "b"), true))).isEmpty();
        assertThat(book.claimed(new DigestClaim(digest(2, "b"), true))).contains(DigestVerdict.REPAIR);
    }
}
