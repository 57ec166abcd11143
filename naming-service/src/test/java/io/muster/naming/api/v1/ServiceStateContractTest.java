package io.muster.naming.api.v1;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.naming.api.Route;
import io.muster.naming.api.v1.Call.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What nodes can be compared by, and the old paths of instances (nacos-v1-http.md §3.1, §3.5, §4.1). */
class ServiceStateContractTest {

    private TestServer server;

    @BeforeEach
    void start() {
        server = new TestServer();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Call register(String path, String ip) {
        return server.post(path).with("serviceName", "a", "ip", ip, "port", 8080);
    }

    private Response statuses(String key) {
        return server.get("/nacos/v1/ns/instance/statuses").with("key", key).send();
    }

    private static void assertText(Response response, int status, String body) {
        assertThat(response.body()).isEqualTo(body);
        assertThat(response.status()).isEqualTo(status);
    }

    @Test
    void statuses_tellTrueHealth() {
        register("/v1/ns/instance", "10.0.0.1").send();
        register("/v1/ns/instance", "10.0.0.2").with("healthy", "false").send();
        String expected = "{\"ips\":[\"10.0.0.1:8080_true\",\"10.0.0.2:8080_false\"]}";
        assertThat(statuses("public##DEFAULT_GROUP@@a").body()).isEqualTo(expected);
        assertThat(statuses("DEFAULT_GROUP@@a").body())
                .as("without a namespace")
                .isEqualTo(expected);
    }

    @Test
    void statuses_ofWhatIsNotThere() {
        assertText(statuses("dev##g@@none"), 404, "service: g@@none not found.");
        assertThat(statuses("a@@b@@c"))
                .matches(r -> r.status() == 400 && r.body().contains("key"));
        assertText(server.get("/v1/ns/instance/statuses").send(), 400, "Param 'key' is required.");
    }

    /** 404 would be a lie while instances may be missing here (X13). */
    @Test
    void whileWarmingUp_nobodyIsToldThatAServiceIsNotThere() {
        server.warmingUp = true;
        assertThat(statuses("g@@none").status()).isEqualTo(503);
        assertThat(server.put("/v1/ns/service/checksum")
                        .with("serviceName", "none")
                        .send()
                        .status())
                .isEqualTo(503);
    }

    @Test
    void checksum_changesWithTheService_andComesBackWithIt() {
        Call put = server.put("/nacos/v1/ns/service/checksum").with("serviceName", "a");
        assertText(put.send(), 404, "service DEFAULT_GROUP@@a is not found!");
        register("/v1/ns/instance", "10.0.0.1").send();
        String first = put.send().json().get("checksum").asText();
        assertThat(first).matches("[0-9a-f]{32}");
        assertThat(server.get("/v1/ns/service/checksum")
                        .with("serviceName", "a")
                        .send()
                        .json()
                        .get("checksum")
                        .asText())
                .isEqualTo(first);
        register("/v1/ns/instance", "10.0.0.2").send();
        assertThat(put.send().json().get("checksum").asText()).isNotEqualTo(first);
        server.delete("/v1/ns/instance")
                .with("serviceName", "a", "ip", "10.0.0.2", "port", 8080)
                .send();
        assertThat(put.send().json().get("checksum").asText()).isEqualTo(first);
    }

    /** Each of Nacos' routes for instances, under the path of clients before 0.8. */
    @Test
    void instancesAreServedUnderTheirOldPaths_too() {
        assertText(register("/nacos/v1/ns/api", "10.0.0.1").send(), 200, "ok");
        assertThat(server.get("/nacos/v1/ns/api/list").with("dom", "a").send().body())
                .contains("10.0.0.1");
        assertThat(server.put("/v1/ns/api/beat")
                        .with("dom", "a", "ip", "10.0.0.1", "port", 8080)
                        .send()
                        .body())
                .contains("\"code\":10200");
        assertThat(server.api.routes())
                .filteredOn(route ->
                        route.path().equals("/v1/ns/api") || route.path().startsWith("/v1/ns/api/"))
                .extracting(Route::path)
                .contains(
                        "/v1/ns/api",
                        "/v1/ns/api/list",
                        "/v1/ns/api/beat",
                        "/v1/ns/api/statuses",
                        "/v1/ns/api/metadata/batch",
                        "/v1/ns/api/srvIPXT",
                        "/v1/ns/api/clientBeat",
                        "/v1/ns/api/allDomNames")
                .doesNotContain("/v1/ns/api/overlay");
    }
}
