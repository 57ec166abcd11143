package io.muster.naming.api.v1;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.muster.naming.api.v1.Call.Response;
import io.muster.naming.list.NameForm;
import io.muster.naming.model.ServiceName;
import io.muster.naming.model.UnhealthyDeletion;
import io.muster.naming.push.Subscriber;
import io.muster.naming.registry.AuditLog;
import io.muster.naming.registry.RecordedLog;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Services, clusters, health and who subscribes (nacos-v1-http.md §4). */
class ServiceContractTest {

    private static final String SERVICE = "/nacos/v1/ns/service";

    private TestServer server;

    @BeforeEach
    void start() {
        server = new TestServer();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static void assertText(Response response, int status, String body) {
        assertThat(response.body()).isEqualTo(body);
        assertThat(response.status()).isEqualTo(status);
    }

    private void declare(String... names) {
        for (String name : names) {
            assertText(server.post(SERVICE).with("serviceName", name).send(), 200, "ok");
        }
    }

    private void register(String service, Object... more) {
        assertThat(server.post("/v1/ns/instance")
                        .with("serviceName", service, "ip", "10.0.0.1", "port", 8080)
                        .with(more)
                        .send()
                        .body())
                .isEqualTo("ok");
    }

    private JsonNode list(Object... params) {
        return server.get(SERVICE + "/list").with(params).send().json();
    }

    @Test
    void aDeclaredServiceIsShownAsDeclared() {
        assertText(
                server.post(SERVICE)
                        .with(
                                "serviceName",
                                "a",
                                "groupName",
                                "g",
                                "protectThreshold",
                                "0.5",
                                "metadata",
                                "k=v",
                                "selector",
                                "{\"type\":\"none\"}")
                        .send(),
                200,
                "ok");
        JsonNode shown = server.get(SERVICE).with("serviceName", "g@@a").send().json();
        assertThat(shown.toString())
                .isEqualTo("{\"name\":\"a\",\"groupName\":\"g\",\"namespaceId\":\"public\",\"protectThreshold\":0.5,"
                        + "\"metadata\":{\"k\":\"v\"},\"selector\":{\"type\":\"none\"},\"clusters\":[]}");
    }

    @Test
    void labelSelectorsAreShownWithTheirLabels() {
        String expression = "CONSUMER.label.site=PROVIDER.label.site & CONSUMER.label.zone=PROVIDER.label.zone";
        assertText(
                server.post(SERVICE)
                        .with(
                                "serviceName",
                                "a",
                                "selector",
                                "{\"type\":\"label\",\"expression\":\"" + expression + "\"}")
                        .send(),
                200,
                "ok");
        assertThat(server.get(SERVICE)
                        .with("serviceName", "a")
                        .send()
                        .json()
                        .get("selector")
                        .toString())
                .isEqualTo("{\"type\":\"label\",\"expression\":\"" + expression + "\",\"labels\":[\"site\",\"zone\"]}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"type\":\"label\",\"expression\":\"nonsense\"} | parse expression failed!",
                "{\"type\":\"unknown\"}                           | not match any type of selector!",
            })
    void selectorsThatCannotBeReadAreRefusedInTheWordsOfNacos(String selector, String text) {
        Response response = server.post(SERVICE)
                .with("serviceName", "a", "selector", selector)
                .send();
        assertThat(response.status()).isEqualTo(400);
        assertThat(response.body()).contains(text, "selector");
    }

    @Test
    void refusalsHaveTheWordsOfNacos() {
        declare("a");
        assertText(
                server.post(SERVICE).with("serviceName", "a").send(),
                400,
                "specified service already exists, serviceName : DEFAULT_GROUP@@a");
        assertText(
                server.delete(SERVICE).with("serviceName", "b").send(),
                400,
                "specified service not exist, serviceName : DEFAULT_GROUP@@b");
        assertText(
                server.put(SERVICE)
                        .with("serviceName", "b", "protectThreshold", "0")
                        .send(),
                400,
                "service DEFAULT_GROUP@@b not found!");
        assertText(server.get(SERVICE).with("serviceName", "b").send(), 404, "service DEFAULT_GROUP@@b is not found!");
    }

    @Test
    void aServiceWithInstancesIsNotDeleted() {
        declare("a");
        register("a");
        assertThat(server.delete(SERVICE).with("serviceName", "a").send().status())
                .isEqualTo(400);
        server.delete("/v1/ns/instance")
                .with("serviceName", "a", "ip", "10.0.0.1", "port", 8080)
                .send();
        assertText(server.delete(SERVICE).with("serviceName", "a").send(), 200, "ok");
        assertThat(server.get(SERVICE).with("serviceName", "a").send().status()).isEqualTo(404);
    }

    @Test
    void updatingReplacesAllThatIsDeclared() {
        server.post(SERVICE).with("serviceName", "a", "metadata", "k=v").send();
        assertText(
                server.put(SERVICE)
                        .with("serviceName", "a", "protectThreshold", "0.25")
                        .send(),
                200,
                "ok");
        JsonNode shown = server.get(SERVICE).with("serviceName", "a").send().json();
        assertThat(shown.get("protectThreshold").asDouble()).isEqualTo(0.25);
        assertThat(shown.get("metadata")).isEmpty();
    }

    /** X22: below 0 there is a real off switch, and nothing else. */
    @Test
    void protectionCanBeSwitchedOff() {
        assertText(
                server.post(SERVICE)
                        .with("serviceName", "a", "protectThreshold", "-1")
                        .send(),
                200,
                "ok");
    }

    @Test
    void namesAreListedInPages() {
        declare("b", "a", "c");
        declare("g@@x");
        assertThat(list("pageNo", 1, "pageSize", 2).toString()).isEqualTo("{\"doms\":[\"a\",\"b\"],\"count\":3}");
        assertThat(list("pageNo", 2, "pageSize", 2).toString()).isEqualTo("{\"doms\":[\"c\"],\"count\":3}");
        assertThat(list("pageNo", 9, "pageSize", 2).toString()).isEqualTo("{\"doms\":[],\"count\":3}");
    }

    /** As Spring Cloud Alibaba asks (§4.1). */
    @Test
    void thePageMayBeAsLargeAsAnIntIs() {
        declare("a");
        assertThat(list("pageNo", 1, "pageSize", Integer.MAX_VALUE).get("count").asInt())
                .isEqualTo(1);
        assertThat(list("pageNo", Integer.MAX_VALUE, "pageSize", Integer.MAX_VALUE)
                        .get("doms"))
                .isEmpty();
    }

    @Test
    void namesOfAllGroupsAreGrouped() {
        declare("a", "g@@x");
        assertThat(list("pageNo", 1, "pageSize", 10, "groupName", "*")
                        .get("doms")
                        .toString())
                .isEqualTo("[\"DEFAULT_GROUP@@a\",\"g@@x\"]");
        assertThat(list("pageNo", 1, "pageSize", 10, "groupName", "g")
                        .get("doms")
                        .toString())
                .isEqualTo("[\"x\"]");
    }

    @Test
    void listsCanBeFilteredByMetadata() {
        server.post(SERVICE).with("serviceName", "a", "metadata", "tier=gold").send();
        register("b", "metadata", "zone=z1");
        declare("c");
        assertThat(filtered("SERVICE.metadata.tier = 'gold'")).isEqualTo("[\"a\"]");
        assertThat(filtered("INSTANCE.metadata.zone='z1'")).isEqualTo("[\"b\"]");
        assertThat(filtered("INSTANCE.metadata.zone='z2'")).isEqualTo("[]");
    }

    private String filtered(String expression) {
        return list(
                        "pageNo",
                        1,
                        "pageSize",
                        10,
                        "selector",
                        "{\"type\":\"label\",\"expression\":\"" + expression + "\"}")
                .get("doms")
                .toString();
    }

    @Test
    void namesByNamespace() {
        declare("orders", "users");
        server.post(SERVICE).with("serviceName", "orders", "namespaceId", "dev").send();
        assertThat(server.get(SERVICE + "/names").send().body())
                .isEqualTo("{\"services\":{\"dev\":[\"orders\"],\"public\":[\"orders\",\"users\"]},\"count\":2}");
        assertThat(server.get(SERVICE + "/names")
                        .with("namespaceId", "public", "expr", "user")
                        .send()
                        .body())
                .isEqualTo("{\"services\":{\"public\":[\"users\"]},\"count\":1}");
        assertThat(server.get(SERVICE + "/names")
                        .with("namespaceId", "nowhere")
                        .send()
                        .body())
                .isEqualTo("{\"services\":{\"nowhere\":[]},\"count\":1}");
        assertThat(server.get("/v1/ns/api/allDomNames").send().body())
                .isEqualTo("{\"count\":3,\"doms\":{\"dev\":[\"orders\"],\"public\":[\"orders\",\"users\"]}}");
    }

    @Test
    void aListCallWithUdpPortSubscribes() {
        JsonNode list = server.get("/v1/ns/instance/list")
                .with("serviceName", "a", "clusters", "c1", "udpPort", 55123, "clientIP", "10.9.9.9", "app", "shop")
                .agent(TestServer.JAVA_CLIENT)
                .send()
                .json();
        assertThat(list.get("cacheMillis").asLong()).isEqualTo(10_000);
        JsonNode subscribers = server.get(SERVICE + "/subscribers")
                .with("serviceName", "a")
                .send()
                .json();
        assertThat(subscribers.get("count").asInt()).isEqualTo(1);
        JsonNode one = subscribers.get("subscribers").get(0);
        assertThat(one.get("addrStr").asText()).isEqualTo("127.0.0.1:55123");
        assertThat(one.get("agent").asText()).isEqualTo(TestServer.JAVA_CLIENT);
        assertThat(one.get("app").asText()).isEqualTo("shop");
        assertThat(one.get("ip").asText()).isEqualTo("127.0.0.1");
        assertThat(one.get("namespaceId").asText()).isEqualTo("public");
        assertThat(one.get("serviceName").asText()).isEqualTo("DEFAULT_GROUP@@a");
    }

    @ParameterizedTest
    @ValueSource(strings = {"curl/8.0", "Nacos-Java-Client:v0.0.9", "Nacos-Java-Client", "unit-nginx:v9.0.0"})
    void clientsThatUnderstandNoPushDoNotSubscribe(String agent) {
        JsonNode list = server.get("/v1/ns/instance/list")
                .with("serviceName", "a", "udpPort", 55123)
                .agent(agent)
                .send()
                .json();
        assertThat(list.get("cacheMillis").asLong()).isEqualTo(3_000);
        assertThat(server.subscribers.count()).isZero();
    }

    @Test
    void subscribersAreFoundByPartsOfNamesAndListedInPages() {
        for (String service : List.of("orders", "orders2", "users")) {
            server.subscribers.subscribe(new Subscriber(
                    ServiceName.of("", "", service), "", "10.0.0.1", 5000, NameForm.GROUPED, "agent", "app"));
        }
        Call found = server.get(SERVICE + "/subscribers").with("serviceName", "order", "pageNo", 2, "pageSize", 1);
        assertThat(found.send().json().get("count").asInt()).isEqualTo(2);
        assertThat(found.send().json().get("subscribers")).hasSize(1);
    }

    @Test
    void aClusterIsDescribed() {
        Call put = server.put("/nacos/v1/ns/cluster")
                .with(
                        "serviceName",
                        "a",
                        "clusterName",
                        "c1",
                        "checkPort",
                        80,
                        "useInstancePort4Check",
                        "true",
                        "healthChecker",
                        "{\"type\":\"HTTP\",\"path\":\"/x\",\"headers\":\"k:v\"}");
        assertText(put.send(), 400, "service not found:DEFAULT_GROUP@@a");
        declare("a");
        assertText(put.send(), 200, "ok");
        assertThat(server.get(SERVICE)
                        .with("serviceName", "a")
                        .send()
                        .json()
                        .get("clusters")
                        .toString())
                .isEqualTo(
                        "[{\"name\":\"c1\",\"healthChecker\":{\"type\":\"HTTP\",\"path\":\"/x\",\"headers\":\"k:***\","
                                + "\"expectedResponseCode\":200},\"metadata\":{}}]");
    }

    /** Either would switch checks, or the deletion that the server is set to, off without a sign. */
    @ParameterizedTest
    @CsvSource({"0, false, ''", "80, true, 10m", "80, true, 5000", "80, true, -1"})
    void aClusterThatIsNotCheckedOrNotDeletedByMistake_isRefused(
            int port, boolean useInstancePort, String deleteAfter) {
        declare("a");
        assertThat(server.put("/v1/ns/cluster")
                        .with("serviceName", "a", "clusterName", "c1", "checkPort", port)
                        .with("useInstancePort4Check", useInstancePort, "healthChecker", "{\"type\":\"TCP\"}")
                        .with("metadata", deleteAfter.isEmpty() ? "" : UnhealthyDeletion.KEY + "=" + deleteAfter)
                        .send())
                .matches(r -> r.status() == 400 && r.body().contains(deleteAfter.isEmpty() ? "checkPort" : "60000"));
    }

    @Test
    void aClustersTimeOfDeletion_isTaken_andSoIsNever() {
        declare("a");
        for (String deleteAfter : List.of("0", "60000")) {
            assertText(
                    server.put("/v1/ns/cluster")
                            .with("serviceName", "a", "clusterName", "c1", "checkPort", 0)
                            .with("useInstancePort4Check", true, "healthChecker", "{\"type\":\"TCP\"}")
                            .with("metadata", UnhealthyDeletion.KEY + "=" + deleteAfter)
                            .send(),
                    200,
                    "ok");
        }
    }

    /** Whoever may read a service need not know what its instances are asked with; and what is shown in its place is never sent. */
    @Test
    void headersOfAnHttpCheck_areShownByNameOnly_andRefusedWhenWrittenBack() {
        declare("a");
        Call put = server.put("/nacos/v1/ns/cluster")
                .with("serviceName", "a", "clusterName", "c1", "checkPort", 80, "useInstancePort4Check", "true");
        String checker = "{\"type\":\"HTTP\",\"path\":\"/x\",\"headers\":\"Authorization:%s|Accept:a:b\"}";
        assertText(put.with("healthChecker", checker.formatted("Bearer s3cret")).send(), 200, "ok");
        for (String path : List.of(SERVICE, "/v1/ns/catalog/service")) {
            assertThat(server.get(path).with("serviceName", "a").send().body())
                    .contains("\"headers\":\"Authorization:***|Accept:***\"")
                    .doesNotContain("s3cret", "a:b");
        }
        assertThat(server.put("/nacos/v1/ns/cluster")
                        .with("serviceName", "a", "clusterName", "c1", "checkPort", 80, "useInstancePort4Check", "true")
                        .with("healthChecker", checker.formatted("***"))
                        .send())
                .matches(r -> r.status() == 400 && r.body().contains("Authorization"));
    }

    /** A code that its log entry could not carry must not get as far as the log, which every member has to read. */
    @ParameterizedTest
    @ValueSource(strings = {"-1", "99", "600", "4294967496", "\"x\"", "200.5"})
    void expectedResponseCode_thatIsNone_isRefused(String code) {
        declare("a");
        Call put = server.put("/nacos/v1/ns/cluster")
                .with(
                        "serviceName",
                        "a",
                        "clusterName",
                        "c1",
                        "checkPort",
                        80,
                        "useInstancePort4Check",
                        "true",
                        "healthChecker",
                        "{\"type\":\"HTTP\",\"expectedResponseCode\":" + code + "}");
        Response refused = put.send();
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.body()).contains("healthChecker");
    }

