package io.muster.member;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MemberViewTest {

    @Test
    void members_areSortedByAddress() {
        Member self = member("10.0.0.2");

        MemberView view = new MemberView(1, self, List.of(member("10.0.0.3"), self, member("10.0.0.1")));

        assertThat(view.members())
                .extracting(member -> member.address().name())
                .containsExactly("10.0.0.1:8848", "10.0.0.2:8848", "10.0.0.3:8848");
    }

    @Test
    void self_isAMember() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new MemberView(1, member("10.0.0.1"), List.of(member("10.0.0.2"))));
    }

    @Test
    void address_ofIpv6_isInBrackets() {
        assertThat(new MemberAddress("::1", 8848, 0)).hasToString("[::1]:8848");
    }

    @Test
    void address_isChecked() {
        assertThatIllegalArgumentException().isThrownBy(() -> new MemberAddress(" ", 8848, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new MemberAddress("host", -1, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new MemberAddress("host", 65_536, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new MemberAddress("host", 8848, 65_536));
    }

    private static Member member(String host) {
        return new Member(
                new MemberAddress(host, 8848, 7848), Optional.empty(), 0, MemberState.UP, true, true, "in a test", 0);
    }
}
