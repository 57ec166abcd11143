package io.muster.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.muster.server.TestServer;
import io.vertx.core.http.HttpMethod;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpMetricsTest {

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({
        "GET, /nacos/v1/ns/instance/list, LIST",
        "GET, /v1/ns/instance/list, LIST",
        "PUT, /v1/ns/instance/beat, BEAT",
        "POST, /nacos/v1/ns/instance, REGISTER",
        "DELETE, /nacos/v1/ns/instance, DEREGISTER",
        "PUT, /nacos/v1/ns/instance, OTHER",
        "GET, /metrics, OTHER",
        "GET, /, OTHER"
    })
    void operation_isOneOfAFew_whateverThePath(String method, String path, HttpOperation operation) {
        assertThat(HttpOperation.of(HttpMethod.valueOf(method), path)).isEqualTo(operation);
    }

    @Test
    void operations_haveAPlaceEach() {
        assertThat(HttpOperation.values()).extracting(HttpOperation::place).containsExactly(0, 1, 2, 3, 4);
    }

    @Test
    void requests_areCountedByOperationAndStatus() {
        try (TestServer server = TestServer.start(directory)) {
            server.get("/nacos/v1/ns/instance/list?serviceName=a");
            server.get("/nacos/v1/ns/instance/list?serviceName=b");
            server.get("/nacos/v1/ns/instance/list");
            // An answer is counted when it has ended, which the client may see a moment earlier.
            await().untilAsserted(
                            () -> assertThat(server.get("/metrics").body())
                                    .contains(
                                            "muster_http_request_duration_seconds_count{operation=\"list\",status=\"2xx\"} 2\n",
                                            "muster_http_request_duration_seconds_count{operation=\"list\",status=\"4xx\"} 1\n",
                                            "muster_http_request_duration_seconds_bucket{operation=\"list\",status=\"2xx\",le=\"+Inf\"} 2\n"));
        }
    }
}
