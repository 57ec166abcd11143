package io.muster.server.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.muster.member.lookup.MemberListException;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code muster address-server} as its clients see it. */
class AddressServerTest {

    @TempDir
    private Path directory;

    private final Vertx vertx = Vertx.vertx();
    private final HttpClient client = HttpClient.newHttpClient();

    @AfterEach
    void close() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    private Path listed(String text) throws IOException {
        return Files.writeString(directory.resolve("cluster.conf"), text);
    }

    @Test
    void list_isOneMemberALine_withPeerPortsForMembers_andFollowsTheFile() throws Exception {
        Path file = listed("# two\n10.0.0.2\n10.0.0.1:8848?peer_port=7000\n");
        AddressServer server = new AddressServer(vertx, file);
        int port = server.start("127.0.0.1", 0)
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);

        assertThat(get(port, "/nacos/serverlist").body()).isEqualTo("10.0.0.1:8848\r\n10.0.0.2:8848\r\n");
        assertThat(get(port, "/nacos/serverlist", "Muster-Member", "1").body())
                .isEqualTo("10.0.0.1:8848?peer_port=7000\r\n10.0.0.2:8848?peer_port=7848\r\n");
        assertThat(get(port, "/nacos/other").statusCode()).isEqualTo(404);
        listed("10.0.0.3\n");
        await().untilAsserted(
                        () -> assertThat(get(port, "/nacos/serverlist").body()).isEqualTo("10.0.0.3:8848\r\n"));
        server.stop();
    }

    @Test
    void badFileAtTheStart_isRefused() throws IOException {
        AddressServer server = new AddressServer(vertx, listed("10.0.0.1:x"));
        assertThatThrownBy(() -> server.start("127.0.0.1", 0))
                .isInstanceOf(MemberListException.class)
                .hasMessageContaining("line 1: '10.0.0.1:x'");
    }

    private HttpResponse<String> get(int port, String path, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}