    /** The server would send it itself, to whatever stands at the other end. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"TCPP\"}",
                "{\"type\":\"HTTP\",\"path\":\"x\"}",
                "{\"type\":\"HTTP\",\"path\":\"/x y\"}",
                "{\"type\":\"HTTP\",\"path\":\"/x\\r\\nEvil: 1\"}",
                "{\"type\":\"HTTP\",\"path\":\"/ü\"}",
                "{\"type\":\"HTTP\",\"headers\":\"k\"}",
                "{\"type\":\"HTTP\",\"headers\":\"Host:other\"}",
                "{\"type\":\"HTTP\",\"headers\":\"content-length:3\"}",
                "{\"type\":\"HTTP\",\"headers\":\"k:v\\r\\nEvil: 1\"}",
                "{\"type\":\"HTTP\",\"headers\":\"k k:v\"}",
                "{\"type\":\"HTTP\",\"expectedResponseCodes\":\"200-\"}",
                "{\"type\":\"HTTP\",\"expectedResponseCodes\":\"299-200\"}",
                "{\"type\":\"HTTP\",\"expectedResponseCodes\":\"200,700\"}",
                "{\"type\":\"MYSQL\",\"user\":\"a\\u0000b\"}"
            })
    void aHealthCheckerThatCanNotBe_isRefused(String checker) {
        declare("a");
        Response refused = cluster(checker).send();
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.body()).contains("healthChecker");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"type\":\"tcp\"}|{\"type\":\"TCP\"}",
                "{}|{\"type\":\"NONE\"}",
                "{\"type\":\"Http\"}|{\"type\":\"HTTP\",\"path\":\"\",\"headers\":\"\",\"expectedResponseCode\":200}",
                "{\"type\":\"HTTP\",\"path\":\"/a?b=%20\",\"expectedResponseCodes\":\"200-299,401\"}"
                        + "|{\"type\":\"HTTP\",\"path\":\"/a?b=%20\",\"headers\":\"\",\"expectedResponseCode\":200,"
                        + "\"expectedResponseCodes\":\"200-299,401\"}",
                "{\"type\":\"mysql\",\"user\":\"u\",\"pwd\":\"p\",\"cmd\":\"select 1\"}"
                        + "|{\"type\":\"MYSQL\",\"user\":\"u\",\"cmd\":\"select 1\"}"
            })
    void aHealthChecker_isShownAsItIsKept(String given, String shown) {
        declare("a");
        assertText(cluster(given).send(), 200, "ok");
        assertThat(server.get(SERVICE)
                        .with("serviceName", "a")
                        .send()
                        .json()
                        .get("clusters")
                        .get(0)
                        .get("healthChecker")
                        .toString())
                .isEqualTo(shown);
    }

    private Call cluster(String checker) {
        return server.put("/nacos/v1/ns/cluster")
                .with(
                        "serviceName",
                        "a",
                        "clusterName",
                        "c1",
                        "checkPort",
                        80,
                        "useInstancePort4Check",
                        "true",
                        "healthChecker",
                        checker);
    }

    /** X21: what is refused is told, for want of the service, too. */
    @Test
    void healthOfAnUnknownService_isRefused_inTheAuditToo() {
        try (RecordedLog log = new RecordedLog(AuditLog.LOGGER)) {
            Response sent = server.put("/nacos/v1/ns/health")
                    .with("serviceName", "unknown", "ip", "10.0.0.1", "port", "80", "healthy", "false")
                    .send();
            assertThat(sent.status()).isGreaterThanOrEqualTo(400);
            assertThat(log.lines()).hasSize(1);
            assertThat(RecordedLog.pairs(log.lines().get(0)))
                    .containsEntry("action", "set-health")
                    .containsEntry("before", "nothing");
        }
    }

