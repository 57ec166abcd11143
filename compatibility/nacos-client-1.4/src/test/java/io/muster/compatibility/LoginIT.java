package io.muster.compatibility;

import static io.muster.compatibility.NacosClient.addresses;
import static org.assertj.core.api.Assertions.assertThat;

import io.muster.testkit.ServerProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A client that is configured with a user logs in and works, whether or not the server asks for it. */
@ExtendWith(SharedServer.class)
class LoginIT {

    @Test
    void clientWithUserAndPassword_logsInAndShowsItsToken(ServerProcess server) throws Exception {
        try (Tap tap = Tap.before(server.port());
                NacosClient client = NacosClient.loggedIn(tap.address(), "nacos", "nacos")) {
            client.naming().registerInstance("logged-in", "10.6.0.1", 8080);

            assertThat(addresses(client.ask("logged-in"))).containsExactly("10.6.0.1:8080");
            assertThat(tap.requests("POST", "/nacos/v1/auth/users/login")).hasSize(1);
            assertThat(tap.requests("GET", "/nacos/v1/ns/instance/list"))
                    .isNotEmpty()
                    .allSatisfy(request -> assertThat(request.target()).containsPattern("accessToken=[^&]+"));
        }
    }
}
