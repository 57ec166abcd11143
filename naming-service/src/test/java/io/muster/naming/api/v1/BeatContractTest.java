package io.muster.naming.api.v1;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.naming.api.v1.Call.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Heartbeats on the wire (nacos-v1-http.md §3.3, R44). */
class BeatContractTest {

    private static final String BEAT = "/nacos/v1/ns/instance/beat";
    private static final String KNOWN = "{\"clientBeatInterval\":5000,\"code\":10200,\"lightBeatEnabled\":true}";
    private static final String UNKNOWN = "{\"clientBeatInterval\":5000,\"code\":20404}";

    private TestServer server;

    @BeforeEach
    void start() {
        server = new TestServer();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Call light() {
        return server.put(BEAT).with("serviceName", "DEFAULT_GROUP@@a", "ip", "10.0.0.1", "port", 8080);
    }

    private String hosts() {
        return server.get("/v1/ns/instance/list")
                .with("serviceName", "a")
                .send()
                .json()
                .get("hosts")
                .toString();
    }

    private void register() {
        server.post("/v1/ns/instance")
                .with("serviceName", "a", "ip", "10.0.0.1", "port", 8080)
                .send();
    }

    @Test
    void aLightBeatOfAKnownInstanceRenewsIt() {
        register();
        Response response = light().send();
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.body()).isEqualTo(KNOWN);
        assertThat(response.header("Content-Type")).isEqualTo("application/json;charset=UTF-8");
    }

    @Test
    void aLightBeatOfAnUnknownInstanceAsksForRegistration() {
        assertThat(light().send().body()).isEqualTo(UNKNOWN);
        assertThat(hosts()).isEqualTo("[]");
    }

    /** As the Java client sends it (§10.2): the beat in the form body, the rest in the query. */
    @Test
    void aFullBeatRegistersAnUnknownInstance() {
        String beat = "{\"port\":8080,\"ip\":\"10.0.0.1\",\"weight\":2.0,\"serviceName\":\"x\",\"cluster\":\"c1\","
                + "\"metadata\":{\"k\":\"v\"},\"scheduled\":false,\"period\":5000,\"stopped\":false}";
        assertThat(light().query("clusterName", "c1").form("beat", beat).send().body())
                .isEqualTo(KNOWN);
        assertThat(hosts())
                .contains(
                        "\"ip\":\"10.0.0.1\"",
                        "\"weight\":2.0",
                        "\"clusterName\":\"c1\"",
                        "\"metadata\":{\"k\":\"v\"}");
    }

    /** As the npm client sends it (§10.6): all in the query, and neither ip nor port beside the beat. */
    @Test
    void aFullBeatAloneInTheQueryRegisters() {
        assertThat(server.put(BEAT)
                        .with("serviceName", "a", "beat", "{\"ip\":\"10.0.0.1\",\"port\":8080}")
                        .send()
                        .body())
                .isEqualTo(KNOWN);
        assertThat(hosts()).contains("\"weight\":1.0", "\"metadata\":{}", "\"clusterName\":\"DEFAULT\"");
    }

    @Test
    void aFullBeatOfAKnownInstanceChangesNothingOfIt() {
        register();
        server.put(BEAT)
                .with("serviceName", "a", "beat", "{\"ip\":\"10.0.0.1\",\"port\":8080,\"weight\":9}")
                .send();
        assertThat(hosts()).contains("\"weight\":1.0");
    }

    @Test
    void aBeatWithAllMetadataFitsTheRequestLine() {
        String beat = "{\"ip\":\"10.0.0.1\",\"port\":8080,\"metadata\":{\"k\":\"" + "v".repeat(1000) + "\",\"l\":\""
                + "\\\"".repeat(1000) + "\"}}";
        assertThat(server.put(BEAT)
                        .with("serviceName", "a", "beat", beat)
                        .send()
                        .body())
                .isEqualTo(KNOWN);
    }

    @Test
    void theInstancesOwnIntervalIsAnswered() {
        server.post("/v1/ns/instance")
                .with(
                        "serviceName",
                        "a",
                        "ip",
                        "10.0.0.1",
                        "port",
                        8080,
                        "metadata",
                        "preserved.heart.beat.interval=2000")
                .send();
        assertThat(light().send().json().get("clientBeatInterval").asLong()).isEqualTo(2000);
    }

    @Test
    void theSwitchesAreAnswered() {
        register();
        server.put("/v1/ns/operator/switches")
                .with("entry", "lightBeatEnabled", "value", "false")
                .send();
        server.put("/v1/ns/operator/switches")
                .with("entry", "clientBeatInterval", "value", "7000")
                .send();
        assertThat(light().send().body())
                .isEqualTo("{\"clientBeatInterval\":7000,\"code\":10200,\"lightBeatEnabled\":false}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"port\":1}                                      | beat",
                "{\"ip\":\"10.0.0.1\",\"port\":70000}              | port",
                "{\"ip\":\"10.0.0.1\",\"port\":\"x\"}              | port",
                "{\"ip\":\"10.0.0.1\",\"port\":1,\"weight\":1e9}   | weights",
                "{\"ip\":\"10.0.0.1\",\"port\":1,\"weight\":\"NaN\"} | weights",
                "{\"ip\":\"10.0.0.1\",\"port\":1,\"weight\":\"x\"} | weight",
                "{\"ip\":\"10.0.0.1\",\"port\":1,\"metadata\":\"\"} | metadata",
                "[]                                                | beat",
                "{                                                 | beat",
            })
    void aBeatThatCannotBeReadIsRefused(String beat, String named) {
        Response response =
                server.put(BEAT).with("serviceName", "a", "beat", beat).send();
        assertThat(response.status()).isEqualTo(400);
        assertThat(response.body()).contains(named);
    }

    @Test
    void aLightBeatWithoutAddressIsRefused() {
        assertThat(server.put(BEAT).with("serviceName", "a").send())
                .matches(r -> r.status() == 400 && r.body().equals("Param 'ip' is required."));
    }

    @Test
    void theOldPathOfBeatsIsAnsweredToo() {
        register();
        assertThat(server.put("/nacos/v1/ns/api/clientBeat")
                        .with("dom", "a", "ip", "10.0.0.1", "port", 8080)
                        .send()
                        .body())
                .isEqualTo(KNOWN);
    }

    /** §3.3: only a cluster that is not blank wins over the parameter. */
    @ParameterizedTest
    @CsvSource({"'', c1", "',\"cluster\":\" \"', c1", "',\"cluster\":null', c1", "',\"cluster\":\"c2\"', c2"})
    void aFullBeatWithoutClusterMeansThatOfTheParameter(String field, String cluster) {
        server.put(BEAT)
                .with("serviceName", "a", "clusterName", "c1")
                .query("beat", "{\"ip\":\"10.0.0.1\",\"port\":8080" + field + "}")
                .send();
        assertThat(hosts()).contains("\"clusterName\":\"" + cluster + "\"");
    }

    @Test
    void numbersOfABeatMayBeText() {
        assertThat(server.put(BEAT)
                        .with("serviceName", "a")
                        .query("beat", "{\"ip\":\"10.0.0.1\",\"port\":\"8080\",\"weight\":\"1.5\"}")
                        .send()
                        .body())
                .isEqualTo(KNOWN);
        assertThat(hosts()).contains("\"port\":8080", "\"weight\":1.5");
    }
}
