package io.muster.naming.api.v1;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.muster.consistency.ConsistencyException;
import io.muster.consistency.Mode;
import io.muster.consistency.Readiness;
import io.muster.naming.api.Listening;
import io.muster.naming.api.v1.Call.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What is not about single services: operator, console, login, and how the server refuses (nacos-v1-http.md §1, §2, §5,
 * §7, §9).
 */
class ServerContractTest {

    private static final String SWITCHES = "/nacos/v1/ns/operator/switches";
    private static final String NAMESPACES = "/nacos/v1/console/namespaces";

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

    private Response set(String entry, String value) {
        return server.put(SWITCHES).with("entry", entry, "value", value).send();
    }

    private Call register() {
        return server.post("/v1/ns/instance").with("serviceName", "a", "ip", "10.0.0.1", "port", 8080);
    }

    private Call list() {
        return server.get("/v1/ns/instance/list").with("serviceName", "a");
    }

    @Test
    void metricsSayUpAndHowMuchThereIs() {
        register().send();
        JsonNode metrics = server.get("/nacos/v1/ns/operator/metrics").send().json();
        assertThat(metrics.fieldNames())
                .toIterable()
                .containsExactly(
                        "status",
                        "serviceCount",
                        "instanceCount",
                        "raftNotifyTaskCount",
                        "responsibleServiceCount",
                        "responsibleInstanceCount",
                        "cpu",
                        "load",
                        "mem");
        assertThat(metrics.get("status").asText()).isEqualTo("UP");
        assertThat(metrics.get("serviceCount").asInt()).isEqualTo(1);
        assertThat(metrics.get("instanceCount").asInt()).isEqualTo(1);
        assertThat(server.get("/v1/ns/ops/metrics").send().status()).isEqualTo(200);
    }

    @Test
    void allSwitchesAreShownNullsIncluded() {
        JsonNode switches = server.get(SWITCHES).send().json();
        assertThat(switches.size()).as("fields of §5.1, and which are local").isEqualTo(35);
        assertThat(switches.get("name").asText()).isEqualTo("00-00---000-NACOS_SWITCH_DOMAIN-000---00-00");
        assertThat(switches.get("masters").isNull()).isTrue();
        assertThat(switches.get("overriddenServerStatus").isNull()).isTrue();
        assertThat(switches.get("checksum").isNull()).isTrue();
        assertThat(switches.get("defaultPushCacheMillis").asLong()).isEqualTo(10_000);
        assertThat(switches.get("httpHealthParams").toString()).isEqualTo("{\"max\":5000,\"min\":500,\"factor\":0.85}");
    }

    @ParameterizedTest
    @CsvSource({
        "clientBeatInterval,       6000,         clientBeatInterval",
        "defaultCacheMillis,       4000,         defaultCacheMillis",
        "pushCacheMillis,          20000,        defaultPushCacheMillis",
        "pushEnabled,              false,        pushEnabled",
        "lightBeatEnabled,         false,        lightBeatEnabled",
        "defaultInstanceEphemeral, false,        defaultInstanceEphemeral",
        "overriddenServerStatus,   READ_ONLY,    overriddenServerStatus",
    })
    void switchesThatMeanSomethingAreSet(String entry, String value, String field) {
        assertText(set(entry, value), 200, "ok");
        assertThat(server.get(SWITCHES).send().json().get(field).asText()).isEqualTo(value);
    }

    @Test
    void pushVersionsAreSetByClient() {
        assertText(set("pushVersion", "java:1.2.3"), 200, "ok");
        assertThat(server.get(SWITCHES).send().json().get("pushJavaVersion").asText())
                .isEqualTo("1.2.3");
        assertThat(set("pushVersion", "cobol:1.2.3"))
                .matches(r -> r.status() == 400 && r.body().contains("unsupported client type: cobol"));
        assertThat(set("pushVersion", "java").status()).isEqualTo(400);
    }

