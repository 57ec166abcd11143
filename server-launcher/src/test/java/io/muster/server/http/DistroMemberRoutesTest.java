package io.muster.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.consistency.Datum;
import io.muster.consistency.Key;
import io.muster.consistency.Lease;
import io.muster.consistency.Mark;
import io.muster.consistency.Origin;
import io.muster.consistency.Version;
import io.muster.distro.core.DistroRecord;
import io.muster.distro.core.Message;
import io.muster.distro.wire.Frame;
import io.muster.distro.wire.MessageCodec;
import io.muster.naming.model.Instance;
import io.muster.naming.model.InstanceKey;
import io.muster.naming.model.Keys;
import io.muster.naming.model.RegistryRecord;
import io.muster.naming.model.ServiceName;
import io.muster.naming.wire.RegistryRecordCodec;
import io.muster.server.TestCluster;
import io.muster.server.TestServer;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** R54: frames of members by HTTP. */
class DistroMemberRoutesTest {

    private static final String SECRET = "of the members alone";
    private static final InstanceKey INSTANCE = new InstanceKey("10.0.0.9", 80, "DEFAULT");

    private final MessageCodec<RegistryRecord> codec = new MessageCodec<>(new RegistryRecordCodec());

    private String frame(Message<RegistryRecord> message) {
        byte[] bytes = codec.encode(new Frame<>(System.currentTimeMillis() << Short.SIZE, message));
        return URLEncoder.encode(Base64.getEncoder().encodeToString(bytes), StandardCharsets.UTF_8);
    }

    private Message<RegistryRecord> syncOfOneInstance() {
        Key key = Keys.instance(ServiceName.of("", "", "a").keyGroup(), INSTANCE, true);
        Version.Hybrid version = new Version.Hybrid(1L << 20, new Origin(1, 2, 3));
        Datum<RegistryRecord> datum = new Datum<>(key, version, Mark.HEALTHY, Instance.ephemeral(INSTANCE));
        return new Message.SyncBatch<>(
                77, List.of(new DistroRecord.Held<>(datum, new Lease(15_000, 30_000))), List.of());
    }

    private Message<RegistryRecord> answer(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        String text = new JsonObject(response.body()).getString("frame");
        return codec.decode(Base64.getDecoder().decode(text)).message();
    }

    @Test
    void put_takesSyncsAndDigestsOfMembers_andOfNobodyElse(@TempDir Path directory) {
        try (TestCluster cluster = TestCluster.start(directory, 3, "--cluster-secret=" + SECRET)) {
            TestServer server = cluster.node(1);
            String member =
                    new JsonObject(cluster.node(2).get("/v1/ns/raft/peer").body()).getString("nodeId");
            String from = "?from=" + member;
            String sync = from + "&frame=" + frame(syncOfOneInstance());
            String digest = from + "&frame=" + frame(new Message.DigestRoot<>(78, 5, 6));

            assertThat(server.ask("PUT", "/v1/ns/distro/datum" + sync).statusCode())
                    .as("without the secret")
                    .isEqualTo(403);
            assertThat(answer(server.ask("PUT", "/v1/ns/distro/datum" + sync, MemberGuard.HEADER, SECRET)))
                    .isEqualTo(new Message.SyncAck<>(77));
            assertThat(server.get("/v1/ns/instance/list?serviceName=a").body()).contains("10.0.0.9");
            assertThat(answer(server.ask("PUT", "/v1/ns/distro/checksum" + digest, MemberGuard.HEADER, SECRET)))
                    .isInstanceOfSatisfying(
                            Message.DigestBuckets.class,
                            buckets -> assertThat(buckets.equal()).isFalse());
            String stranger = "?from=" + "0".repeat(31) + "7&frame=" + frame(syncOfOneInstance());
            assertThat(server.ask("PUT", "/v1/ns/distro/datums" + stranger, MemberGuard.HEADER, SECRET)
                            .statusCode())
                    .isEqualTo(403);
            assertThat(server.ask("PUT", "/v1/ns/distro/datum" + from + "&frame=AAAA", MemberGuard.HEADER, SECRET)
                            .statusCode())
                    .as("no frame")
                    .isEqualTo(403);
        }
    }
}
