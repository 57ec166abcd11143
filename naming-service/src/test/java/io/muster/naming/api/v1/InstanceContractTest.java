package io.muster.naming.api.v1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.JsonNode;
import io.muster.naming.api.v1.Call.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The wire forms of {@code /v1/ns/instance} (nacos-v1-http.md §3). */
class InstanceContractTest {

    private static final String INSTANCE = "/nacos/v1/ns/instance";
    private static final String LIST = INSTANCE + "/list";
    private static final String OVERLAY = INSTANCE + "/overlay";
    private static final String BATCH = INSTANCE + "/metadata/batch";

    private static final String WEIGHTS = "instance format invalid: The weights range from 0.0 to 10000.0";

    private TestServer server;

    @BeforeEach
    void start() {
        server = new TestServer();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Response register(String service, String ip, Object... more) {
        return server.post(INSTANCE)
                .with("serviceName", service, "ip", ip, "port", 8080)
                .with(more)
                .send();
    }

    private JsonNode list(String service) {
        return server.get(LIST)
                .with("serviceName", service)
                .agent(TestServer.JAVA_CLIENT)
                .send()
                .json();
    }

    private JsonNode show(String service, String ip) {
        return server.get(INSTANCE)
                .with("serviceName", service, "ip", ip, "port", 8080)
                .send()
                .json();
    }

    private static void assertText(Response response, int status, String body) {
        assertThat(response.body()).isEqualTo(body);
        assertThat(response.status()).isEqualTo(status);
        assertThat(response.header("Content-Type")).isEqualTo("text/plain;charset=UTF-8");
    }

    private static void assertOk(Response response) {
        assertText(response, 200, "ok");
    }

    @Test
    void aRegisteredInstanceIsListedWithAllThatClientsRead() {
        assertOk(register("a", "10.0.0.1", "weight", "2.5", "metadata", "{\"k\":\"v\"}", "enable", "true"));
        JsonNode list = list("a");
        JsonNode host = list.get("hosts").get(0);
        assertThat(host.toString())
                .isEqualTo("{\"ip\":\"10.0.0.1\",\"port\":8080,\"valid\":true,\"healthy\":true,\"marked\":false,"
                        + "\"instanceId\":\"10.0.0.1#8080#DEFAULT#DEFAULT_GROUP@@a\",\"metadata\":{\"k\":\"v\"},"
                        + "\"enabled\":true,\"weight\":2.5,\"clusterName\":\"DEFAULT\","
                        + "\"serviceName\":\"DEFAULT_GROUP@@a\",\"ephemeral\":true}");
        assertThat(list.get("name").asText()).isEqualTo("DEFAULT_GROUP@@a");
        assertThat(list.get("dom").asText()).isEqualTo("DEFAULT_GROUP@@a");
        assertThat(list.get("clusters").asText()).isEmpty();
        assertThat(list.get("cacheMillis").asLong()).isEqualTo(3000);
        assertThat(list.get("lastRefTime").isIntegralNumber()).isTrue();
        assertThat(list.get("useSpecifiedURL").asBoolean()).isFalse();
    }

    @Test
    void anUnknownServiceIsAnEmptyListAndNoError() {
        Response response = server.get(LIST)
                .with("serviceName", "nobody", "clusters", "c1,c2")
                .send();
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.header("Content-Type")).isEqualTo("application/json;charset=UTF-8");
        assertThat(response.body())
                .isEqualTo("{\"name\":\"DEFAULT_GROUP@@nobody\",\"clusters\":\"c1,c2\","
                        + "\"cacheMillis\":3000,\"lastRefTime\":0,\"hosts\":[]}");
    }

    /** §1.1: all legal spellings of a service. */
    @ParameterizedTest
    @CsvSource({"a,", "a,g", "g@@a,", "g@@a,other"})
    void theSpellingsOfAServiceName(String serviceName, String groupName) {
        String grouped = serviceName.contains("@@")
                ? serviceName
                : (groupName == null ? "DEFAULT_GROUP" : groupName) + "@@" + serviceName;
        Call call = server.post(INSTANCE).with("serviceName", serviceName, "ip", "10.0.0.1", "port", 1);
        assertOk(
                groupName == null
                        ? call.send()
                        : call.query("groupName", groupName).send());
        assertThat(list(grouped).get("hosts")).hasSize(1);
        assertThat(list(grouped).get("name").asText()).isEqualTo(grouped);
    }