    @Test
    void healthIsSetWhereNothingChecksIt() {
        declare("a");
        register("a", "ephemeral", "false");
        Call sick = server.put("/nacos/v1/ns/health/instance")
                .with("serviceName", "a", "ip", "10.0.0.1", "port", 8080, "valid", "false");
        assertText(sick.send(), 400, "health check is still working, service: DEFAULT_GROUP@@a");
        server.put("/v1/ns/cluster")
                .with(
                        "serviceName",
                        "a",
                        "clusterName",
                        "DEFAULT",
                        "checkPort",
                        80,
                        "useInstancePort4Check",
                        "true",
                        "healthChecker",
                        "{\"type\":\"NONE\"}")
                .send();
        assertText(sick.send(), 200, "ok");
        assertThat(server.get("/v1/ns/instance")
                        .with("serviceName", "a", "ip", "10.0.0.1", "port", 8080)
                        .send()
                        .json()
                        .get("healthy")
                        .asBoolean())
                .isFalse();
    }

    @Test
    void healthCheckersAreShownWithTheirFields() {
        assertThat(server.get("/nacos/v1/ns/health/checkers").send().body())
                .isEqualTo("{\"TCP\":{\"type\":\"TCP\"},\"HTTP\":{\"type\":\"HTTP\",\"path\":\"\",\"headers\":\"\","
                        + "\"expectedResponseCode\":200},\"MYSQL\":{\"type\":\"MYSQL\",\"user\":null,\"pwd\":null,"
                        + "\"cmd\":null},\"NONE\":{\"type\":\"NONE\"}}");
    }

