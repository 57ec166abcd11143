package io.muster.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.naming.api.EventStreams;
import io.muster.server.TestServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** X23: readers of services' events do not keep an operator from seeing what happens to the cluster. */
class EventRoutesTest {

    @Test
    void operatorsGetAStream_howeverManyReadersThereAre(@TempDir Path directory)
            throws IOException, InterruptedException {
        List<HttpResponse<InputStream>> streams = new ArrayList<>();
        try (TestServer server = TestServer.start(directory)) {
            HttpClient client =
                    HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
            for (int i = 0; i < EventStreams.OPEN_STREAMS_MAX; i++) {
                streams.add(open(client, server, "/v1/ns/events?serviceName=s"));
            }
            assertThat(streams).allMatch(stream -> stream.statusCode() == 200);
            streams.add(open(client, server, "/v1/ns/events?serviceName=s"));
            assertThat(streams.get(streams.size() - 1).statusCode()).isEqualTo(429);
            for (int i = EventStreams.OPEN_STREAMS_MAX; i < EventStreams.STREAMS_MAX; i++) {
                streams.add(open(client, server, "/v1/core/cluster/events"));
                assertThat(streams.get(streams.size() - 1).statusCode()).isEqualTo(200);
            }
            streams.add(open(client, server, "/v1/core/cluster/events"));
            assertThat(streams.get(streams.size() - 1).statusCode()).isEqualTo(429);
        } finally {
            for (HttpResponse<InputStream> stream : streams) {
                stream.body().close();
            }
        }
    }

    private static HttpResponse<InputStream> open(HttpClient client, TestServer server, String path)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(server.url() + path))
                .header("Accept", "text/event-stream")
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofInputStream());
    }
}