    @Test
    void bareNamesForClientsOtherThanJava() {
        register("a", "10.0.0.1");
        JsonNode list = server.get(LIST)
                .with("serviceName", "a")
                .agent("Nacos-Go-Client:v1.0.9")
                .send()
                .json();
        assertThat(list.get("dom").asText()).isEqualTo("a");
        assertThat(list.get("name").asText()).isEqualTo("DEFAULT_GROUP@@a");
        assertThat(list.get("hosts").get(0).get("serviceName").asText()).isEqualTo("a");
    }

    @Test
    void clientVersionStandsInForAnEmptyUserAgent() {
        register("a", "10.0.0.1");
        JsonNode list = server.get(LIST)
                .with("serviceName", "a")
                .agent("")
                .header("Client-Version", TestServer.JAVA_CLIENT)
                .send()
                .json();
        assertThat(list.get("dom").asText()).isEqualTo("DEFAULT_GROUP@@a");
    }

    @Test
    void theClustersAskedForAreEchoedToTheLetter() {
        register("a", "10.0.0.1", "clusterName", "c1");
        register("a", "10.0.0.2", "cluster", "c2");
        register("a", "10.0.0.3");
        JsonNode list = server.get(LIST)
                .with("serviceName", "a", "clusters", "c2,,c1,none")
                .send()
                .json();
        assertThat(list.get("clusters").asText()).isEqualTo("c2,,c1,none");
        assertThat(list.get("hosts")).hasSize(2);
    }

    @Test
    void namespacesAreApartAndBlankMeansPublic() {
        register("a", "10.0.0.1", "namespaceId", "dev");
        assertThat(list("a").get("hosts")).isEmpty();
        register("a", "10.0.0.1", "namespaceId", "");
        assertThat(server.get(LIST)
                        .with("serviceName", "a", "namespaceId", "public")
                        .send()
                        .json()
                        .get("hosts"))
                .hasSize(1);
    }

    @Test
    void disabledInstancesAreNotListed() {
        register("a", "10.0.0.1", "enabled", "false", "enable", "true");
        assertThat(list("a").get("hosts")).isEmpty();
    }

    @Test
    void healthyOnlyDropsTheUnhealthyUnlessAllAre() {
        register("a", "10.0.0.1");
        register("a", "10.0.0.2", "healthy", "false");
        JsonNode healthy = server.get(LIST)
                .with("serviceName", "a", "healthyOnly", "true")
                .send()
                .json();
        assertThat(healthy.get("hosts")).hasSize(1);
        register("b", "10.0.0.2", "healthy", "false");
        JsonNode all = server.get(LIST)
                .with("serviceName", "b", "healthyOnly", "true")
                .send()
                .json();
        assertThat(all.get("hosts")).hasSize(1);
        assertThat(all.get("hosts").get(0).get("healthy").asBoolean()).isTrue();
    }

    @Test
    void isCheckAnswersAnEmptyObject() {
        assertThat(server.get(LIST)
                        .with("serviceName", "a", "isCheck", "true")
                        .send()
                        .body())
                .isEqualTo("{}");
    }

    @Test
    void parametersCountInTheFormBodyToo() {
        assertOk(server.post(INSTANCE)
                .form("serviceName", "a")
                .form("ip", "10.0.0.1")
                .form("port", 8080)
                .send());
        assertThat(list("a").get("hosts")).hasSize(1);
        assertOk(server.delete(INSTANCE)
                .form("serviceName", "a")
                .form("ip", "10.0.0.1")
                .form("port", 8080)
                .send());
        assertThat(list("a").get("hosts")).isEmpty();
    }

    /** R74. */
    @Test
    void parametersCountInAJsonBodyToo() {
        assertOk(server.post(INSTANCE)
                .body(
                        "application/json",
                        "{\"serviceName\":\"a\",\"ip\":\"10.0.0.1\",\"port\":8080,\"metadata\":{\"zone\":\"é\"}}")
                .send());
        assertThat(list("a").get("hosts").get(0).get("metadata").get("zone").asText())
                .isEqualTo("é");
    }

    @Test
    void deregisteringWhatIsNotThereIsOk() {
        assertOk(server.delete(INSTANCE)
                .with("serviceName", "a", "ip", "10.0.0.1", "port", 8080)
                .send());
    }

