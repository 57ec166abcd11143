package io.muster.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who subscribes, asked at one member and told by all (nacos-v1-http.md §4.1). */
class SubscribersAcrossMembersTest {

    @TempDir
    private Path directory;

    /** As a Java client does that wants to be pushed to. */
    private static void subscribe(TestServer member, int udpPort) {
        HttpResponse<String> list = member.get(
                "/nacos/v1/ns/instance/list?serviceName=orders&udpPort=" + udpPort,
                "User-Agent",
                "Nacos-Java-Client:v1.4.8");
        assertThat(list.statusCode()).isEqualTo(200);
    }

    private static HttpResponse<String> subscribers(TestServer member, String more) {
        return member.get("/nacos/v1/ns/service/subscribers?serviceName=orders" + more);
    }

    private static List<Integer> ports(HttpResponse<String> answer) {
        return new JsonObject(answer.body())
                .getJsonArray("subscribers").stream()
                        .map(one -> ((JsonObject) one).getInteger("port"))
                        .toList();
    }

    @Test
    void subscribersOfAllMembersAreTold_andWhoseAreMissing() {
        try (TestCluster cluster = TestCluster.start(directory, 3, "--cluster-secret=hush")) {
            for (int number = 1; number <= 3; number++) {
                subscribe(cluster.node(number), 40_000 + number);
            }
            for (int number = 1; number <= 3; number++) {
                TestServer member = cluster.node(number);
                await().untilAsserted(() -> {
                    HttpResponse<String> all = subscribers(member, "");
                    assertThat(ports(all)).containsExactly(40_001, 40_002, 40_003);
                    assertThat(all.headers().firstValue("Muster-Partial")).isEmpty();
                });
                assertThat(ports(subscribers(member, "&aggregation=false"))).containsExactly(40_000 + number);
            }
            assertThat(ports(subscribers(cluster.node(1), "&pageNo=2&pageSize=2")))
                    .containsExactly(40_003);

            cluster.node(3).close();
            HttpResponse<String> partial = subscribers(cluster.node(1), "");
            assertThat(ports(partial)).containsExactly(40_001, 40_002);
            assertThat(new JsonObject(partial.body()).getJsonArray("unanswered"))
                    .containsExactly(cluster.name(3));
            assertThat(partial.headers().firstValue("Muster-Partial")).contains("1");
        }
    }
}