    @ParameterizedTest
    @CsvSource({
        "distroThreshold,        0.5",
        "disableAddIP,           true",
        "sendBeatOnly,           true",
        "nonsense,               1",
        "clientBeatInterval,     999",
        "clientBeatInterval,     15000",
        "pushCacheMillis,        9999",
        "defaultCacheMillis,     abc",
        "overriddenServerStatus, up",
    })
    void whatMeansNothingOrDoesHarmIsRefusedByName(String entry, String value) {
        JsonNode before = server.get(SWITCHES).send().json();
        Response response = set(entry, value);
        assertThat(response.status()).isEqualTo(400);
        assertThat(response.body()).containsPattern("'entry'|'value'");
        assertThat(server.get(SWITCHES).send().json()).isEqualTo(before);
    }

    /** Both by the name that operators set it by, and by the one that it is shown by. */
    @ParameterizedTest
    @ValueSource(strings = {"healthCheckEnabled", "distro", "masters", "autoChangeHealthCheckEnabled"})
    void aSwitchThatDoesNothingSaysSo(String entry) {
        assertText(
                set(entry, "false"),
                400,
                "Param 'entry': '" + entry + "' is readable but means nothing on this server and can't be set");
    }

    @Test
    void healthChecksAreSwitched() {
        assertText(set("check", "false"), 200, "ok");
        assertText(set("healthCheckTimes", "5"), 200, "ok");
        assertText(
                set(
                        "batch",
                        "{\"tcpHealthParams\":{\"max\":4000,\"min\":600,\"factor\":0.5},"
                                + "\"healthCheckWhiteList\":[\"DEFAULT_GROUP@@a\"]}"),
                200,
                "ok");
        JsonNode shown = server.get(SWITCHES).send().json();
        assertThat(shown.get("healthCheckEnabled").asBoolean()).isFalse();
        assertThat(shown.get("checkTimes").asInt()).isEqualTo(5);
        assertThat(shown.get("tcpHealthParams").toString()).isEqualTo("{\"max\":4000,\"min\":600,\"factor\":0.5}");
        assertThat(shown.get("healthCheckWhiteList").toString()).isEqualTo("[\"DEFAULT_GROUP@@a\"]");
    }

    @ParameterizedTest
    @CsvSource({
        "healthCheckTimes, 0",
        "healthCheckTimes, 33",
        "healthCheckTimes, three",
        "batch, '{\"checkTimes\":33}'",
        "batch, '{\"tcpHealthParams\":{\"max\":2000,\"min\":500,\"factor\":0.5}}'",
        "batch, '{\"tcpHealthParams\":{\"max\":5000,\"min\":400,\"factor\":0.5}}'",
        "batch, '{\"tcpHealthParams\":{\"max\":5000,\"min\":500,\"factor\":1.5}}'"
    })
    void aPaceThatIsNone_isRefused(String entry, String value) {
        assertThat(set(entry, value)).matches(r -> r.status() == 400 && r.body().contains("'value'"));
    }

    @Test
    void limitedUrlsAreSetAndCleared() {
        assertText(set("limitedUrlMap", "/v1/ns/instance/list:429"), 200, "ok");
        assertThat(list().send().status()).isEqualTo(429);
        assertText(set("limitedUrlMap", ""), 200, "ok");
        assertThat(list().send().status()).isEqualTo(200);

        set("limitedUrlMap", "/v1/ns/instance/list:429");
        assertText(
                server.put(SWITCHES)
                        .form("entry", "limitedUrlMap")
                        .form("value", "")
                        .send(),
                200,
                "ok");
        assertThat(list().send().status()).isEqualTo(200);
        assertThat(server.put(SWITCHES).with("entry", "limitedUrlMap").send())
                .as("absent is not empty")
                .matches(r -> r.status() == 400 && r.body().contains("'value'"));
        assertThat(set("limitedUrlMap", "/a:101").status()).isEqualTo(400);
    }

