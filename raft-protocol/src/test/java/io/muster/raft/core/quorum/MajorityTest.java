package io.muster.raft.core.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.member.NodeId;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MajorityTest {

    /** R11: strictly more than half, so an even split elects nobody. */
    @ParameterizedTest
    @CsvSource({"1,1", "2,2", "3,2", "4,3", "5,3", "6,4", "7,4"})
    void size_isStrictlyMoreThanHalf(int voters, int majority) {
        assertThat(Majority.size(voters)).isEqualTo(majority);
    }

    @Test
    void reached_ofNobody_isZero() {
        assertThat(Majority.reached(new long[0])).isZero();
    }

    /** Against a version that is too simple to be wrong: try every value, count who has reached it. */
    @Test
    void reached_isWhatTheDumbVersionSays() {
        Random random = new Random(1);
        for (int round = 0; round < 20_000; round++) {
            long[] values = LongStream.generate(() -> random.nextInt(12))
                    .limit(1 + random.nextInt(9))
                    .toArray();
            long[] before = values.clone();

            assertThat(Majority.reached(values)).isEqualTo(dumbReached(values));
            assertThat(values).as("is not changed").isEqualTo(before);
        }
    }

    private static long dumbReached(long[] values) {
        for (long candidate = 12; candidate > 0; candidate--) {
            long wanted = candidate;
            long count = LongStream.of(values).filter(value -> value >= wanted).count();
            if (2 * count > values.length) {
                return candidate;
            }
        }
        return 0;
    }

    @Test
    void tally_countsEachVoterOnce_andNobodyElse() {
        NodeId a = new NodeId(0, 1);
        NodeId b = new NodeId(0, 2);
        NodeId c = new NodeId(0, 3);
        Tally tally = new Tally(new Quorum(List.of(a, b, c), List.of()));

        tally.record(a, true);
        tally.record(a, true);
        tally.record(new NodeId(9, 9), true);
        assertThat(tally.won()).isFalse();

        tally.record(b, false);
        tally.record(b, true);
        assertThat(tally.won()).as("the first vote stands").isFalse();

        tally.record(c, true);
        assertThat(tally.won()).isTrue();
    }
}
