package io.muster.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.member.MemberAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

/** R64: the newest list counts, whichever thread brings it. */
class ListInForceTest {

    private static final List<MemberAddress> REMEMBERED = List.of(new MemberAddress("old", 8848, 7848));
    private static final List<MemberAddress> GIVEN = List.of(new MemberAddress("new", 8848, 7848));

    private final ListInForce list = new ListInForce();

    @Test
    void remembered_countsUntilOneIsGiven() {
        assertThat(list.begin(REMEMBERED)).isEqualTo(REMEMBERED);
        assertThat(list.take(GIVEN)).isEqualTo(REMEMBERED);
        assertThat(list.now()).isEqualTo(GIVEN);
    }

    /** The wait for it had just ended. */
    @Test
    void givenJustBeforeTheRememberedOne_staysInForce() {
        list.take(GIVEN);
        assertThat(list.begin(REMEMBERED)).isEqualTo(GIVEN);
        assertThat(list.now()).isEqualTo(GIVEN);
    }
}
