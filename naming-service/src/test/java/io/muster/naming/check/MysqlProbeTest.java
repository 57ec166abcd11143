package io.muster.naming.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.muster.naming.model.HealthChecker;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MysqlProbeTest {

    private static final String PASSWORD = "s3crët";
    private static final String MASTER_QUESTION = "show global variables where variable_name='read_only'";

    private final ProbeFixture fixture = new ProbeFixture();
    private final MysqlProbe probe = new MysqlProbe(fixture.vertx.createNetClient());
    private final MysqlServer server = new MysqlServer(PASSWORD);

    @AfterEach
    void close() {
        fixture.close();
    }

    private String check(String password, String command) {
        return fixture.probe(
                probe, new HealthChecker.Mysql("checker", password, command), fixture.listener(server::serve));
    }

    @Test
    void loginAndCommand_pass_andItSaysGoodbye() {
        assertThat(check(PASSWORD, "")).isEqualTo("ok");
        await().untilAsserted(() -> assertThat(server.heard).containsExactly("user checker", "query select 1", "quit"));
    }

    @ParameterizedTest
    @CsvSource({
        "mysql_native_password, ''",
        "caching_sha2_password, ''",
        "mysql_native_password, caching_sha2_password",
        "caching_sha2_password, mysql_native_password",
        "something_else, mysql_native_password"
    })
    void thePassword_isProvedAsTheServerWantsIt(String greetsWith, String switchesTo) {
        server.greetsWith = greetsWith;
        server.switchesTo = switchesTo;
        assertThat(check(PASSWORD, "select 1")).isEqualTo("ok");
        assertThat(server.heard).noneMatch(heard -> heard.startsWith("out of order"));
    }

    @ParameterizedTest
    @ValueSource(strings = {MysqlPackets.NATIVE, MysqlPackets.CACHING_SHA2})
    void aWrongPassword_isToldAsTheServerTellsIt(String plugin) {
        server.greetsWith = plugin;
        assertThat(check("wrong", "select 1")).isEqualTo("MySQL 1045: Access denied for user");
    }

    @Test
    void aServerThatMustSeeThePassword_getsItSealed() {
        server.greetsWith = MysqlPackets.CACHING_SHA2;
        server.knowsPasswordByHash = false;
        assertThat(checkAllowed(PASSWORD)).isEqualTo("ok");
        assertThat(server.heard).contains("asks for the key: [2]");
        assertThat(checkAllowed("wrong")).startsWith("MySQL 1045");
    }

    private String checkAllowed(String password) {
        return fixture.probe(
                probe, new HealthChecker.Mysql("checker", password, "select 1", true), fixture.listener(server::serve));
    }

    /** Whoever may register an instance could be that server, with a key of his own. */
    @Test
    void noServerGetsThePassword_unlessTheCheckerSaysSo() {
        server.greetsWith = MysqlPackets.CACHING_SHA2;
        server.knowsPasswordByHash = false;
        assertThat(check(PASSWORD, "select 1")).contains("allowPublicKeyRetrieval");
        assertThat(server.heard).containsExactly("user checker");
    }

    @Test
    void noPassword_isOneToo() {
        MysqlServer open = new MysqlServer("");
        int port = fixture.listener(open::serve);
        assertThat(fixture.probe(probe, new HealthChecker.Mysql("checker", "", "select 1"), port))
                .isEqualTo("ok");
        open.switchesTo = MysqlPackets.NATIVE;
        assertThat(fixture.probe(probe, new HealthChecker.Mysql("checker", "", "select 1"), port))
                .isEqualTo("ok");
    }

    @Test
    void aCommandThatFails_isAFailure() {
        server.answer = MysqlServer.error(1_146, "Table 'a.b' doesn't exist");
        assertThat(check(PASSWORD, "select * from a.b")).isEqualTo("MySQL 1146: Table 'a.b' doesn't exist");
        assertThat(fixture.certain).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"ON, read-only", "OFF, ok"})
    void aReplica_isNoMaster(String readOnly, String verdict) {
        server.answersRow("read_only", readOnly);
        assertThat(check(PASSWORD, MASTER_QUESTION)).isEqualTo(verdict);
        assertThat(fixture.certain).isTrue();
    }

    @Test
    void anyOtherRow_passes_alsoInPieces() {
        server.fragmentBytes = 3;
        server.answersRow("1", "ON");
        assertThat(check(PASSWORD, "select 1, 'ON'")).isEqualTo("ok");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ff ff ff 00",
                "00 00 00 00",
                "03 00 00 00 0a 38 00",
                "05 00 00 00 48 54 54 50 2f",
                "07 00 00 00 ff 10 04 54 6f 6f 6d"
            })
    void whoSpeaksSomethingElse_fails(String hex) {
        int port = fixture.listener(socket -> socket.write(MysqlServer.packet(hex)));
        assertThat(fixture.probe(probe, new HealthChecker.Mysql("u", "p", ""), port))
                .isNotEqualTo("ok")
                .doesNotStartWith("not made");
    }

    @Test
    void whoHangsUp_fails() {
        int port = fixture.listener(NetSocket::close);
        assertThat(fixture.probe(probe, new HealthChecker.Mysql("u", "p", ""), port))
                .isEqualTo("connection closed");
        assertThat(fixture.probe(probe, new HealthChecker.Mysql("u", "p", ""), ProbeFixture.closedPort()))
                .isEqualTo("refused");
    }

    @Test
    void whoNeverGreets_isLetGoWhenCancelled() throws Exception {
        CompletableFuture<Void> connected = new CompletableFuture<>();
        CompletableFuture<Void> closed = new CompletableFuture<>();
        int port = fixture.listener(socket -> {
            socket.closeHandler(closed::complete);
            connected.complete(null);
        });
        CompletableFuture<Probe.Running> begun = new CompletableFuture<>();
        CompletableFuture<String> told =
                fixture.begin(probe, new HealthChecker.Mysql("u", "p", ""), port, begun::complete);
        connected.get(20, TimeUnit.SECONDS);
        fixture.vertx.runOnContext(ignored -> {});
        begun.get(20, TimeUnit.SECONDS).cancel();
        closed.get(20, TimeUnit.SECONDS);
        assertThat(told).isNotDone();
    }

    @Test
    void everyPrefixOfAGreeting_isRefusedOrWaitedFor() {
        Buffer greeting = Buffer.buffer();
        new MysqlServerGreeting().into(greeting);
        for (int length = 1; length < greeting.length(); length++) {
            Buffer cut = greeting.getBuffer(0, length);
            try {
                MysqlPackets.handshake(cut);
            } catch (IllegalArgumentException e) {
                assertThat(e).hasMessageContaining("greeting");
            }
        }
    }

    /** As MySQL 5.7 sent it. */
    private static final class MysqlServerGreeting {
        void into(Buffer buffer) {
            buffer.appendBuffer(
                    MysqlServer.packet("0a 35 2e 37 2e 34 34 00 08 00 00 00 12 3f 1a 60 0c 5b 37 11 00 ff ff 08 "
                            + "02 00 ff c1 15 00 00 00 00 00 00 00 00 00 00 63 3a 10 4e 6f 21 5e 38 6a 2c 20 45 00 6d 79 73 71 6c 5f 6e 61 "
                            + "74 69 76 65 5f 70 61 73 73 77 6f 72 64 00"));
        }
    }
}
