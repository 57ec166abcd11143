package io.muster.consistency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the values of the consistency service promise by themselves. */
class ConsistencyValuesTest {

    private static final Origin A = new Origin(1, 1, 1);
    private static final Origin B = new Origin(1, 1, 2);

    @Test
    void hybridVersion_ordersByClockThenOrigin() {
        assertThat(List.of(new Version.Hybrid(2, A), new Version.Hybrid(1, B), new Version.Hybrid(1, A)).stream()
                        .sorted()
                        .toList())
                .containsExactly(new Version.Hybrid(1, A), new Version.Hybrid(1, B), new Version.Hybrid(2, A));
    }

    @Test
    void versionsOfTheTwoEngines_areNeverCompared() {
        assertThatThrownBy(() -> new Version.Hybrid(1, A).compareTo(new Version.LogIndex(1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Version.LogIndex(1).compareTo(new Version.Hybrid(1, A)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void key_ordersByModeGroupId_andChecksItsParts() {
        Key ephemeral = Key.ephemeral("b", "a");
        Key first = Key.persistent("a", "b");
        Key second = Key.persistent("b", "a");
        assertThat(Stream.of(second, first, ephemeral).sorted()).containsExactly(ephemeral, first, second);

        assertThatThrownBy(() -> Key.ephemeral("", "id")).hasMessageContaining("key group");
        assertThatThrownBy(() -> Key.ephemeral("g", "x".repeat(Key.PART_CHARS_MAX + 1)))
                .hasMessageContaining("key id")
                .hasMessageContaining("2049");
    }

    @Test
    void equalKeys_haveEqualHashes_andModesDiffer() {
        assertThat(Key.ephemeral("g", "i"))
                .isEqualTo(Key.ephemeral("g", "i"))
                .hasSameHashCodeAs(Key.ephemeral("g", "i"));
        assertThat(Key.ephemeral("g", "i")).isNotEqualTo(Key.persistent("g", "i"));
    }

    @Test
    void lease_goesWithEphemeralKeysOnly() {
        assertThatThrownBy(() -> Change.put(Key.ephemeral("g", "i"), "v")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Change.put(Key.persistent("g", "i"), "v", new Lease(1, 1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Lease(0, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Lease(1, -1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void interest_matchesByModeAndGroup() {
        Key key = Key.ephemeral("public##g@@orders", "i");
        assertThat(Interest.all(Mode.EPHEMERAL).matches(key)).isTrue();
        assertThat(Interest.all(Mode.PERSISTENT).matches(key)).isFalse();
        assertThat(Interest.group(Mode.EPHEMERAL, "public##g@@orders").matches(key))
                .isTrue();
        assertThat(Interest.group(Mode.EPHEMERAL, "public##g@@order").matches(key))
                .isFalse();
        assertThat(Interest.groupsWithPrefix(Mode.EPHEMERAL, "public##").matches(key))
                .isTrue();
    }

    /** A caller can act on each failure: it knows whether the change happened, and what to do. */
    @ParameterizedTest
    @MethodSource("failures")
    void everyFailure_tellsOutcomeAndAdvice(ConsistencyException failure, Outcome outcome, Advice advice) {
        assertThat(failure.outcome()).isEqualTo(outcome);
        assertThat(failure.advice()).isEqualTo(advice);
        assertThat(failure.getMessage()).isNotBlank();
        assertThat(failure.getStackTrace()).isEmpty();
    }

    static Stream<Object[]> failures() {
        return Stream.of(
                new Object[] {
                    new ConsistencyException.NotReady("loading"), Outcome.NOT_DONE, Advice.TRY_ELSEWHERE_OR_LATER
                },
                new Object[] {
                    new ConsistencyException.NoLeader("no leader"), Outcome.NOT_DONE, Advice.TRY_ELSEWHERE_OR_LATER
                },
                new Object[] {
                    new ConsistencyException.NotEnoughMembers("2 of 3 missing"),
                    Outcome.NOT_DONE,
                    Advice.TRY_ELSEWHERE_OR_LATER
                },
                new Object[] {
                    new ConsistencyException.OutcomeUnknown("no answer in 5000 ms"),
                    Outcome.UNKNOWN,
                    Advice.READ_THEN_DECIDE
                },
                new Object[] {
                    new ConsistencyException.Conflict(Key.persistent("g", "i"), Condition.ABSENT),
                    Outcome.NOT_DONE,
                    Advice.READ_THEN_DECIDE
                },
                new Object[] {new ConsistencyException.Overloaded("queue full"), Outcome.NOT_DONE, Advice.SLOW_DOWN},
                new Object[] {new ConsistencyException.Invalid("mixed"), Outcome.NOT_DONE, Advice.CORRECT_THE_REQUEST});
    }
}
