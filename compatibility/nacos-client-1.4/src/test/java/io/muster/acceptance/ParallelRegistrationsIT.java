package io.muster.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.compatibility.SharedServer;
import io.muster.testkit.ServerProcess;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * R71: many clients of one service that did not exist a moment ago, in clusters that did not either: whoever was
 * acknowledged is listed at once (Nacos loses some of them).
 */
@ExtendWith(SharedServer.class)
class ParallelRegistrationsIT {

    private static final int INSTANCES = 200;
    private static final int CLUSTERS = 8;

    /** A race shows itself only now and then. */
    private static final int TIMES = 5;

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void registeredAtOnce_areAllListedAtOnce(boolean ephemeral, ServerProcess server) throws Exception {
        Registry registry = new Registry(server);
        for (int time = 0; time < TIMES; time++) {
            String service = "crowd-" + (ephemeral ? "ephemeral-" : "persistent-") + time;
            List<CompletableFuture<HttpResponse<String>>> answers = IntStream.range(0, INSTANCES)
                    .mapToObj(i -> registry.sendAsync(
                            "POST",
                            "instance",
                            Map.of(
                                    "serviceName",
                                    service,
                                    "ip",
                                    "10.9.0.1",
                                    "port",
                                    String.valueOf(1000 + i),
                                    "clusterName",
                                    "c" + i % CLUSTERS,
                                    "ephemeral",
                                    String.valueOf(ephemeral))))
                    .toList();
            for (CompletableFuture<HttpResponse<String>> answer : answers) {
                assertThat(answer.get().statusCode() + " " + answer.get().body())
                        .isEqualTo("200 ok");
            }

            assertThat(registry.metadataByPort(service)).hasSize(INSTANCES);
            for (int cluster = 0; cluster < CLUSTERS; cluster++) {
                assertThat(registry.get("instance/list", Map.of("serviceName", service, "clusters", "c" + cluster))
                                .get("hosts"))
                        .hasSize(INSTANCES / CLUSTERS);
            }
        }
    }
}
