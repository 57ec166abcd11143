package io.muster.member.health.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.muster.member.MemberAddress;
import io.muster.member.NodeId;
import io.muster.member.Wish;
import io.muster.member.health.core.HealthMessage.Suspect;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The small parts of the core, each by itself. */
class PartsTest {

    private static final long MILLI = 1_000_000;
    private static final NodeId B = new NodeId(1, 2);
    private static final NodeId C = new NodeId(1, 3);

    @Nested
    class Timing {

        @Test
        void defaults_areThoseOfTheDesign() {
            assertThat(HealthTiming.DEFAULTS).isEqualTo(new HealthTiming(1_000 * MILLI, 2, 5, 3));
        }

        @Test
        void relations_areChecked() {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> HealthTiming.of(Duration.ofSeconds(1), 5, 5))
                    .withMessageContaining("suspicious after 5, down after 5");
            assertThatIllegalArgumentException().isThrownBy(() -> HealthTiming.of(Duration.ofSeconds(1), 0, 5));
            assertThatIllegalArgumentException().isThrownBy(() -> HealthTiming.of(Duration.ofMillis(9), 2, 5));
            assertThatIllegalArgumentException().isThrownBy(() -> HealthTiming.of(Duration.ofSeconds(61), 2, 5));
            assertThatIllegalArgumentException().isThrownBy(() -> new HealthTiming(1_000 * MILLI, 2, 5, 0));
        }