    @Test
    void deregisteringTheOtherKindRemovesNothing() {
        register("a", "10.0.0.1");
        assertOk(server.delete(INSTANCE)
                .with("serviceName", "a", "ip", "10.0.0.1", "port", 8080, "ephemeral", "false")
                .send());
        assertThat(list("a").get("hosts")).hasSize(1);
    }

    @Test
    void persistentInstancesAreListedBesideEphemeralOnes() {
        register("a", "10.0.0.1");
        assertOk(register("a", "10.0.0.2", "ephemeral", "false"));
        assertThat(list("a").get("hosts").findValuesAsText("ephemeral")).containsExactly("true", "false");
    }

    /** The texts of §1.1 and §3. */
    @ParameterizedTest
    @MethodSource
    void whatIsWrongIsToldInTheWordsOfNacos(String query, String text) {
        Response response = server.post(INSTANCE).rawQuery(query).send();
        assertThat(response.status()).isEqualTo(400);
        assertThat(response.body()).contains(text);
    }

    static Stream<Arguments> whatIsWrongIsToldInTheWordsOfNacos() {
        String address = "&ip=1.1.1.1&port=1";
        String whole = "serviceName=a" + address;
        return Stream.of(
                arguments("serviceName=a&port=1", "Param 'ip' is required."),
                arguments("serviceName=a&ip=1.1.1.1", "Param 'port' is required."),
                arguments(address, "Param 'serviceName' is required."),
                arguments("serviceName=@@a" + address, "Param 'serviceName' is illegal, groupName can't be empty"),
                arguments("serviceName=a&ip=1.1.1.1&port=x", "For input string: \"x\""),
                arguments(whole + "&weight=NaN", WEIGHTS),
                arguments(whole + "&weight=10001", WEIGHTS),
                arguments(
                        "serviceName=a&ip=999.1.1&port=1",
                        "instance format invalid: Your IP address is spelled incorrectly"),
                arguments(
                        whole + "&clusterName=c_1",
                        "cluster name can only have these characters: 0-9a-zA-Z-, current: c_1"),
                arguments(whole + "&metadata=garbage", "metadata format incorrect"),
                arguments(
                        "serviceName=a%20b" + address,
                        "dom name can only have these characters: 0-9a-zA-Z-._:, current: DEFAULT_GROUP@@a b"),
                arguments(
                        whole + "&metadata=preserved.heart.beat.timeout%3D99999999999999999999",
                        "preserved.heart.beat.timeout"));
    }

    /** Texts that clients may look for go out as they are, without a parameter's name in front. */
    @Test
    void addressAndClusterAreRefusedWordForWord() {
        Call call = server.post(INSTANCE).with("serviceName", "a", "port", 1);
        assertText(
                call.query("ip", "999.1.1").send(),
                400,
                "instance format invalid: Your IP address is spelled incorrectly");
        assertText(
                server.post(INSTANCE)
                        .with("serviceName", "a", "ip", "1.1.1.1", "port", 1, "clusterName", "c_1")
                        .send(),
                400,
                "cluster name can only have these characters: 0-9a-zA-Z-, current: c_1");
    }

    @Test
    void showsOneInstance() {
        register("a", "10.0.0.1", "metadata", "k=v");
        JsonNode shown = show("a", "10.0.0.1");
        assertThat(shown.toString())
                .startsWith("{\"service\":\"DEFAULT_GROUP@@a\",\"ip\":\"10.0.0.1\",\"port\":8080,"
                        + "\"clusterName\":\"DEFAULT\",\"weight\":1.0,\"healthy\":true,"
                        + "\"instanceId\":\"10.0.0.1#8080#DEFAULT#DEFAULT_GROUP@@a\",\"metadata\":{\"k\":\"v\"}");
    }

    @Test
    void showingWhatIsNotThereSaysWhatIsMissing() {
        Call unknown = server.get(INSTANCE).with("serviceName", "a", "ip", "10.0.0.1", "port", 8080);
        assertText(unknown.send(), 404, "no service DEFAULT_GROUP@@a found!");
        register("a", "10.0.0.2");
        assertText(unknown.send(), 404, "no matched ip found!");
        assertText(
                unknown.query("clusterName", "c1").send(),
                404,
                "no ips found for cluster c1 in service DEFAULT_GROUP@@a");
    }