    @Test
    void aBatchOfSwitchesIsSetUnlessItTouchesWhatMeansNothing() {
        JsonNode all = server.get(SWITCHES).send().json();
        String changed = all.toString().replace("\"pushEnabled\":true", "\"pushEnabled\":false");
        assertText(
                server.put(SWITCHES)
                        .query("entry", "batch")
                        .form("value", changed)
                        .send(),
                200,
                "ok");
        assertThat(server.get(SWITCHES).send().json().get("pushEnabled").asBoolean())
                .isFalse();
        assertThat(set("batch", "{\"sendBeatOnly\":true}"))
                .matches(r -> r.status() == 400 && r.body().contains("sendBeatOnly"));
        assertThat(set("batch", "{\"nonsense\":true}").status()).isEqualTo(400);
    }

    @Test
    void theDefaultKindOfInstanceIsASwitch() {
        set("defaultInstanceEphemeral", "false");
        register().send();
        assertThat(list().send().body()).contains("\"ephemeral\":false");
    }

    /** §2.1; and the switch itself always passes, or nobody could undo it. */
    @Test
    void anOperatorTakesTheServerOutAndBackIn() {
        set("overriddenServerStatus", "DOWN");
        assertText(list().send(), 503, "server is DOWNnow, please try again later!");
        assertThat(server.get("/v1/ns/operator/metrics").send().status()).isEqualTo(503);
        assertThat(list().agent("Nacos-Server:1.4.8").send().status()).isEqualTo(200);
        assertText(set("overriddenServerStatus", "null"), 200, "ok");
        assertThat(list().send().status()).isEqualTo(200);
    }

    @Test
    void readOnlyAndWriteOnly() {
        set("overriddenServerStatus", "READ_ONLY");
        assertThat(list().send().status()).isEqualTo(200);
        assertThat(register().send().status()).isEqualTo(503);
        set("overriddenServerStatus", "WRITE_ONLY");
        assertThat(list().send().status()).isEqualTo(503);
        assertThat(register().send().status()).isEqualTo(200);
    }

    /** R49. */
    @Test
    void untilItIsReadyTheServerSendsClientsElsewhere() {
        server.readiness = Readiness.waitingFor("loading a snapshot");
        assertText(list().send(), 503, "server is STARTINGnow, detailed error message: Optional[loading a snapshot]");
        assertThat(server.get("/nacos/v1/console/server/state").send().status()).isEqualTo(200);
    }

    /** X13: a list that may lack instances is no list. */
    @Test
    void whileWarmingUpListsAreRefusedAndRegistrationsTaken() {
        server.warmingUp = true;
        assertThat(list().send()).matches(r -> r.status() == 503 && r.body().startsWith("warming up"));
        assertThat(server.get("/v1/ns/service/list")
                        .with("pageNo", 1, "pageSize", 1)
                        .send()
                        .status())
                .isEqualTo(503);
        assertThat(server.get("/v1/ns/operator/metrics").send().body()).contains("\"warmingUp\":true");
        Call show = server.get("/v1/ns/instance").with("serviceName", "a", "ip", "10.0.0.1", "port", 8080);
        assertThat(show.send().status()).isEqualTo(503);
        assertThat(register().send().status()).isEqualTo(200);
        assertThat(show.send().status()).isEqualTo(200);
        assertThat(server.put("/v1/ns/instance/beat")
                        .with("serviceName", "a", "ip", "10.0.0.1", "port", 8080)
                        .send()
                        .status())
                .isEqualTo(200);
        server.warmingUp = false;
        assertThat(list().send().json().get("hosts")).hasSize(1);
    }

    /** R17: definite and unknown failures of persistent writes, each with its status. */
    @Test
    void failuresOfTheEnginesAreToldApart() {
        Call persistent = register().query("ephemeral", "false");
        server.consistency.failWrites(new ConsistencyException.NoLeader("no leader is known"));
        assertText(persistent.send(), 503, "no leader is known");
        server.consistency.failWrites(new ConsistencyException.NotEnoughMembers("1 of 3 voters"));
        assertText(persistent.send(), 503, "1 of 3 voters");
        server.consistency.failWrites(new ConsistencyException.OutcomeUnknown("no answer within 5 s"));
        assertText(persistent.send(), 504, "no answer within 5 s");
        server.consistency.failWrites(new ConsistencyException.Overloaded("proposal queue is full"));
        assertText(persistent.send(), 429, "proposal queue is full");
        server.consistency.failWrites(new IllegalStateException("io.muster.Secret broke"));
        assertText(persistent.send(), 500, "internal error; the server's log tells more");
    }

