package io.muster.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.server.TestServer;
import io.muster.server.config.LogFormat;
import io.muster.server.config.LogLevel;
import io.muster.server.log.ProcessLog;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** R75: what is logged changes at run time, on the node that is asked; X21: and who changed it is known. */
class LogRoutesTest {

    @TempDir
    private Path directory;

    private TestServer server;

    @BeforeEach
    void start() {
        server = TestServer.start(directory);
    }

    @AfterEach
    void stop() {
        ProcessLog.level("io.muster.raft", LogLevel.INFO);
        server.close();
    }

    private HttpResponse<String> set(String path, String name, String level) {
        return server.ask("PUT", path + "?logName=" + name + "&logLevel=" + level);
    }

    @ParameterizedTest
    @CsvSource({
        "/nacos/v1/ns/operator/log,naming-raft,ok",
        "/nacos/v1/ns/ops/log,io.muster.raft,ok",
        "/nacos/v1/core/ops/log,core-raft,200"
    })
    void aLevelIsSet_byOurNamesAndByThoseOfNacos(String path, String name, String answer) {
        HttpResponse<String> response = set(path, name, "debug");
        assertThat(response.body()).isEqualTo(answer);
        assertThat(ProcessLog.level("io.muster.raft")).isEqualTo(LogLevel.DEBUG);
        assertThat(ProcessLog.level("io.muster.raft.core"))
                .as("and all below it")
                .isEqualTo(LogLevel.DEBUG);
    }

    @ParameterizedTest
    @CsvSource({
        "naming-rt",
        "naming-performance",
        "naming-push",
        "naming-event",
        "naming-server",
        "naming-distro",
        "core",
        "core-distro",
        "core-cluster",
        "core-auth"
    })
    void everyNameOfNacosIsKnown(String name) {
        assertThat(set("/v1/core/ops/log", name, "info").statusCode()).isEqualTo(200);
    }

    @Test
    void strangersAreRefused() {
        assertThat(set("/v1/ns/operator/log", "io.netty", "debug"))
                .matches(r -> r.statusCode() == 400 && r.body().contains("logName"));
        assertThat(set("/v1/ns/operator/log", "naming-raft", "loud"))
                .matches(r -> r.statusCode() == 400 && r.body().contains("logLevel"));
    }

    /** Or names without end would be kept for ever. */
    @Test
    void loggersThatNothingUses_areRefused_andNotMade() {
        assertThat(set("/v1/ns/operator/log", "io.muster.no.such", "debug"))
                .matches(r -> r.statusCode() == 400 && r.body().contains("io.muster.no.such"));
        assertThat(ProcessLog.exists("io.muster.no.such")).isFalse();
        assertThat(ProcessLog.exists("io.muster.no")).isFalse();
        assertThat(ProcessLog.exists("io.muster.server")).isTrue();
    }

    @Test
    void theChangeIsAudited_withTheLevelBefore() {
        try (RecordedAudit audit = new RecordedAudit()) {
            set("/v1/ns/operator/log", "naming-raft", "debug");
            assertThat(audit.lines())
                    .singleElement()
                    .satisfies(line -> assertThat(line)
                            .containsAllEntriesOf(Map.of(
                                    "action", "set-log-level-here",
                                    "target", "io.muster.raft",
                                    "address", "127.0.0.1",
                                    "before", "INFO",
                                    "after", "DEBUG")));
        }
    }

    /** Or whoever can change levels could work unseen. */
    @Test
    void theAuditIsNotSilenced_neitherByItsNameNorByThatOfAllOurs() {
        assertThat(set("/v1/ns/operator/log", "io.muster.audit", "off"))
                .matches(r -> r.statusCode() == 400 && r.body().contains("audit"));
        ProcessLog.configure(LogFormat.TEXT, LogLevel.INFO);
        try (RecordedAudit audit = new RecordedAudit()) {
            set("/v1/ns/operator/log", "io.muster", "off");
            set("/v1/ns/operator/log", "io.muster", "info");
            assertThat(audit.lines()).hasSize(2);
        }
    }
}
