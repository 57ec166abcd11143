package io.muster.simulation.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What a member in a minority may be held to know. */
class MinoritiesTest {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final Minorities minorities = new Minorities(1);

    private void inMinority(long fromSeconds, long toSeconds) {
        for (long at = fromSeconds; at <= toSeconds; at++) {
            minorities.look(0, true, at * SECOND);
        }
    }

    @Test
    void whoIsInOneForFiveSeconds_couldKnow() {
        inMinority(10, 14);
        assertThat(minorities.couldKnow(0, 12 * SECOND)).isFalse();
        inMinority(15, 16);
        assertThat(minorities.couldKnow(0, 12 * SECOND)).isTrue();
        assertThat(minorities.couldKnow(0, 9 * SECOND)).isFalse();
        assertThat(minorities.couldKnow(0, 17 * SECOND)).isFalse();
        assertThat(minorities.since(0)).hasValue(10 * SECOND);
    }

    /** Its first answers of members, though of different moments, make it believe that all of them are there. */
    @Test
    void whoHasJustBegun_hasLearnedNothingYet() {
        inMinority(10, 14);
        minorities.began(0);
        inMinority(15, 18);
        assertThat(minorities.couldKnow(0, 12 * SECOND)).isFalse();
        assertThat(minorities.couldKnow(0, 17 * SECOND)).isFalse();
        assertThat(minorities.since(0)).hasValue(15 * SECOND);
        inMinority(19, 20);
        assertThat(minorities.couldKnow(0, 17 * SECOND)).isTrue();
    }

    @Test
    void whoHasLeftOne_isInNone() {
        inMinority(10, 20);
        minorities.look(0, false, 21 * SECOND);
        assertThat(minorities.since(0)).isEmpty();
        assertThat(minorities.couldKnow(0, 20 * SECOND)).isTrue();
    }
}