    @Test
    void theCatalogListsServicesWithTheirCounts() {
        declare("empty", "g@@other");
        register("full");
        register("full", "cluster", "c1");
        assertThat(catalog("services", "serviceNameParam", "full").toString())
                .isEqualTo("{\"serviceList\":[{\"name\":\"full\",\"groupName\":\"DEFAULT_GROUP\",\"clusterCount\":2,"
                        + "\"ipCount\":2,\"healthyInstanceCount\":2,\"triggerFlag\":\"false\"}],\"count\":1}");
        assertThat(catalog("services", "pageNo", 2, "pageSize", 2).get("count").asInt())
                .isEqualTo(3);
        assertThat(catalog("services", "hasIpCount", "true").get("count").asInt())
                .isEqualTo(1);
        assertThat(catalog("services", "instance", "10.0.0.1:8080").get("count").asInt())
                .isEqualTo(1);
        assertThat(catalog("services", "groupNameParam", "g").get("serviceList").findValuesAsText("name"))
                .containsExactly("other");
    }

    @Test
    void theCatalogListsServicesWithTheirInstances() {
        register("full", "cluster", "c1");
        assertThat(catalog("services", "withInstances", "true").toString())
                .isEqualTo("[{\"serviceName\":\"full\",\"groupName\":\"DEFAULT_GROUP\",\"clusterMap\":{\"c1\":"
                        + "{\"hosts\":[{\"valid\":true,\"metadata\":{},\"port\":8080,\"ip\":\"10.0.0.1\","
                        + "\"weight\":1.0,\"enabled\":true}]}},\"metadata\":{}}]");
    }