    /** X10, X12: without a leader an operator's word counts at once, and is marked as not kept yet. */
    @Test
    void anOverlayThatCannotBeStoredIsSaidToBePending() {
        register().send();
        server.consistency.failWrites(Mode.PERSISTENT, new ConsistencyException.NoLeader("no leader is known"));
        Response response = server.patch("/v1/ns/instance")
                .with("serviceName", "a", "ip", "10.0.0.1", "port", 8080, "weight", "3")
                .send();
        assertText(response, 200, "ok");
        assertThat(response.header("Muster-Overlay")).isEqualTo("pending");
        assertThat(list().send().body()).contains("\"weight\":3.0");
        Response removed = server.delete("/v1/ns/instance/overlay")
                .with("serviceName", "a", "ip", "10.0.0.1", "port", 8080)
                .send();
        assertText(removed, 200, "ok");
        assertThat(list().send().body()).contains("\"weight\":1.0");
    }

    @Test
    void linearizableReadsNeedAMajority() {
        server.consistency.failBarrier(new ConsistencyException.NoLeader("no leader is known"));
        assertText(list().query("consistency", "linearizable").send(), 503, "no leader is known");
        assertThat(list().query("consistency", "local").send().status()).isEqualTo(200);
    }

    @Test
    void membersAreShown() {
        String node = "{\"ip\":\"127.0.0.1\",\"port\":" + server.port
                + ",\"state\":\"UP\",\"extendInfo\":{},\"address\":\"127.0.0.1:" + server.port
                + "\",\"failAccessCnt\":0}";
        assertThat(server.get("/nacos/v1/ns/operator/servers").send().body()).isEqualTo("{\"servers\":[" + node + "]}");
    }

    @Test
    void theResponsibleMemberIsNamed() {
        Call call = server.get("/nacos/v1/ns/operator/distro/server").with("serviceName", "a");
        assertText(call.send(), 400, "service not found");
        register().send();
        assertThat(call.send().body()).isEqualTo("{\"responsibleServer\":\"127.0.0.1:" + server.port + "\"}");
    }

    @Test
    void answersNameTheLeader() {
        assertThat(list().send().header("Muster-Leader")).isEqualTo("127.0.0.1:8848");
    }

    @Test
    void consolesLearnWhomTheyTalkTo() {
        assertThat(server.get("/nacos/v1/console/server/state").send().body())
                .isEqualTo("{\"standalone_mode\":\"standalone\",\"function_mode\":\"naming\",\"version\":\"0.1.0\"}");
    }

    @Test
    void namespacesLive() {
        String publicOne =
                "{\"namespace\":\"\",\"namespaceShowName\":\"public\",\"quota\":200,\"configCount\":0,\"type\":0,"
                        + "\"serviceCount\":0,\"instanceCount\":0}";
        assertThat(server.get(NAMESPACES).send().body())
                .isEqualTo("{\"code\":200,\"message\":null,\"data\":[" + publicOne + "]}");
        Call create = server.post(NAMESPACES)
                .with("customNamespaceId", "dev", "namespaceName", "Dev", "namespaceDesc", "for us");
        assertThat(create.send().body()).isEqualTo("true");
        assertThat(create.send().body()).isEqualTo("false");
        assertThat(server.get(NAMESPACES)
                        .with("checkNamespaceIdExist", "true", "customNamespaceId", "dev")
                        .send()
                        .body())
                .isEqualTo("true");
        assertThat(server.put(NAMESPACES)
                        .with("namespace", "dev", "namespaceShowName", "Devs", "namespaceDesc", "for you")
                        .send()
                        .body())
                .isEqualTo("true");
        assertThat(server.get(NAMESPACES)
                        .with("show", "all", "namespaceId", "dev")
                        .send()
                        .body())
                .startsWith("{\"namespace\":\"dev\",\"namespaceShowName\":\"Devs\",\"quota\":200,\"configCount\":0,"
                        + "\"type\":2,\"serviceCount\":0,\"instanceCount\":0,\"namespaceDesc\":\"for you\"");
        assertThat(server.delete(NAMESPACES).with("namespaceId", "dev").send().body())
                .isEqualTo("true");
        assertThat(server.delete(NAMESPACES).with("namespaceId", "dev").send().status())
                .isEqualTo(404);
    }

