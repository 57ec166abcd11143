package io.muster.member.lookup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.muster.member.MemberAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class LookupModeTest {

    @ParameterizedTest
    @EnumSource
    void parse_takesItsOwnNames(LookupMode mode) {
        assertThat(LookupMode.parse(mode.configName())).isEqualTo(mode);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Standalone", "address_server", "nacos"})
    void parse_refusesOthers_andNamesTheKnown(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LookupMode.parse(name))
                .withMessage("unknown lookup mode '" + name + "'; known are auto, standalone, file, address-server");
    }

    /** R60. */
    @Test
    void standalone_listsItselfOnce() {
        MemberAddress self = new MemberAddress("127.0.0.1", 8848, 0);
        List<List<MemberAddress>> lists = new ArrayList<>();
        StandaloneLookup lookup = new StandaloneLookup(self);

        lookup.start(lists::add);
        lookup.stop();

        assertThat(lists).containsExactly(List.of(self));
        assertThat(lookup.mode()).isEqualTo("standalone");
    }
}
