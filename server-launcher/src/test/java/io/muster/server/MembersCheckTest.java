package io.muster.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.consistency.Readiness;
import io.muster.member.Member;
import io.muster.member.MemberAddress;
import io.muster.member.MemberState;
import io.muster.member.MemberView;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the health page says of the members: all of it, and never a reason to send clients away from this one (X15). */
class MembersCheckTest {

    private static Member member(int port, MemberState state, String reason) {
        return new Member(
                new MemberAddress("10.0.0.1", port, port - 1000), Optional.empty(), 0, state, true, true, reason, 0);
    }

    private static Readiness check(Member... others) {
        Member self = member(8848, MemberState.UP, "this node");
        List<Member> all = new ArrayList<>(List.of(others));
        all.add(self);
        MemberView view = new MemberView(1, self, all);
        return new MembersCheck(() -> view).get();
    }

    @Test
    void allUp_isACount() {
        assertThat(check(member(8849, MemberState.UP, "answers"))).isEqualTo(new Readiness(true, "2 of 2 UP"));
    }

    @Test
    void whoeverIsNotUp_isNamedWithTheReason_onOneLine() {
        assertThat(check(
                        member(8849, MemberState.DOWN, "no answer\nfor 5 probes"),
                        member(8850, MemberState.SUSPICIOUS, "slow")))
                .isEqualTo(
                        new Readiness(
                                true,
                                "1 of 3 UP; 10.0.0.1:8849 is DOWN (no answer for 5 probes), 10.0.0.1:8850 is SUSPICIOUS (slow)"));
    }

    @Test
    void ofMany_tenAreNamed() {
        Member[] down = new Member[12];
        for (int i = 0; i < down.length; i++) {
            down[i] = member(9000 + i, MemberState.DOWN, "gone");
        }
        assertThat(check(down).reason())
                .contains("10.0.0.1:9009 is")
                .doesNotContain("9010")
                .endsWith(", and 2 more");
    }
}
