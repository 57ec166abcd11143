package io.muster.naming.api.v1;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.muster.naming.api.v1.Call.Response;
import io.muster.naming.list.NameForm;
import io.muster.naming.model.ServiceName;
import io.muster.naming.push.Subscriber;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code GET /service/subscribers}: one list of all members' subscribers, and what it lacks (§4.1). */
class SubscribersContractTest {

    private static final ServiceName ORDERS = ServiceName.of("", "", "orders");

    private TestServer server;

    @BeforeEach
    void start() {
        server = new TestServer();
        subscribedHere("10.0.0.1");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void subscribedHere(String host) {
        server.subscribers.subscribe(new Subscriber(ORDERS, "", host, 5000, NameForm.GROUPED, "agent", "app"));
    }

    private static ListedSubscriber elsewhere(String host) {
        return new ListedSubscriber(ORDERS, "", host, 5000, "agent", "app");
    }

    private void others(List<OtherMembers.Part<ListedSubscriber>> parts) {
        others(service -> parts);
    }

    private void others(Function<ServiceName, List<OtherMembers.Part<ListedSubscriber>>> answer) {
        server.others = new OtherMembers() {
            @Override
            public CompletionStage<List<Part<ListedSubscriber>>> subscribers(ServiceName service) {
                return CompletableFuture.completedFuture(answer.apply(service));
            }

            @Override
            public CompletionStage<List<Part<ClusterTimes>>> checkTimes(ServiceName service) {
                throw new AssertionError("nobody is to ask for times");
            }
        };
    }

    private Call subscribers() {
        return server.get("/nacos/v1/ns/service/subscribers").with("serviceName", "orders");
    }

    private static List<String> hosts(Response response) {
        return response.json().get("subscribers").findValuesAsText("ip");
    }

    @Test
    void thoseOfAllMembersAreOneListInOneOrder() {
        others(List.of(
                new OtherMembers.Part<>("b:8848", List.of(elsewhere("10.0.0.3"), elsewhere("10.0.0.0")), true),
                new OtherMembers.Part<>("c:8848", List.of(elsewhere("10.0.0.2")), true)));
        Response response = subscribers().send();
        assertThat(hosts(response)).containsExactly("10.0.0.0", "10.0.0.1", "10.0.0.2", "10.0.0.3");
        assertThat(response.json().get("count").asInt()).isEqualTo(4);
        assertThat(response.json().has("unanswered")).isFalse();
        assertThat(response.headers().contains("Muster-Partial")).isFalse();
    }

    /** A client that went from one member to another is known to both for a while. */
    @Test
    void whoIsKnownToSeveralMembersIsListedOnce() {
        others(List.of(
                new OtherMembers.Part<>("b:8848", List.of(elsewhere("10.0.0.1")), true),
                new OtherMembers.Part<>("c:8848", List.of(elsewhere("10.0.0.1")), true)));
        assertThat(hosts(subscribers().send())).containsExactly("10.0.0.1");
    }

    /** Pages are cut from the whole: at the members they would be cut twice. */
    @Test
    void pagesAreOfAllMembersTogether() {
        others(List.of(new OtherMembers.Part<>("b:8848", List.of(elsewhere("10.0.0.0"), elsewhere("10.0.0.2")), true)));
        Response second = subscribers().with("pageNo", 2, "pageSize", 2).send();
        assertThat(hosts(second)).containsExactly("10.0.0.2");
        assertThat(second.json().get("count").asInt()).isEqualTo(3);
    }

    @Test
    void membersThatAreMissingAreNamed() {
        others(List.of(
                OtherMembers.Part.missing("c:8848"),
                new OtherMembers.Part<>("b:8848", List.of(elsewhere("10.0.0.2")), false)));
        Response response = subscribers().send();
        assertThat(response.status()).isEqualTo(200);
        assertThat(hosts(response)).containsExactly("10.0.0.1", "10.0.0.2");
        JsonNode unanswered = response.json().get("unanswered");
        assertThat(unanswered.toString()).isEqualTo("[\"b:8848\",\"c:8848\"]");
        assertThat(response.header("Muster-Partial")).isEqualTo("2");
    }

    @Test
    void aggregationOff_asksNobodyElse() {
        AtomicInteger asked = new AtomicInteger();
        others(service -> {
            asked.incrementAndGet();
            return List.of(OtherMembers.Part.missing("b:8848"));
        });
        Response response = subscribers().with("aggregation", "false").send();
        assertThat(hosts(response)).containsExactly("10.0.0.1");
        assertThat(response.headers().contains("Muster-Partial")).isFalse();
        assertThat(asked).hasValue(0);
        subscribers().with("aggregation", "true").send();
        assertThat(asked).hasValue(1);
    }

    @Test
    void theOthersAreAskedForTheServiceInQuestion() {
        CompletableFuture<ServiceName> asked = new CompletableFuture<>();
        others(service -> {
            asked.complete(service);
            return List.of();
        });
        subscribers().with("groupName", "g", "namespaceId", "dev").send();
        assertThat(asked).isCompletedWithValue(ServiceName.of("dev", "g", "orders"));
    }
}