    @Test
    void aNamespaceWithServicesIsNotDeleted() {
        server.post(NAMESPACES)
                .with("customNamespaceId", "dev", "namespaceName", "Dev")
                .send();
        register().query("namespaceId", "dev").send();
        assertThat(server.delete(NAMESPACES).with("namespaceId", "dev").send())
                .matches(r -> r.status() == 400 && r.body().contains("still has services"));
    }

    @Test
    void aNamespaceWithoutIdGetsOne() {
        assertThat(server.post(NAMESPACES).with("namespaceName", "Dev").send().body())
                .isEqualTo("true");
        assertThat(server.get(NAMESPACES)
                        .send()
                        .json()
                        .get("data")
                        .get(1)
                        .get("namespace")
                        .asText())
                .hasSize(36);
    }

    /** As the Java client logs in: the name in the query, the password in the form. */
    @ParameterizedTest
    @ValueSource(strings = {"/nacos/v1/auth/users/login", "/nacos/v1/auth/login", "/v1/auth/login"})
    void loginIsAlwaysAnswered(String path) {
        server.readiness = Readiness.waitingFor("loading");
        Response response = server.post(path)
                .query("username", "nacos")
                .form("password", "nacos")
                .send();
        JsonNode json = response.json();
        assertThat(json.fieldNames())
                .toIterable()
                .containsExactly("accessToken", "tokenTtl", "globalAdmin", "username");
        assertThat(json.get("tokenTtl").asInt()).isEqualTo(18_000);
        assertThat(json.get("globalAdmin").asBoolean()).isTrue();
        assertThat(json.get("username").asText()).isEqualTo("nacos");
        assertThat(response.header("Authorization"))
                .isEqualTo("Bearer " + json.get("accessToken").asText());
    }

    @Test
    void tokensAndCredentialsOnOtherRequestsAreNotLookedAtWhileAuthenticationIsOff() {
        assertThat(list().with("accessToken", "rubbish", "username", "u", "password", "p", "ak", "x", "signature", "y")
                        .header("Authorization", "Bearer rubbish")
                        .send()
                        .status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/nacos/v1/cs/configs", "/v1/cs/configs/listener", "/nacos/v1/cs"})
    void thereIsNoConfigurationService(String path) {
        assertThat(server.get(path).with("dataId", "x").send())
                .matches(r -> r.status() == 501 && r.body().contains("no configuration service"));
    }

    @Test
    void unknownNamingPathsAreToldSoAndOthersAreNotOurs() {
        assertText(server.get("/nacos/v1/ns/nonsense").send(), 501, "no such api:GET:/nacos/v1/ns/nonsense");
        assertThat(server.get("/nowhere").send().status()).isEqualTo(404);
        assertThat(server.get("/nacos/v1/ns/<script>").send().header("Content-Type"))
                .startsWith("text/plain");
    }

    @Test
    void tooLongARequestLineIsRefused() {
        assertThat(list().query("x", "y".repeat(Listening.REQUEST_LINE_BYTES_MAX))
                        .send()
                        .status())
                .isEqualTo(414);
        assertThat(list().send().status()).isEqualTo(200);
    }

    @Test
    void tooManyParametersAreRefused() {
        assertThat(list().rawQuery("a=1&".repeat(300)).send())
                .matches(r -> r.status() == 400 && r.body().contains("too many parameters"));
    }
}