        @Test
        void ticks_areATenthOfTheInterval_atMostAHundredMillis() {
            assertThat(HealthTiming.of(Duration.ofMillis(200), 2, 5).tickNanos())
                    .isEqualTo(20 * MILLI);
            assertThat(HealthTiming.of(Duration.ofMinutes(1), 2, 5).tickNanos()).isEqualTo(100 * MILLI);
        }
    }

    @Nested
    class Awake {

        private final AwakeClock clock = new AwakeClock(100 * MILLI, 300 * MILLI, 5_000 * MILLI);

        @Test
        void usualGaps_count() {
            assertThat(clock.step(5_100 * MILLI)).isZero();
            assertThat(clock.step(5_400 * MILLI)).isZero();

            assertThat(clock.nanos()).isEqualTo(400 * MILLI);
        }

        @Test
        void longGap_countsAsOneUsualOne() {
            assertThat(clock.step(65_000 * MILLI)).isEqualTo(59_900 * MILLI);

            assertThat(clock.nanos()).isEqualTo(100 * MILLI);
        }
    }

    @Nested
    class Clocks {

        private final ClockEstimate estimate = new ClockEstimate();

        @Test
        void beforeAnyAnswer_nothingIsKnown() {
            assertThat(estimate.roundTripNanos()).isEmpty();
            assertThat(estimate.skewMillis()).isEmpty();
        }

        @Test
        void skew_isTakenFromTheShortestRoundTrip() {
            // 400 ms on the way there and none back look like 200 ms of skew.
            estimate.sample(400 * MILLI, 10_400, 10_400);
            estimate.sample(2 * MILLI, 20_001, 20_002);
            estimate.sample(400 * MILLI, 30_400, 30_400);

            assertThat(estimate.skewMillis()).hasValue(0);
        }

        @Test
        void jumpOfAClock_isSeenAfterEightAnswers() {
            for (int i = 0; i < 20; i++) {
                estimate.sample(MILLI, 1_000, 1_000);
            }
            for (int i = 0; i < 8; i++) {
                estimate.sample(2 * MILLI, 61_000, 1_001);
            }

            assertThat(estimate.skewMillis()).hasValue(60_000);
        }

        @Test
        void roundTrip_followsSlowly() {
            estimate.sample(8 * MILLI, 0, 0);
            estimate.sample(16 * MILLI, 0, 0);

            assertThat(estimate.roundTripNanos()).hasValue(9 * MILLI);
        }
    }

    @Nested
    class Periods {

        private final ProbePeriod period = new ProbePeriod();

        @Test
        void answer_matchesItsProbeOnce() {
            period.begin(0);
            period.sent(1, 0);

            assertThat(period.match(1)).contains(new ProbePeriod.Attempt(1, 0));
            assertThat(period.match(1)).isEmpty();
            assertThat(period.succeed()).isTrue();
            assertThat(period.succeed()).isFalse();
        }

        @Test
        void answerOfThePeriodBefore_isLate() {
            period.begin(0);
            period.sent(1, 0);
            period.begin(1_000);

            assertThat(period.match(1)).isEmpty();
        }

        @Test
        void probe_isRepeatedOnce_atHalfTime_unlessAnswered() {
            period.begin(0);
            period.sent(1, 0);
            assertThat(period.repeatNow(499, 1_000)).isFalse();
            assertThat(period.repeatNow(500, 1_000)).isTrue();
            assertThat(period.repeatNow(600, 1_000)).isFalse();

            period.begin(1_000);
            period.succeed();
            assertThat(period.repeatNow(1_600, 1_000)).isFalse();
        }

        @Test
        void renewal_isGrantedThreeTimesAPeriod() {
            period.begin(0);
            assertThat(List.of(period.renew(1), period.renew(2), period.renew(3), period.renew(4)))
                    .containsExactly(true, true, true, false);
            period.begin(5);
            assertThat(period.renew(6)).isTrue();
        }
    }

    @Nested
    class Rounds {

        private final Inquiry inquiry = new Inquiry();

        @Test
        void answersOfAnEarlierRound_areRefused() {
            inquiry.begin(List.of(new Suspect(B, 1)), List.of(), List.of(C), 0);
            long first = inquiry.question(9).round();
            inquiry.begin(List.of(new Suspect(B, 1)), List.of(), List.of(C), 1_000);

            assertThat(inquiry.answered(C, first)).isFalse();
            assertThat(inquiry.pending()).containsExactly(C);
            assertThat(inquiry.answered(C, inquiry.question(9).round())).isTrue();
            assertThat(inquiry.pending()).isEmpty();
        }

        /** More addresses than fit a question all get their turn. */
        @Test
        void addresses_takeTurns() {
            List<MemberAddress> many = IntStream.range(0, 3 * HealthMessage.ADDRESSES_MAX - 1)
                    .mapToObj(i -> new MemberAddress("n" + i, 8848, 7848))
                    .toList();
            Set<MemberAddress> asked = new HashSet<>();
            for (int round = 0; round < 3; round++) {
                inquiry.begin(List.of(), many, List.of(C), 0);
                List<MemberAddress> addresses = inquiry.question(9).addresses();
                assertThat(addresses).hasSizeLessThanOrEqualTo(HealthMessage.ADDRESSES_MAX);
                asked.addAll(addresses);
            }

            assertThat(asked).containsExactlyInAnyOrderElementsOf(many);
        }

        @Test
        void silentOnes_areAskedAgain_threeTimesARound() {
            inquiry.begin(List.of(new Suspect(B, 1)), List.of(), List.of(C), 0);
            int repeats = 0;
            for (long nanos = 0; nanos < 1_000; nanos += 10) {
                repeats += inquiry.repeatNow(nanos, 1_000) ? 1 : 0;
            }

            assertThat(repeats).isEqualTo(3);
        }
    }

    @Nested
    class Wishes {

        @Test
        void digest_dependsOnTheNodes_notOnSpellingsOrOrder() {
            assertThat(WishDigest.of(wish("x", B, "y", C))).isEqualTo(WishDigest.of(wish("z", C, "y", B)));
            assertThat(WishDigest.of(wish("x", B, "y", C))).isNotEqualTo(WishDigest.of(wish("x", B, "y", B)));
        }

        @Test
        void digest_ofAWishWithUnknownNodes_isThatOfNone() {
            Wish half = new Wish(List.of(new Wish.Entry(address("x"), Optional.empty())), List.of());

            assertThat(WishDigest.of(half)).isEqualTo(WishDigest.UNRESOLVED);
            assertThat(WishDigest.of(Wish.NONE)).isEqualTo(WishDigest.UNRESOLVED);
        }

        @Test
        void digestOfNames_dependsOnTheNames_foundOrNot() {
            Wish half = new Wish(
                    List.of(
                            new Wish.Entry(address("x"), Optional.empty()),
                            new Wish.Entry(address("y"), Optional.of(B))),
                    List.of());

            assertThat(WishDigest.ofNames(half)).isEqualTo(WishDigest.ofNames(wish("y", C, "x", B)));
            assertThat(WishDigest.ofNames(half)).isNotEqualTo(WishDigest.ofNames(wish("x", B, "z", C)));
            assertThat(WishDigest.ofNames(Wish.NONE)).isEqualTo(WishDigest.UNRESOLVED);
        }

        private Wish wish(String one, NodeId atOne, String other, NodeId atOther) {
            return new Wish(
                    List.of(
                            new Wish.Entry(address(one), Optional.of(atOne)),
                            new Wish.Entry(address(other), Optional.of(atOther))),
                    List.of());
        }

        private MemberAddress address(String host) {
            return new MemberAddress(host, 8848, 7848);
        }
    }

    @Nested
    class Gate {

        private final NoticeGate gate = new NoticeGate();

        @Test
        void whatGoesOn_isToldOnceAPeriod_forEachSubject() {
            Notice b = new Notice(Notice.Kind.OTHER_CLUSTER, "b", "");
            Notice c = new Notice(Notice.Kind.OTHER_CLUSTER, "c", "");

            assertThat(gate.opensAgainFor(b, 0)).isTrue();
            assertThat(gate.opensAgainFor(b, 1)).isFalse();
            assertThat(gate.opensAgainFor(c, 1)).isTrue();
            assertThat(gate.opensAgainFor(b, NoticeGate.REPEAT_AFTER_NANOS)).isTrue();
            assertThat(gate.suppressed()).isZero();
        }

        @Test
        void moreThanPeopleRead_isCountedInstead() {
            for (int i = 0; i < NoticeGate.NOTICES_PER_MINUTE_MAX; i++) {
                assertThat(gate.opensFor(i)).isTrue();
            }
            assertThat(gate.opensFor(1_000)).isFalse();
            assertThat(gate.suppressed()).isEqualTo(1);
            assertThat(gate.opensFor(Duration.ofMinutes(1).toNanos())).isTrue();
        }
    }
}
