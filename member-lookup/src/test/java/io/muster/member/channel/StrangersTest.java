package io.muster.member.channel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** X17: a flood of one host closes connections of that host. */
class StrangersTest {

    private final Strangers<String> strangers = new Strangers<>(3);

    @Test
    void beyondTheBound_theOldestOfTheHostWithTheMost_goes() {
        strangers.add("honest", "h1");
        strangers.add("flood", "f1");
        strangers.add("flood", "f2");

        assertThat(strangers.add("flood", "f3")).contains("f1");
        assertThat(strangers.add("flood", "f4")).contains("f2");
        assertThat(strangers.add("late", "l1")).contains("f3");
        assertThat(strangers.count()).isEqualTo(3);
    }

    @Test
    void amongHostsWithOneEach_theFirstThatCameGoes() {
        strangers.add("a", "a1");
        strangers.add("b", "b1");
        strangers.add("c", "c1");

        assertThat(strangers.add("d", "d1")).contains("a1");
    }

    @Test
    void remove_givesRoom_andIsIdempotent() {
        strangers.add("a", "a1");
        strangers.add("a", "a2");
        strangers.add("a", "a3");
        strangers.remove("a", "a2");
        strangers.remove("a", "a2");
        strangers.remove("b", "b1");

        assertThat(strangers.add("a", "a4")).isEmpty();
        assertThat(strangers.add("a", "a5")).contains("a1");
    }
}
