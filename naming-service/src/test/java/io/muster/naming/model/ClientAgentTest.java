package io.muster.naming.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** nacos-v1-http.md §1.3. */
class ClientAgentTest {

    @ParameterizedTest
    @CsvSource({
        "Nacos-Java-Client:v1.4.8, JAVA, 1.4.8, true",
        "Nacos-Java-Client:v1.0.0, JAVA, 1.0.0, true",
        "Nacos-Java-Client:v0.9.1, JAVA, 0.9.1, false",
        "Nacos-Java-Client:v2.0.0-BETA, JAVA, 2.0.0, true",
        "Nacos-Java-Client, JAVA, , false",
        "Nacos-Java-Client:vx, JAVA, , false",
        "Nacos-Go-Client:v1.0.1, GO, 1.0.1, false",
        "nacos-go-sdk:v0.1.2, GO, 0.1.2, false",
        "Nacos-CSharp-Client:v1.2, CSHARP, 1.2.0, false",
        "Nacos-C-Client:v1.0.12, C, 1.0.12, false",
        "vip-client4cpp:v1.0.9, C, 1.0.9, false",
        "Nacos-DNS:v1.0.1, DNS, 1.0.1, false",
        "Nacos-Server:1.4.8, SERVER, , false",
        "unit-nginx, NGINX, , false",
        "curl/8.0, OTHER, , false",
        "'', OTHER, , false"
    })
    void of_readsSoftwareAndVersion(String text, ClientAgent.Kind kind, String version, boolean modernJava) {
        ClientAgent agent = ClientAgent.of(text);

        assertThat(agent.kind()).isEqualTo(kind);
        assertThat(agent.version().map(AgentVersion::toString)).isEqualTo(Optional.ofNullable(version));
        assertThat(agent.isModernJava()).isEqualTo(modernJava);
    }
}