    @Test
    void patchChangesOnlyWhatIsGivenAndShowsTheOverlay() {
        register("a", "10.0.0.1", "metadata", "k=v");
        assertOk(server.patch(INSTANCE)
                .with("serviceName", "a", "ip", "10.0.0.1", "port", 8080, "weight", "7")
                .send());
        JsonNode shown = show("a", "10.0.0.1");
        assertThat(shown.get("weight").asDouble()).isEqualTo(7.0);
        assertThat(shown.get("metadata").get("k").asText()).isEqualTo("v");
        JsonNode overlay = shown.get("overlay");
        assertThat(overlay.get("weight").asDouble()).isEqualTo(7.0);
        assertThat(overlay.get("saidBy").asText()).isEqualTo("127.0.0.1");
        assertThat(overlay.get("saidAt").asLong()).isPositive();
        assertThat(overlay.has("metadata")).as("nobody sent any").isFalse();
        assertThat(shown.has("pendingOverlay")).isFalse();
    }

    @Test
    void patchOfAnUnknownInstanceIsRefused() {
        assertText(
                server.patch(INSTANCE)
                        .with("serviceName", "a", "ip", "10.0.0.1", "port", 8080, "weight", "7")
                        .send(),
                400,
                "instance not found");
    }

    /** X12. */
    @Test
    void anOverlayOutlivesReRegistrationUntilItIsTakenBack() {
        register("a", "10.0.0.1");
        server.put(INSTANCE)
                .with("serviceName", "a", "ip", "10.0.0.1", "port", 8080, "enabled", "false")
                .send();
        register("a", "10.0.0.1");
        assertThat(list("a").get("hosts")).isEmpty();
        Call takeBack = server.delete(OVERLAY).with("serviceName", "a", "ip", "10.0.0.1", "port", 8080);
        assertOk(takeBack.send());
        assertThat(list("a").get("hosts")).hasSize(1);
        assertThat(takeBack.send().status()).isEqualTo(404);
    }

    private void patchWeight(String service, String ip, String weight) {
        assertOk(server.patch(INSTANCE)
                .with("serviceName", service, "ip", ip, "port", 8080, "weight", weight)
                .send());
    }

    /** X12: what the client registered was never touched. */
    @Test
    void anOverlayThatIsTakenBackRestoresWhatTheClientRegistered() {
        register("a", "10.0.0.1", "weight", "2", "metadata", "k=v");
        patchWeight("a", "10.0.0.1", "7");
        server.put(INSTANCE)
                .with("serviceName", "a", "ip", "10.0.0.1", "port", 8080, "metadata", "other=1")
                .send();
        assertThat(show("a", "10.0.0.1").get("weight").asDouble())
                .as("PUT of an ephemeral instance changes what is sent")
                .isEqualTo(7);
        assertOk(server.delete(OVERLAY)
                .with("serviceName", "a", "ip", "10.0.0.1", "port", 8080)
                .send());
        JsonNode shown = show("a", "10.0.0.1");
        assertThat(shown.get("weight").asDouble()).isEqualTo(2);
        assertThat(shown.get("metadata").toString()).isEqualTo("{\"k\":\"v\"}");
        assertThat(shown.has("overlay")).isFalse();
    }

    private JsonNode overlays(Object... query) {
        Call call = server.get(OVERLAY);
        for (int i = 0; i < query.length; i += 2) {
            call.query((String) query[i], query[i + 1]);
        }
        return call.send().json();
    }

    @Test
    void overlaysAreListedByServiceAndByNamespaceAPageAtATime() {
        for (String ip : new String[] {"10.0.0.1", "10.0.0.2", "10.0.0.3"}) {
            register("a", ip);
            patchWeight("a", ip, "7");
        }
        register("b", "10.0.0.9");
        patchWeight("b", "10.0.0.9", "8");
        server.delete(INSTANCE)
                .with("serviceName", "a", "ip", "10.0.0.2", "port", 8080)
                .send();

        JsonNode ofA = overlays("serviceName", "a");
        assertThat(ofA.get("count").asInt()).isEqualTo(3);
        JsonNode gone = ofA.get("list").get(1);
        assertThat(gone.get("serviceName").asText()).isEqualTo("DEFAULT_GROUP@@a");
        assertThat(gone.get("namespaceId").asText()).isEqualTo("public");
        assertThat(gone.get("ip").asText()).isEqualTo("10.0.0.2");
        assertThat(gone.get("port").asInt()).isEqualTo(8080);
        assertThat(gone.get("clusterName").asText()).isEqualTo("DEFAULT");
        assertThat(gone.get("registered").asBoolean()).isFalse();
        assertThat(gone.get("overlay").get("weight").asDouble()).isEqualTo(7);

        assertThat(overlays().get("count").asInt()).isEqualTo(4);
        JsonNode page = overlays("pageNo", 2, "pageSize", 3);
        assertThat(page.get("count").asInt()).isEqualTo(4);
        assertThat(page.get("list")).hasSize(1);
        assertThat(page.get("list").get(0).get("serviceName").asText()).isEqualTo("DEFAULT_GROUP@@b");
        assertThat(overlays("namespaceId", "dev").get("count").asInt()).isZero();
        assertThat(overlays("serviceName", "nobody").get("list")).isEmpty();
        assertThat(server.get(OVERLAY).query("serviceName", "a@@b@@c").send().status())
                .isEqualTo(400);
    }

