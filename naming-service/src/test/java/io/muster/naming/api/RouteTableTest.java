package io.muster.naming.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class RouteTableTest {

    private static Route route(Verb verb, String path) {
        return Route.immediate(verb, path, List.of(), "for the test", request -> Answer.OK);
    }

    @Test
    void routesAreFoundWithTheContextAndWithout() {
        RouteTable table = new RouteTable(List.of(route(Verb.GET, "/v1/ns/x"), route(Verb.PUT, "/v1/ns/x")));
        assertThat(table.find("/v1/ns/x")).isPresent();
        assertThat(table.find("/nacos/v1/ns/x")).isPresent();
        assertThat(table.find("/nacos/nacos/v1/ns/x")).isEmpty();
        assertThat(table.find("/v1/ns/x/")).isEmpty();
        assertThat(table.find("/v1/ns/x").orElseThrow().allowed()).isEqualTo("GET, PUT");
    }

    @Test
    void twoRoutesForOneVerbAndPathAreAMistake() {
        assertThatThrownBy(() -> new RouteTable(List.of(route(Verb.GET, "/a"), route(Verb.GET, "/a"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("GET /a");
    }

    /** X24: closed unless it says that it is open. */
    @Test
    void aRouteIsForAdminsUnlessItSaysOtherwise() {
        assertThat(route(Verb.GET, "/a").access()).isEqualTo(Access.ADMIN);
        assertThat(route(Verb.GET, "/a").access(Access.OPEN).access()).isEqualTo(Access.OPEN);
    }

    @Test
    void namingRoutesAreGatedAndOthersAreNot() {
        assertThat(route(Verb.GET, "/v1/ns/x").gated()).isTrue();
        assertThat(route(Verb.GET, "/v1/ns/x").always().gated()).isFalse();
        assertThat(route(Verb.GET, "/v1/console/x").gated()).isFalse();
    }

    @Test
    void aPathGoesWithoutTheContext() {
        assertThatThrownBy(() -> route(Verb.GET, "/nacos/v1/ns/x")).isInstanceOf(IllegalArgumentException.class);
    }
}
