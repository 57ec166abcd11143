package io.muster.naming.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InstanceKeyTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.0.0.1",
                "0.0.0.0",
                "255.255.255.255",
                "host",
                "a.example.com",
                "pod_1-x",
                "10.0.0.1.nip.io",
                "[::1]",
                "[::]",
                "[fe80::1:2]",
                "[1:2:3:4:5:6:7:8]",
                "[::ffff:10.0.0.1]",
                "[1:2:3:4:5:6:7::]",
                "[1:2:3:4:5:6:10.0.0.1]"
            })
    void addresses_thatCanBeReached_pass(String ip) {
        InstanceKey key = new InstanceKey(ip, 80, "DEFAULT");

        assertThat(InstanceKey.ofId(key.id())).isEqualTo(key);
        assertThat(InstanceKey.ofId(key.overlayId())).isEqualTo(key);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "999.1.1",
                "1.2.3",
                "1.2.3.4.5",
                "1.2.3.256",
                "1.2.3.",
                ".1.2.3",
                "1..2.3",
                "01.2.3.4",
                "1.2.3.0004",
                "12345",
                ".",
                "::1",
                "a b",
                "a:b",
                "a/b",
                "a..b",
                "a.",
                "[1.2.3.4]",
                "[]",
                "[:]",
                "[:::]",
                "[1:2]",
                "[1:2:3:4:5:6:7:8:9]",
                "[1::2::3]",
                "[1:2:3:4:5:6:7:8::]",
                "[12345::]",
                "[g::]",
                "[::1",
                "[1:2:3:4:5:6:7:]",
                "[::1.2.3]",
                "[::1.2.3.4:5]"
            })
    void addresses_misspelled_areRefused(String ip) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new InstanceKey(ip, 80, "DEFAULT"))
                .withMessage("instance format invalid: Your IP address is spelled incorrectly");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 65_536, 70_000})
    void ports_outOfRange_areRefused(int port) {
        assertThatIllegalArgumentException().isThrownBy(() -> new InstanceKey("10.0.0.1", port, "DEFAULT"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a_b", "a.b", "a b", "ä", "a:b"})
    void clusters_withOtherCharacters_areRefused(String cluster) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new InstanceKey("10.0.0.1", 80, cluster))
                .withMessage("cluster name can only have these characters: 0-9a-zA-Z-, current: " + cluster);
    }

    @Test
    void wireForm_isNacosDatumKey() {
        assertThat(new InstanceKey("10.0.0.1", 80, "C1").wireForm()).isEqualTo("10.0.0.1:80:unknown:C1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "i/", "i/a", "i/a:b", "service"})
    void ofId_ofSomethingElse_isRefused(String id) {
        assertThatIllegalArgumentException().isThrownBy(() -> InstanceKey.ofId(id));
    }
}
