package io.muster.naming.api.v1;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.muster.consistency.ConsistencyException;
import io.muster.naming.api.v1.Call.Response;
import io.muster.naming.check.core.AnswerTimes;
import io.muster.naming.model.ServiceName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code GET /catalog/rt/service}: how long health checks take, over all members (§4.4). */
class CheckTimesContractTest {

    private final List<ServiceName> asked = new ArrayList<>();
    private TestServer server;

    @BeforeEach
    void startWithAServiceOfTwoClusters() {
        server = new TestServer();
        register("DEFAULT");
        register("other");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void register(String cluster) {
        Response response = server.post("/v1/ns/instance")
                .with("serviceName", "orders", "ip", "127.0.0.1", "port", 80, "clusterName", cluster)
                .with("ephemeral", "false")
                .send();
        assertThat(response.status()).isEqualTo(200);
    }

    private void here(Map<String, AnswerTimes> times) {
        server.checkTimes = service -> CompletableFuture.completedFuture(new TreeMap<>(times));
    }

    @SafeVarargs
    private void others(OtherMembers.Part<ClusterTimes>... parts) {
        server.others = new OtherMembers() {
            @Override
            public CompletionStage<List<Part<ListedSubscriber>>> subscribers(ServiceName service) {
                throw new AssertionError("nobody is to ask for subscribers");
            }

            @Override
            public CompletionStage<List<Part<ClusterTimes>>> checkTimes(ServiceName service) {
                asked.add(service);
                return CompletableFuture.completedFuture(List.of(parts));
            }
        };
    }

    private static OtherMembers.Part<ClusterTimes> told(String member, String cluster, AnswerTimes times) {
        return new OtherMembers.Part<>(member, List.of(new ClusterTimes(cluster, times)), true);
    }

    private Call times() {
        return server.get("/nacos/v1/ns/catalog/rt/service").with("serviceName", "orders");
    }

    private static String cluster(String name, int best, int worst, int mean, int total, int instances) {
        return "{\"name\":\"" + name + "\",\"checkRTBest\":" + best + ",\"checkRTWorst\":" + worst
                + ",\"checkRTNormalized\":" + mean + ",\"checkRTTotal\":" + total + ",\"checkedInstances\":" + instances
                + "}";
    }

    /** The mean is of all instances: one of 100 ms beside nine of 1 ms are 11 ms each on average, not 50. */
    @Test
    void timesOfAllMembersAreOne() {
        here(Map.of("DEFAULT", new AnswerTimes(9, 1, 1, 9)));
        others(told("b:8848", "DEFAULT", new AnswerTimes(1, 100, 100, 100)));
        Response response = times().send();
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.body())
                .isEqualTo("{\"clusters\":[" + cluster("DEFAULT", 1, 100, 11, 109, 10) + ","
                        + cluster("other", 0, 0, 0, 0, 0) + "]}");
        assertThat(response.headers().contains("Muster-Partial")).isFalse();
        assertThat(asked).containsExactly(ServiceName.of("", "", "orders"));
    }

    @Test
    void aClusterThatOnlyAnotherMemberChecks_isThere_andOneThatIsNotOfTheService_isNot() {
        others(
                told("b:8848", "other", new AnswerTimes(2, 3, 5, 8)),
                told("c:8848", "gone", new AnswerTimes(1, 1, 1, 1)));
        assertThat(times().send().body())
                .isEqualTo("{\"clusters\":[" + cluster("DEFAULT", 0, 0, 0, 0, 0) + "," + cluster("other", 3, 5, 4, 8, 2)
                        + "]}");
    }

    @Test
    void membersThatAreMissingAreNamed() {
        here(Map.of("DEFAULT", new AnswerTimes(1, 2, 2, 2)));
        others(OtherMembers.Part.missing("c:8848"), OtherMembers.Part.missing("b:8848"));
        Response response = times().send();
        assertThat(response.status()).isEqualTo(200);
        JsonNode body = response.json();
        assertThat(body.at("/clusters/0/checkRTBest").asInt()).isEqualTo(2);
        assertThat(body.get("unanswered").toString()).isEqualTo("[\"b:8848\",\"c:8848\"]");
        assertThat(response.header("Muster-Partial")).isEqualTo("2");
    }

    /** As the members ask each other. */
    @Test
    void aggregationOff_asksNobodyElse() {
        here(Map.of("DEFAULT", new AnswerTimes(1, 2, 2, 2)));
        others(OtherMembers.Part.missing("b:8848"));
        Response response = times().with("aggregation", "false").send();
        assertThat(response.json().at("/clusters/0/checkedInstances").asInt()).isEqualTo(1);
        assertThat(response.headers().contains("Muster-Partial")).isFalse();
        assertThat(asked).isEmpty();
    }

    @Test
    void anUnknownService_isNotFound() {
        others();
        Response response = times().with("groupName", "g").send();
        assertThat(response.status()).isEqualTo(404);
        assertThat(response.body()).isEqualTo("service g@@orders is not found!");
        assertThat(asked).isEmpty();
    }

    @Test
    void withoutServiceName_itIsRefused() {
        Response response = server.get("/v1/ns/catalog/rt/service").send();
        assertThat(response.status()).isEqualTo(400);
        assertThat(response.body()).isEqualTo("Param 'serviceName' is required.");
    }

    @Test
    void whoAsksTooMuch_isToldSo() {
        server.checkTimes = service ->
                CompletableFuture.failedFuture(new ConsistencyException.Overloaded("more than 64 questions"));
        Response response = times().send();
        assertThat(response.status()).isEqualTo(429);
        assertThat(response.body()).isEqualTo("more than 64 questions");
    }
}
