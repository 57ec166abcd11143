package io.muster.naming.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.consistency.Readiness;
import io.muster.naming.api.ServingGate.Orders;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** nacos-v1-http.md §2.1 and §2.2. */
class ServingGateTest {

    private static ServingGate gate(Readiness readiness, String status) {
        return new ServingGate(
                () -> readiness,
                () -> readiness,
                () -> new Orders(Optional.of(status).filter(s -> !s.isEmpty()), Map.of()));
    }

    @ParameterizedTest
    @CsvSource({
        "'',         true,  true",
        "UP,         true,  true",
        "WRITE_ONLY, false, true",
        "READ_ONLY,  true,  false",
        "DOWN,       false, false",
        "STARTING,   false, false",
        "PAUSED,     false, false",
    })
    void anOperatorsStatusLetsPass(String status, boolean reads, boolean writes) {
        ServingGate gate = gate(Readiness.READY, status);
        assertThat(gate.refusal(Verb.GET, "/", false)).matches(refusal -> refusal.isEmpty() == reads);
        assertThat(gate.refusal(Verb.PUT, "/", false)).matches(refusal -> refusal.isEmpty() == writes);
        assertThat(gate.refusal(Verb.GET, "/", true))
                .as("other servers always pass")
                .isEmpty();
    }

    @Test
    void refusalsHaveTheWordsOfNacos() {
        Answer down =
                gate(Readiness.READY, "DOWN").refusal(Verb.GET, "/", false).orElseThrow();
        assertThat(down.status()).isEqualTo(503);
        assertThat(down.body()).hasToString("server is DOWNnow, please try again later!");
    }

    /** R49, X15: until the engines are ready, clients are sent elsewhere, with the reason. */
    @Test
    void notReady_refusesAllAndSaysWhy() {
        ServingGate gate = gate(Readiness.waitingFor("loading a snapshot"), "");
        Answer starting = gate.refusal(Verb.GET, "/", true).orElseThrow();
        assertThat(starting.status()).isEqualTo(503);
        assertThat(starting.body())
                .hasToString("server is STARTINGnow, detailed error message: Optional[loading a snapshot]");
        assertThat(gate.status()).isEqualTo("STARTING");
    }

    /** X10: a node that waits for a leader takes what clients register; its lists wait. */
    @Test
    void writesPass_whereReadsWaitForPersistentData() {
        ServingGate gate = new ServingGate(
                () -> Readiness.waitingFor("no leader yet"),
                () -> Readiness.READY,
                () -> new Orders(Optional.empty(), Map.of()));
        assertThat(gate.refusal(Verb.POST, "/nacos/v1/ns/instance", false)).isEmpty();
        assertThat(gate.refusal(Verb.PUT, "/nacos/v1/ns/instance/beat", false)).isEmpty();
        assertThat(gate.refusal(Verb.GET, "/nacos/v1/ns/instance/list", false)).isPresent();
        assertThat(gate.status()).isEqualTo("STARTING");
    }

    @Test
    void limitedUrls_answerTheirCodeBeforeAnythingElse() {
        ServingGate gate = new ServingGate(
                () -> Readiness.waitingFor("x"),
                () -> Readiness.waitingFor("x"),
                () -> new Orders(Optional.empty(), Map.of("/nacos/v1/ns/catalog", 404)));
        assertThat(gate.refusal(Verb.GET, "/nacos/v1/ns/catalog/services?pageNo=1", false))
                .get()
                .extracting(Answer::status)
                .isEqualTo(404);
        assertThat(gate.refusal(Verb.GET, "/nacos/v1/ns/service", false))
                .get()
                .extracting(Answer::status)
                .isEqualTo(503);
    }
}
