package io.muster.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.naming.model.Metadata;
import io.muster.naming.model.NamespaceDefinition;
import io.muster.naming.wire.RegistryRecordCodec;
import io.muster.server.TestServer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The data of both engines by HTTP, for operators (R25, R54). */
class DataRoutesTest {

    private static final String DATUM = "/v1/ns/raft/datum";
    private static final String GROUP = encoded("public##DEFAULT_GROUP@@a");

    private TestServer server;

    @BeforeEach
    void start(@TempDir Path directory) {
        server = TestServer.start(directory);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String namespace(String id) {
        byte[] stored = new RegistryRecordCodec().encode(new NamespaceDefinition(id, id, "", Metadata.EMPTY));
        return Base64.getEncoder().encodeToString(stored);
    }

    private JsonObject json(String path) {
        HttpResponse<String> answer = server.get(path);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return new JsonObject(answer.body());
    }

    @Test
    void raftDatum_isWritten_read_andRemoved() {
        String value = namespace("dev");
        assertThat(server.ask("POST", DATUM + "?key=namespaces/dev&value=" + encoded(value))
                        .body())
                .isEqualTo("ok");
        JsonArray read = new JsonArray(
                server.get(DATUM + "?keys=namespaces/dev,namespaces/none").body());
        assertThat(read).hasSize(1);
        assertThat(read.getJsonObject(0).getString("key")).isEqualTo("namespaces/dev");
        assertThat(read.getJsonObject(0).getString("value")).isEqualTo(value);
        assertThat(read.getJsonObject(0).getLong("timestamp")).isPositive();
        assertThat(server.get("/v1/console/namespaces").body()).contains("\"dev\"");

        assertThat(server.ask("DELETE", DATUM + "?key=namespaces/dev").body()).isEqualTo("ok");
        assertThat(server.get(DATUM + "?keys=namespaces/dev").body()).isEqualTo("[]");
    }

    /** X21. */
    @Test
    void raftDatum_writesAreAudited_withWhatStoodBeforeAndAfter() {
        try (RecordedAudit audit = new RecordedAudit()) {
            server.ask("POST", DATUM + "?key=namespaces/dev&value=" + encoded(namespace("dev")));
            server.ask("DELETE", DATUM + "?key=namespaces/dev");
            assertThat(audit.lines()).hasSize(2);
            assertThat(audit.lines().get(0))
                    .containsEntry("action", "store-datum")
                    .containsEntry("target", "namespaces/dev")
                    .containsEntry("address", "127.0.0.1")
                    .containsEntry("before", "none");
            assertThat(audit.lines().get(0).get("after")).contains("NamespaceDefinition[");
            assertThat(audit.lines().get(1))
                    .containsEntry("action", "remove-datum")
                    .containsEntry("after", "none");
        }
    }

    /** R25: alone, a node's copy is the leader's. */
    @Test
    void raftDatumReload_onTheLeader_saysSo() {
        HttpResponse<String> answer = server.ask("PUT", DATUM + "/reload?key=namespaces/dev");
        assertThat(new JsonObject(answer.body()).getBoolean("replaced")).isFalse();
        assertThat(answer.body()).contains("this node leads");
        assertThat(server.ask("PUT", DATUM + "/reload").statusCode()).isEqualTo(400);
    }

    @Test
    void raftDatum_thatTheRegistryCouldNotRead_isRefused() {
        long before = json("/v1/ns/raft/state").getLong("lastIndex");
        for (String wrong : new String[] {
            "?key=switches/cluster&value=" + encoded(namespace("dev")),
            "?key=namespaces/dev&value=AAAA",
            "?key=namespaces/dev&value=" + encoded("{}"),
            "?key=namespaces/dev",
            "?key=dev&value=" + encoded(namespace("dev"))
        }) {
            assertThat(server.ask("POST", DATUM + wrong).statusCode()).as(wrong).isEqualTo(400);
        }
        assertThat(json("/v1/ns/raft/state").getLong("lastIndex")).isEqualTo(before);
    }

    @Test
    void distroDatum_showsWhatTheGroupHolds() {
        server.ask("POST", "/v1/ns/instance?serviceName=a&ip=10.0.0.1&port=80&metadata=zone%3Da");
        JsonArray records = json("/v1/ns/distro/datum?group=" + GROUP).getJsonArray("records");
        assertThat(records).hasSize(1);
        JsonObject record = records.getJsonObject(0);
        assertThat(record.getString("id")).isEqualTo("i/10.0.0.1:80:DEFAULT");
        assertThat(record.getString("mark")).isEqualTo("HEALTHY");
        assertThat(record.getString("version")).contains("@");
        assertThat(record.getJsonObject("value").getJsonObject("metadata").getString("zone"))
                .isEqualTo("a");
    }

    @Test
    void distroDatums_comeInPages_withTombstones() {
        int count = 2_000;
        IntStream.range(0, count)
                .forEach(i -> server.ask(
                        "POST", "/v1/ns/instance?serviceName=a&ip=10.0." + i / 200 + "." + i % 200 + "&port=80"));
        server.ask("DELETE", "/v1/ns/instance?serviceName=a&ip=10.0.0.0&port=80");
        int records = 0;
        int buried = 0;
        int pages = 0;
        String after = "";
        while (after != null) {
            JsonObject page = json("/v1/ns/distro/datums" + (after.isEmpty() ? "" : "?after=" + after));
            assertThat(page.getInteger("total")).isEqualTo(count);
            for (int i = 0; i < page.getJsonArray("records").size(); i++) {
                records++;
                buried += page.getJsonArray("records").getJsonObject(i).containsKey("removed") ? 1 : 0;
            }
            pages++;
            after = page.getString("next");
        }
        assertThat(records).isEqualTo(count);
        assertThat(buried).isEqualTo(1);
        assertThat(pages).isGreaterThan(1);

        JsonObject first = json("/v1/ns/distro/datum?group=" + GROUP);
        JsonObject second = json("/v1/ns/distro/datum?group=" + GROUP + "&after=" + first.getString("next"));
        assertThat(first.getJsonArray("records")).hasSize(1_000);
        assertThat(second.getJsonArray("records"))
                .hasSize(count - 1_001)
                .doesNotContainAnyElementsOf(first.getJsonArray("records"));
        assertThat(second.getString("next")).isNull();
    }

    /** Digests lead from the root to the bucket to the group. */
    @Test
    void distroChecksum_leadsToTheGroup() {
        assertThat(json("/v1/ns/distro/checksum").getJsonObject("buckets")).isEmpty();
        server.ask("POST", "/v1/ns/instance?serviceName=a&ip=10.0.0.1&port=80");
        JsonObject digests = json("/v1/ns/distro/checksum");
        assertThat(digests.getString("root"))
                .isEqualTo(json("/v1/ns/distro/status").getString("digest"));
        String bucket = digests.getJsonObject("buckets").fieldNames().iterator().next();
        assertThat(json("/v1/ns/distro/checksum?bucket=" + bucket)
                        .getJsonObject("groups")
                        .fieldNames())
                .containsExactly("public##DEFAULT_GROUP@@a");
        assertThat(server.get("/v1/ns/distro/checksum?bucket=1024").statusCode())
                .isEqualTo(400);
        assertThat(server.get("/readyz").statusCode()).isEqualTo(200);
    }
}
