package io.muster.naming.api.v1;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.muster.naming.api.v1.Call.Response;
import io.muster.naming.registry.AuditLog;
import io.muster.naming.registry.RecordedLog;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What operators ask and steer: members, pushes, switches of one node, namespaces (nacos-v1-http.md §5, §7.3). */
class OperatorContractTest {

    private static final String SWITCHES = "/nacos/v1/ns/operator/switches";

    private TestServer server;

    @BeforeEach
    void start() {
        server = new TestServer();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Response set(String entry, String value, boolean onlyHere) {
        return server.put(SWITCHES)
                .with("entry", entry, "value", value, "debug", onlyHere)
                .send();
    }

    private JsonNode switches() {
        return server.get(SWITCHES).send().json();
    }

    @ParameterizedTest
    @ValueSource(strings = {"operator", "ops"})
    void distroStatus_listsTheMembers(String name) {
        String path = "/nacos/v1/ns/" + name + "/distro/status";
        JsonNode members = server.get(path).send().json().get("status");
        assertThat(members.findValuesAsText("address")).containsExactly("127.0.0.1:" + server.port);
        assertThat(server.get(path).with("action", "view").send().json().get("status"))
                .isEqualTo(members);
        assertThat(server.get(path).with("action", "other").send().body()).isEqualTo("{}");
    }

    @Test
    void servers_areTheMembers_orThoseThatAreUp() {
        for (String healthy : new String[] {"false", "true", "nonsense"}) {
            assertThat(server.get("/nacos/v1/ns/operator/servers")
                            .with("healthy", healthy)
                            .send()
                            .json()
                            .get("servers")
                            .findValuesAsText("state"))
                    .as(healthy)
                    .containsExactly("UP");
        }
    }

    @Test
    void names_areOfAllServices_orOfThoseThisNodeIsResponsibleFor() {
        for (String service : new String[] {"mine", "theirs"}) {
            server.post("/v1/ns/service").with("serviceName", service).send();
        }
        server.elsewhere = "theirs";
        Call names = server.get("/nacos/v1/ns/service/names");
        assertThat(names.send().json().get("services").get("public")).hasSize(2);
        assertThat(names.with("responsibleOnly", "true").send().body())
                .isEqualTo("{\"services\":{\"public\":[\"mine\"]},\"count\":1}");
    }

    /** §3.2: echoed; and a list for one env is never served to another. */
    @Test
    void env_isEchoed() {
        server.post("/v1/ns/instance")
                .with("serviceName", "a", "ip", "10.0.0.1", "port", 80)
                .send();
        for (String env : new String[] {"", "prod", "test", ""}) {
            assertThat(server.get("/v1/ns/instance/list")
                            .with("serviceName", "a", "env", env)
                            .send()
                            .json()
                            .get("env")
                            .asText())
                    .isEqualTo(env);
        }
    }

    @Test
    void pushState_hasDetailsWhenAskedFor() {
        String path = "/nacos/v1/ns/operator/push/state";
        assertThat(server.get(path).send().body())
                .isEqualTo("{\"succeed\":0,\"total\":0,\"ratio\":0.0,\"reset\":false}");
        assertThat(server.get(path)
                        .with("detail", "true", "reset", "true")
                        .send()
                        .body())
                .isEqualTo("{\"succeed\":0,\"total\":0,\"ratio\":0.0,\"data\":[],\"reset\":true}");
    }

    /** X21: a counter that begins anew is a change, too. */
    @Test
    void resetOfThePushState_isALineOfAudit() {
        try (RecordedLog log = new RecordedLog(AuditLog.LOGGER)) {
            server.get("/nacos/v1/ns/operator/push/state").send();
            assertThat(log.lines()).isEmpty();
            server.get("/nacos/v1/ns/operator/push/state").with("reset", "true").send();
            assertThat(log.lines()).hasSize(1);
            assertThat(RecordedLog.pairs(log.lines().get(0)))
                    .containsEntry("action", "reset-push-state")
                    .containsEntry("before", "0 of 0 pushes acknowledged");
        }
    }

    /** R75: who reads switches sees which of them hold on this node alone. */
    @Test
    void aSwitchOfThisNodeAlone_isShownAsSuch_untilItIsTakenBack() {
        assertThat(switches().get("local").toString()).isEqualTo("[]");
        assertThat(set("pushEnabled", "false", true).body()).isEqualTo("ok");
        assertThat(switches().get("local").toString()).isEqualTo("[\"pushEnabled\"]");

        set("pushCacheMillis", "20000", false);
        assertThat(switches().get("pushEnabled").asBoolean())
                .as("a change of the cluster's leaves it alone")
                .isFalse();
        assertThat(switches().get("defaultPushCacheMillis").asLong()).isEqualTo(20_000);

        assertThat(set("pushEnabled", "cluster", true).body()).isEqualTo("ok");
        assertThat(switches().get("pushEnabled").asBoolean()).isTrue();
        assertThat(switches().get("local").toString()).isEqualTo("[]");
    }

    @Test
    void allSwitchesOfThisNode_areTakenBackAtOnce() {
        set("pushEnabled", "false", true);
        set("pushVersion", "java:2.0.0", true);
        assertThat(switches().get("local").toString()).isEqualTo("[\"pushEnabled\",\"pushJavaVersion\"]");
        assertThat(set("batch", "cluster", true).body()).isEqualTo("ok");
        assertThat(switches().get("local").toString()).isEqualTo("[]");
    }

    @Test
    void onlyALocalSwitchIsTakenBack() {
        assertThat(set("pushEnabled", "cluster", false))
                .matches(r -> r.status() == 400 && r.body().contains("'value'"));
    }

    /** Whoever sends back what one node showed must not make its own switches the cluster's. */
    @Test
    void aBatchOfWhatIsShown_leavesTheLocalOnesLocal() {
        set("pushEnabled", "false", true);
        String shown = switches().toString().replace("\"lightBeatEnabled\":true", "\"lightBeatEnabled\":false");
        assertThat(server.put(SWITCHES)
                        .query("entry", "batch")
                        .form("value", shown)
                        .send()
                        .body())
                .isEqualTo("ok");
        set("batch", "cluster", true);
        assertThat(switches().get("pushEnabled").asBoolean()).isTrue();
        assertThat(switches().get("lightBeatEnabled").asBoolean()).isFalse();
    }

    @Test
    void namespacesTellHowMuchTheyHold() {
        server.post("/v1/console/namespaces")
                .with("customNamespaceId", "dev", "namespaceName", "Dev")
                .send();
        for (String ephemeral : new String[] {"true", "false"}) {
            server.post("/v1/ns/instance")
                    .with("namespaceId", "dev", "serviceName", "a" + ephemeral, "ip", "10.0.0.1", "port", 80)
                    .with("ephemeral", ephemeral)
                    .send();
        }
        server.post("/v1/ns/service").with("serviceName", "empty").send();
        JsonNode all = server.get("/v1/console/namespaces").send().json().get("data");
        assertThat(all.findValuesAsText("serviceCount")).containsExactly("1", "2");
        assertThat(all.findValuesAsText("instanceCount")).containsExactly("0", "2");
        JsonNode one = server.get("/v1/console/namespaces")
                .with("show", "all", "namespaceId", "dev")
                .send()
                .json();
        assertThat(one.get("serviceCount").asInt()).isEqualTo(2);
        assertThat(one.get("instanceCount").asInt()).isEqualTo(2);
    }

    /** §4.4: the fields that consoles of 1.4.8 read. */
    @Test
    void aClusterInTheCatalogHasAllItsFields() {
        server.post("/v1/ns/service").with("serviceName", "a").send();
        server.put("/v1/ns/cluster")
                .with("serviceName", "a", "clusterName", "c1", "checkPort", 8081, "useInstancePort4Check", "false")
                .with("healthChecker", "{\"type\":\"NONE\"}", "metadata", "k=v")
                .send();
        assertThat(server.get("/v1/ns/catalog/service")
                        .with("serviceName", "a")
                        .send()
                        .json()
                        .get("clusters")
                        .toString())
                .isEqualTo(
                        "[{\"serviceName\":\"DEFAULT_GROUP@@a\",\"name\":\"c1\",\"healthChecker\":{\"type\":\"NONE\"},"
                                + "\"defaultPort\":80,\"defaultCheckPort\":8081,\"useIPPort4Check\":false,"
                                + "\"metadata\":{\"k\":\"v\"},\"sitegroup\":\"\",\"defCkport\":8081,\"defIPPort\":80,"
                                + "\"empty\":true}]");
    }

    /** X22: protection can be switched off for good, and true health shows wherever protection hides it. */
    @Test
    void protectionHasAnOffSwitch_andTrueHealthIsAlwaysShown() {
        server.post("/v1/ns/instance")
                .with("serviceName", "a", "ip", "10.0.0.1", "port", 80, "healthy", "false")
                .send();
        Call list = server.get("/v1/ns/instance/list").with("serviceName", "a");
        JsonNode host = list.send().json().get("hosts").get(0);
        assertThat(host.get("healthy").asBoolean()).isTrue();
        assertThat(host.get("trueHealthy").asBoolean()).isFalse();
        assertThat(server.get("/v1/ns/catalog/instances")
                        .with("serviceName", "a", "clusterName", "DEFAULT")
                        .send()
                        .json()
                        .get("list")
                        .get(0)
                        .get("healthy")
                        .asBoolean())
                .isFalse();
        assertThat(server.get("/v1/ns/catalog/services").send().json().get("serviceList"))
                .singleElement()
                .satisfies(service -> {
                    assertThat(service.get("healthyInstanceCount").asInt()).isZero();
                    assertThat(service.get("triggerFlag").asText()).isEqualTo("true");
                });

        assertThat(server.put("/v1/ns/service")
                        .with("serviceName", "a", "protectThreshold", -1)
                        .send()
                        .body())
                .isEqualTo("ok");
        JsonNode unprotected = list.send().json().get("hosts").get(0);
        assertThat(unprotected.get("healthy").asBoolean()).isFalse();
        assertThat(unprotected.has("trueHealthy")).isFalse();
        assertThat(list.query("healthyOnly", "true").send().json().get("hosts")).isEmpty();
    }

    /** X18: a service's and a namespace's own timeouts, the client's word over them, unless it is locked out. */
    @Test
    void heartbeatDefaults_areTheServices_thenTheNamespaces_andCanBeLocked() {
        server.post("/v1/console/namespaces")
                .with("customNamespaceId", "dev", "namespaceName", "Dev")
                .with("metadata", "preserved.heart.beat.interval=7000")
                .send();
        assertThat(beatInterval("none", "")).isEqualTo(7_000);
        server.post("/v1/ns/service")
                .with("namespaceId", "dev", "serviceName", "own", "metadata", "preserved.heart.beat.interval=6000")
                .send();
        assertThat(beatInterval("own", "")).isEqualTo(6_000);
        assertThat(beatInterval("own", "preserved.heart.beat.interval=3000")).isEqualTo(3_000);
        server.post("/v1/ns/service")
                .with("namespaceId", "dev", "serviceName", "locked")
                .with("metadata", "preserved.heart.beat.interval=6000,preserved.lease.lock=true")
                .send();
        assertThat(beatInterval("locked", "preserved.heart.beat.interval=3000")).isEqualTo(6_000);
    }

    private long beatInterval(String service, String metadata) {
        String[] where = {"namespaceId", "dev", "serviceName", service, "ip", "10.0.0.1", "port", "80"};
        assertThat(server.post("/v1/ns/instance")
                        .with((Object[]) where)
                        .with("metadata", metadata)
                        .send()
                        .body())
                .isEqualTo("ok");
        return server.put("/v1/ns/instance/beat")
                .with((Object[]) where)
                .send()
                .json()
                .get("clientBeatInterval")
                .asLong();
    }
}