    @Test
    void putFromAJavaClientMustFindItsInstance() {
        Call put = server.put(INSTANCE)
                .with("serviceName", "a", "ip", "10.0.0.1", "port", 8080)
                .agent(TestServer.JAVA_CLIENT);
        assertText(put.send(), 400, "service not found, namespace: public, service: DEFAULT_GROUP@@a");
        register("a", "10.0.0.2");
        assertThat(put.send())
                .matches(r -> r.status() == 400
                        && r.body().startsWith("instance not exist: 10.0.0.1:8080:unknown:DEFAULT_1.0_true_"));
        assertThat(list("a").get("hosts")).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"curl/8.0", "Nacos-Java-Client:v0.9.0", "Nacos-Java-Client:garbage"})
    void putFromAnybodyElseRegisters(String agent) {
        assertOk(server.put(INSTANCE)
                .with("serviceName", "a", "ip", "10.0.0.1", "port", 8080)
                .agent(agent)
                .send());
        assertThat(list("a").get("hosts")).hasSize(1);
    }

    @Test
    void batchMetadataEditsTheListedInstances() {
        register("a", "10.0.0.1", "metadata", "k=v,gone=1");
        register("a", "10.0.0.2");
        String listed = "[{\"ip\":\"10.0.0.1\",\"port\":8080},{\"ip\":\"10.9.9.9\",\"port\":1}]";
        assertThat(server.put(BATCH)
                        .with("serviceName", "a", "instances", listed, "metadata", "{\"new\":\"1\"}")
                        .send()
                        .body())
                .isEqualTo("{\"updated\":[\"10.0.0.1:8080:unknown:DEFAULT:ephemeral\"]}");
        server.delete(BATCH)
                .with("serviceName", "a", "instances", listed, "metadata", "{\"gone\":\"\"}")
                .send();
        assertThat(show("a", "10.0.0.1").get("metadata").toString()).isEqualTo("{\"k\":\"v\",\"new\":\"1\"}");
    }

    @Test
    void batchMetadataEditsAllOfAKind() {
        register("a", "10.0.0.1");
        register("a", "10.0.0.2");
        register("a", "10.0.0.3", "ephemeral", "false");
        assertThat(server.put(BATCH)
                        .with("serviceName", "a", "consistencyType", "ephemeral", "metadata", "k=v")
                        .send()
                        .json()
                        .get("updated"))
                .hasSize(2);
        assertThat(server.put(BATCH)
                        .with("serviceName", "nobody", "consistencyType", "persist", "metadata", "k=v")
                        .send()
                        .body())
                .isEqualTo("{\"updated\":[]}");
    }

    @Test
    void linearizableReadsAnswerLikeLocalOnes() {
        register("a", "10.0.0.1", "ephemeral", "false");
        assertThat(server.get(LIST)
                        .with("serviceName", "a", "consistency", "linearizable")
                        .send()
                        .json()
                        .get("hosts"))
                .hasSize(1);
    }

    /** Issue: 200 parallel registrations on one new service with named clusters. */
    @Test
    void parallelRegistrationsOnANewServiceAreAllListedAtOnce() {
        List<io.vertx.core.Future<Response>> calls = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            calls.add(server.post(INSTANCE)
                    .with("serviceName", "crowd", "ip", "10.0.0." + i, "port", 80, "clusterName", "c" + i % 10)
                    .start());
        }
        calls.forEach(call -> assertOk(call.await()));
        assertThat(list("crowd").get("hosts")).hasSize(200);
    }
}
