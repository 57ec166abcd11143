package io.muster.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How long health checks take, asked at one member and told by all that check (nacos-v1-http.md §4.4). */
class CheckTimesAcrossMembersTest {

    /** Enough for no member to check all of them: each has one of a service's 16 slices in three, and these are in as many as they come to. */
    private static final int INSTANCES = 24;

    @TempDir
    private Path directory;

    private static HttpResponse<String> times(TestServer member, String more) {
        return member.get("/nacos/v1/ns/catalog/rt/service?serviceName=orders" + more);
    }

    private static JsonObject cluster(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return new JsonObject(answer.body()).getJsonArray("clusters").getJsonObject(0);
    }

    private static int checkedInstances(HttpResponse<String> answer) {
        return cluster(answer).getInteger("checkedInstances");
    }

    @Test
    void timesOfAllMembersAreTold_andWhoseAreMissing() throws IOException {
        // Any address of the loopback leads to it.
        try (ServerSocket target = new ServerSocket(0);
                TestCluster cluster = TestCluster.start(directory, 3, "--cluster-secret=hush")) {
            for (int i = 1; i <= INSTANCES; i++) {
                String instance =
                        "serviceName=orders&ephemeral=false&ip=127.0.0." + i + "&port=" + target.getLocalPort();
                // A group that is just being founded refuses for a moment.
                await().until(() -> cluster.node(1)
                                .ask("POST", "/v1/ns/instance?" + instance)
                                .statusCode()
                        == 200);
            }
            for (int number = 1; number <= 3; number++) {
                TestServer member = cluster.node(number);
                await().atMost(30, TimeUnit.SECONDS).untilAsserted(() -> {
                    HttpResponse<String> all = times(member, "");
                    assertThat(checkedInstances(all)).isEqualTo(INSTANCES);
                    assertThat(all.headers().firstValue("Muster-Partial")).isEmpty();
                });
                assertThat(checkedInstances(times(member, "&aggregation=false")))
                        .as("each checks a share")
                        .isLessThan(INSTANCES);
            }
            JsonObject all = cluster(times(cluster.node(2), ""));
            assertThat(all.getInteger("checkRTBest")).isPositive();
            assertThat(all.getInteger("checkRTNormalized"))
                    .isBetween(all.getInteger("checkRTBest"), all.getInteger("checkRTWorst"));

            cluster.node(3).close();
            HttpResponse<String> partial = times(cluster.node(1), "");
            assertThat(new JsonObject(partial.body()).getJsonArray("unanswered"))
                    .containsExactly(cluster.name(3));
            assertThat(partial.headers().firstValue("Muster-Partial")).contains("1");
            assertThat(times(cluster.node(1), "&groupName=none").statusCode()).isEqualTo(404);
        }
    }
}
