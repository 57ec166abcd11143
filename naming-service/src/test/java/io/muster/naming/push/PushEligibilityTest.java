package io.muster.naming.push;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.naming.model.ClientAgent;
import io.muster.naming.model.SwitchSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** nacos-v1-http.md §6.3, subscribe. */
class PushEligibilityTest {

    @ParameterizedTest
    @CsvSource({
        "Nacos-Java-Client:v1.4.8, true",
        "Nacos-Java-Client:v0.0.9, false",
        "Nacos-Java-Client, false",
        "Nacos-DNS:v0.4.3, true",
        "Nacos-DNS:v0.4.2, false",
        "Nacos-C-Client:v1.0.12, true",
        "Nacos-C-Client:v1.0.11, false",
        "Nacos-Go-Client:v0.1.0, true",
        "Nacos-CSharp-Client:v0.9.0, true",
        "Nacos-CSharp-Client:v0.8.0, false",
        "Nacos-Server:v9.9.9, false",
        "curl/8, false"
    })
    void eligible_fromTheVersionOfTheSwitchOn(String agent, boolean eligible) {
        assertThat(PushEligibility.isEligible(ClientAgent.of(agent), SwitchSettings.DEFAULT))
                .isEqualTo(eligible);
    }

    @Test
    void switches_raiseTheVersionOrSwitchPushOff() {
        ClientAgent java = ClientAgent.of("Nacos-Java-Client:v1.4.8");

        assertThat(PushEligibility.isEligible(java, SwitchSettings.DEFAULT.with("pushVersion", "java:1.4.9")))
                .isFalse();
        assertThat(PushEligibility.isEligible(java, SwitchSettings.DEFAULT.with("pushEnabled", "false")))
                .isFalse();
    }
}
