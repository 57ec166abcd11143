package io.muster.naming.api.v1;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.naming.api.Access;
import io.muster.naming.api.Param;
import io.muster.naming.api.Route;
import io.muster.naming.api.Verb;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The route table as a whole. */
class RoutesTest {

    private static TestServer server;

    @BeforeAll
    static void start() {
        server = new TestServer();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static List<String> routes(Access access) {
        return server.api.routes().stream()
                .filter(route -> route.access() == access)
                .map(route -> route.verb() + " " + route.path())
                .toList();
    }

    /** X24: who opens a route must say so here, too. */
    @Test
    void openToAnyoneAreTheseAndNoOthers() {
        assertThat(routes(Access.OPEN))
                .containsExactlyInAnyOrder(
                        "GET /v1/ns/health/server",
                        "GET /v1/ns/operator/metrics",
                        "GET /v1/ns/ops/metrics",
                        "GET /v1/console/server/state",
                        "POST /v1/auth/users/login",
                        "POST /v1/auth/login");
    }

    @Test
    void readersNeverGetARouteThatChangesAnything() {
        assertThat(server.api.routes())
                .filteredOn(route -> route.access() == Access.READ)
                .allMatch(route -> route.verb() == Verb.GET);
    }

    /** §2.1: clients are refused while the server does not serve; the way back in is not. */
    @Test
    void allOfNamingIsGatedButForTheSwitches() {
        assertThat(server.api.routes())
                .filteredOn(route -> route.path().startsWith("/v1/ns/"))
                .filteredOn(route -> !route.gated())
                .extracting(Route::path)
                .containsOnly("/v1/ns/operator/switches", "/v1/ns/ops/switches");
    }

    @Test
    void everyRouteSaysWhatItDoesAndNamesEachParameterOnce() {
        for (Route route : server.api.routes()) {
            assertThat(route.summary()).isNotBlank();
            Set<String> names = new HashSet<>();
            for (Param<?> param : route.params()) {
                assertThat(names.add(param.name()))
                        .as("%s %s", route.path(), param.name())
                        .isTrue();
                param.aliases().forEach(alias -> assertThat(names.add(alias)).isTrue());
                assertThat(param.example()).isNotBlank().hasSizeLessThanOrEqualTo(param.charsMax());
            }
        }
    }
}
