package io.muster.member.health.core;

import static io.muster.member.health.core.Neighbourhood.SELF_ID;
import static io.muster.member.health.core.Neighbourhood.address;
import static org.assertj.core.api.Assertions.assertThat;

import io.muster.member.health.core.Notice.Kind;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What is measured and shared beside life and death: clocks, wishes, revisions (design §6; X25). */
class MeasuresTest {

    private final Neighbourhood hood = new Neighbourhood();

    /** X25. */
    @Test
    void clockSkew_isMeasured_andWarnedOfOnce() {
        hood.with("b", "c");
        hood.neighbour("b").wallAhead = Duration.ofMinutes(1);
        hood.passIntervals(30);

        assertThat(hood.core.status().peer(hood.neighbour("b").id))
                .hasValueSatisfying(peer -> assertThat(peer.clockSkewMillis()).contains(60_000L));
        assertThat(hood.kindsOfNotices()).containsOnlyOnce(Kind.CLOCK_SKEW);
    }

    @Test
    void wishIsShared_byThoseWhoSayTheSame() {
        hood.with("b", "c");
        long digest = hood.sent.stream()
                .map(Effect.Send::message)
                .filter(HealthMessage.Probe.class::isInstance)
                .map(message -> ((HealthMessage.Probe) message).says().wishDigest())
                .reduce(0L, (first, last) -> last);
        assertThat(digest).isNotZero();
        hood.neighbour("b").wishDigest = digest;
        hood.passIntervals(1);

        assertThat(hood.view().wish().sharedBy()).containsExactlyInAnyOrder(SELF_ID, hood.neighbour("b").id);
        assertThat(hood.view().wish().names()).containsExactly("b:8848", "c:8848", "self:8848");
        assertThat(hood.view().wish().resolved()).isTrue();
    }

    @Test
    void wishOfASilentMember_isSharedNoLonger() {
        wishIsShared_byThoseWhoSayTheSame();
        hood.neighbour("b").answers = false;
        hood.passIntervals(3);
        assertThat(hood.view().wish().sharedBy()).contains(hood.neighbour("b").id);
        hood.passIntervals(4);

        assertThat(hood.view().wish().sharedBy()).containsExactly(SELF_ID);
    }

    @Test
    void wishOfTheRunBefore_isSharedNoLonger() {
        wishIsShared_byThoseWhoSayTheSame();
        hood.neighbour("b").restarts();
        hood.neighbour("b").answers = false;
        hood.opens(address("b"), hood.neighbour("b"));
        hood.neighbour("b").answers = true;
        hood.neighbour("b").wishDigest = 0;
        hood.passIntervals(2);

        assertThat(hood.views.stream()
                        .filter(view -> view.member(hood.neighbour("b").id)
                                .filter(member -> member.runId() == 2)
                                .isPresent()))
                .isNotEmpty()
                .allSatisfy(view -> assertThat(view.wish().sharedBy()).doesNotContain(hood.neighbour("b").id));
    }

    @Test
    void revision_growsByOneWithEachView() {
        hood.with("b", "c");
        hood.neighbour("b").answers = false;
        hood.passIntervals(10);

        for (int i = 1; i < hood.views.size(); i++) {
            assertThat(hood.views.get(i).revision())
                    .isEqualTo(hood.views.get(i - 1).revision() + 1);
        }
    }
}
