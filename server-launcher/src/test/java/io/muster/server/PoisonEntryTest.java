package io.muster.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.consistency.Codec;
import io.muster.consistency.Key;
import io.muster.consistency.Mode;
import io.muster.member.DataDirectory;
import io.muster.member.DataDirectoryException;
import io.muster.member.Member;
import io.muster.member.MemberAddress;
import io.muster.member.MemberState;
import io.muster.member.MemberView;
import io.muster.member.port.FileDisk;
import io.muster.member.port.Members;
import io.muster.member.port.NoPeers;
import io.muster.member.port.Ports;
import io.muster.member.port.SecureRng;
import io.muster.member.port.VertxTime;
import io.muster.raft.RaftConfig;
import io.muster.raft.RaftMetrics;
import io.muster.raft.engine.RaftEngine;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** X10: a committed entry that this version cannot read keeps the persistent side from starting, and nothing else. */
class PoisonEntryTest {

    private static final String INSTANCE = "/nacos/v1/ns/instance?serviceName=a&ip=127.0.9.1&port=80";

    /** Of the format that the registry's values have, and nonsense behind it. */
    private static final Codec<byte[]> RAW = new Codec<>() {
        @Override
        public byte[] encode(byte[] value) {
            return value;
        }

        @Override
        public byte[] decode(byte[] bytes) {
            return bytes;
        }
    };

    @TempDir
    private Path directory;

    /** A node that its list names alone. */
    private record Alone(Member self) implements Members {
        @Override
        public MemberView view() {
            return new MemberView(1, self, List.of(self));
        }

        @Override
        public void onChange(Consumer<MemberView> listener) {}
    }

    private void commitPoison() throws IOException, DataDirectoryException {
        Vertx vertx = EventLoops.create(1);
        VertxTime time = new VertxTime(EventLoops.next(vertx));
        try (DataDirectory data = DataDirectory.open(directory, new SecureRandom(), RaftEngine.MEMORY);
                FileDisk disk = FileDisk.open(data.path(), time, "poison-disk")) {
            Member self = new Member(
                    new MemberAddress("127.0.0.1", 1, 0),
                    Optional.of(data.identity().nodeId()),
                    1,
                    MemberState.UP,
                    true,
                    true,
                    "test",
                    0);
            RaftEngine<byte[]> engine = new RaftEngine<>(
                    RaftConfig.defaults().withFoundsItself(true),
                    RAW,
                    data.identity(),
                    new Ports(time, new SecureRng(), new NoPeers(), disk, new Alone(self)),
                    RaftMetrics.NONE,
                    failure -> {});
            engine.start().toCompletableFuture().join();
            Awaitility.await().until(() -> engine.readiness(Mode.PERSISTENT).ready());
            engine.put(Key.persistent("group", "poison"), new byte[] {1, 127, 127})
                    .toCompletableFuture()
                    .join();
            // The next batch says that it is committed.
            engine.put(Key.persistent("group", "next"), new byte[] {1, 127, 127})
                    .toCompletableFuture()
                    .join();
            engine.stop().toCompletableFuture().join();
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
    }

    @Test
    void atTheStart_theEphemeralSideServes_andPersistentRequestsHearWhy() throws IOException, DataDirectoryException {
        commitPoison();

        try (TestServer server = TestServer.start(directory)) {
            assertThat(server.get("/readyz").statusCode()).isEqualTo(200);
            assertThat(server.get("/readyz/raft").statusCode()).isEqualTo(503);
            assertThat(server.get("/readyz/raft").body()).contains("CommandsReadable");
            assertThat(server.ask("POST", INSTANCE).body()).isEqualTo("ok");
            assertThat(server.get("/nacos/v1/ns/instance/list?serviceName=a").body())
                    .contains("127.0.9.1");
            assertThat(server.ask("POST", INSTANCE + "1&ephemeral=false").statusCode())
                    .isEqualTo(503);
            assertThat(server.get("/v1/core/cluster/events").body()).contains("ENGINE_STOPPED", "CommandsReadable");
            assertThat(server.server().failed()).isEmpty();
        }
    }
}