    @Test
    void theCatalogShowsAServiceAndTheInstancesOfACluster() {
        register("full", "enabled", "false");
        JsonNode shown = catalog("service", "serviceName", "full");
        assertThat(shown.get("service").get("groupName").asText()).isEqualTo("DEFAULT_GROUP");
        assertThat(shown.get("clusters").findValuesAsText("name")).containsExactly("DEFAULT");
        JsonNode instances = catalog("instances", "serviceName", "full", "clusterName", "DEFAULT");
        assertThat(instances.get("count").asInt()).isEqualTo(1);
        assertThat(instances.get("list").get(0).get("enabled").asBoolean()).isFalse();
        assertText(
                server.get("/v1/ns/catalog/instances")
                        .with("serviceName", "full", "clusterName", "c9")
                        .send(),
                404,
                "cluster c9 is not found!");
        assertText(
                server.get("/v1/ns/catalog/service").with("serviceName", "none").send(),
                404,
                "service DEFAULT_GROUP@@none is not found!");
    }

    /** The form of Nacos (§8.1), with the times that are in force: the instance's own, its service's, or the server's (X18). */
    @Test
    void catalogInstances_tellHeartbeatsAndTheMakerOfIds() {
        server.post("/v1/ns/service")
                .with("serviceName", "timed", "metadata", "preserved.ip.delete.timeout=90000")
                .send();
        server.post("/v1/ns/instance")
                .with("serviceName", "timed", "ip", "10.0.0.1", "port", 80)
                .send();
        server.post("/v1/ns/instance")
                .with(
                        "serviceName",
                        "timed",
                        "ip",
                        "10.0.0.2",
                        "port",
                        80,
                        "metadata",
                        "preserved.heart.beat.interval=2000,preserved.heart.beat.timeout=7000,preserved.instance.id.generator=snowflake")
                .send();

        JsonNode listed = catalog("instances", "serviceName", "timed", "clusterName", "DEFAULT")
                .get("list");

        assertThat(listed.get(0).get("instanceHeartBeatInterval").asLong()).isEqualTo(5_000);
        assertThat(listed.get(0).get("instanceHeartBeatTimeOut").asLong()).isEqualTo(15_000);
        assertThat(listed.get(0).get("ipDeleteTimeout").asLong()).isEqualTo(90_000);
        assertThat(listed.get(0).get("instanceIdGenerator").asText()).isEqualTo("simple");
        assertThat(listed.get(1).get("instanceHeartBeatInterval").asLong()).isEqualTo(2_000);
        assertThat(listed.get(1).get("instanceHeartBeatTimeOut").asLong()).isEqualTo(7_000);
        assertThat(listed.get(1).get("ipDeleteTimeout").asLong()).isEqualTo(90_000);
        assertThat(listed.get(1).get("instanceIdGenerator").asText()).isEqualTo("snowflake");
    }

    private JsonNode catalog(String what, Object... params) {
        return server.get("/nacos/v1/ns/catalog/" + what).with(params).send().json();
    }
}
