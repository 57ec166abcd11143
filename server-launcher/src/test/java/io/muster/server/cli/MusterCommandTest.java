package io.muster.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.server.TestServer;
import io.muster.server.config.ProductVersion;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The admin commands against a server that all tests share and none changes. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MusterCommandTest {

    private TestServer server;

    @BeforeAll
    void start(@TempDir Path directory) {
        server = TestServer.start(directory);
        server.ask("POST", "/v1/ns/instance?serviceName=shop&ip=127.0.9.1&port=80&metadata=zone%3Da");
        server.ask("POST", "/v1/ns/instance?serviceName=g@@pay&ip=127.0.9.2&port=81&ephemeral=false");
    }

    @AfterAll
    void stop() {
        server.close();
    }

    /** What a command printed and how it ended. */
    private record Result(int exitCode, String out, String err) {}

    private Result run(String line) {
        List<String> arguments = new ArrayList<>(List.of(line.split(" ")));
        arguments.addAll(List.of("--server", server.url()));
        return runAsIs(arguments);
    }

    private static Result runAsIs(List<String> arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = MusterCommand.run(
                arguments, new ProductVersion("1.2.3"), new PrintWriter(out), new PrintWriter(err, true));
        return new Result(exitCode, out.toString(), err.toString());
    }

    @Test
    void status_tellsWhoItIs_andThatItIsReady() {
        Result result = run("status");
        assertThat(result.exitCode()).isZero();
        assertThat(result.out())
                .contains("node id", "cluster id")
                .containsPattern("ready +yes")
                .containsPattern("raft role +LEADER")
                .containsPattern("services +2")
                .contains("[+] distro: ready")
                .containsPattern(
                        "MEMBER +STATE +READY +ROLE +TERM +APPLIED +LAG +RAFT DIGEST +RECORDS +DISTRO DIGEST +LOOKUP")
                .containsPattern(
                        "127\\.0\\.0\\.1:\\d+ +UP +yes +LEADER +\\d+ +\\d+ +0 +not compared +1 +not compared +standalone")
                .containsPattern("lookup configured +standalone: no members are configured");
    }

    @Test
    void lookup_showsModes_andRefusesWhatTheServerRefuses() {
        assertThat(run("lookup show").out())
                .containsPattern("configured +standalone: no members are configured")
                .containsPattern("running +standalone")
                .containsPattern("members +127\\.0\\.0\\.1:\\d+");
        assertThat(run("lookup switch standalone").out()).containsPattern("changed +no, it was that before");
        assertThat(run("lookup reload").out()).containsPattern("changed +no");
        Result refused = run("lookup switch address-server --dry-run");
        assertThat(refused.exitCode()).isEqualTo(ExitCode.FAILED.code());
        assertThat(refused.err()).contains("needs a URL");
        assertThat(run("lookup switch standalone --persist").err()).contains("no configuration file");
    }

    @Test
    void events_areShownWithTimes() {
        assertThat(run("events").out())
                .startsWith("ID ")
                .containsPattern("1 +\\d{4}-\\S+Z +LIST_TAKEN +the members as listed: 127\\.0\\.0\\.1:\\d+")
                .containsPattern("2 +\\d{4}-\\S+Z +LEADER_CHANGED +127\\.0\\.0\\.1:\\d+ leads");
        assertThat(run("events --since 2").out().lines()).hasSize(1);
    }

    @Test
    void members_showsThisOne() {
        assertThat(run("members").out()).containsPattern("127\\.0\\.0\\.1:\\d+ +UP");
    }

    @Test
    void services_showsThoseOfAllGroups() {
        assertThat(run("services").out().lines())
                .containsExactly(
                        "GROUP          SERVICE  CLUSTERS  INSTANCES  HEALTHY  PROTECTING",
                        "DEFAULT_GROUP  shop     1         1          1        no",
                        "g              pay      1         1          1        no");
    }

    @Test
    void services_ofAGroup() {
        assertThat(run("services --group g").out().lines())
                .containsExactly(
                        "GROUP  SERVICE  CLUSTERS  INSTANCES  HEALTHY  PROTECTING",
                        "g      pay      1         1          1        no");
    }

    @Test
    void instances_showsThem() {
        assertThat(run("instances shop").out())
                .containsPattern("127\\.0\\.9\\.1:80 +DEFAULT +yes +yes +1\\.0 +ephemeral +- +zone=a");
        assertThat(run("instances g@@pay").out()).containsPattern("127\\.0\\.9\\.2:81 .* persistent ");
    }

    @Test
    void namespaces_showsPublic() {
        assertThat(run("namespaces").out()).containsPattern("public +public");
    }

    @Test
    void switches_showsThem_andRefusesAWrongValueWithTheServersWords() {
        assertThat(run("switches").out()).containsPattern("pushEnabled +true");
        Result refused = run("switches defaultCacheMillis 1");
        assertThat(refused.exitCode()).isEqualTo(ExitCode.FAILED.code());
        assertThat(refused.err()).contains("the server answered 400");
        assertThat(run("switches pushEnabled").exitCode()).isEqualTo(ExitCode.USAGE.code());
    }

    @Test
    void raftStatus_showsLogAndPeers() {
        assertThat(run("raft status").out()).containsPattern("role +LEADER").contains("MATCH INDEX");
    }

    @Test
    void raftSnapshot_saysThatItIsTaken() {
        assertThat(run("raft snapshot").out()).isEqualToIgnoringNewLines("snapshot taken");
    }

    @Test
    void distroStatus_showsCounts() {
        assertThat(run("distro status").out()).containsPattern("records +1");
    }

    @Test
    void log_changesALevel() {
        assertThat(run("log info io.muster.raft").exitCode()).isZero();
        assertThat(run("log info org.example").exitCode()).isEqualTo(ExitCode.FAILED.code());
    }

    @ParameterizedTest
    @ValueSource(strings = {"status", "switches", "raft status", "distro status", "lookup show", "events"})
    void json_isForPrograms(String command) {
        assertThat(new JsonObject(run(command + " --json").out())).isNotEmpty();
    }

    @Test
    void unreachableServer_isToldWithTheWayToNameAnother() {
        Result result = runAsIs(List.of("status", "--server", "http://127.0.0.1:1"));
        assertThat(result.exitCode()).isEqualTo(ExitCode.UNAVAILABLE.code());
        assertThat(result.err()).contains("no server answers at http://127.0.0.1:1", "MUSTER_URL");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"nonsense", "status --nonsense", "raft", "instances", "lookup", "lookup switch", "address-server"
            })
    void badUsage_hasItsExitCode(String line) {
        Result result = runAsIs(List.of(line.split(" ")));
        assertThat(result.exitCode()).isEqualTo(ExitCode.USAGE.code());
        assertThat(result.err()).isNotBlank();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--help",
                "-h",
                "status --help",
                "raft status -h",
                "server --help",
                "lookup switch -h",
                "address-server -h",
                "demo -h"
            })
    void help_isShown(String line) {
        Result result = runAsIs(List.of(line.split(" ")));
        assertThat(result.exitCode()).isZero();
        assertThat(result.out()).contains("Usage: muster");
    }

    @Test
    void help_listsEveryCommand() {
        assertThat(runAsIs(List.of("--help")).out())
                .contains("server", "address-server", "demo", "status", "members", "services", "instances")
                .contains("namespaces", "switches", "events", "lookup", "raft", "distro", "log")
                .contains("subscribers", "overlays", "completion");
    }

    /** Exit code 78, as a server with that list has. */
    @Test
    void addressServer_withABadList_saysWhy() {
        Result result = runAsIs(List.of("address-server", "--cluster-conf", "/dev/null", "--port", "0"));
        assertThat(result.exitCode()).isEqualTo(ExitCode.CONFIGURATION.code());
        assertThat(result.err()).contains("/dev/null names no member");
    }

    @Test
    void help_ofTheServer_listsEveryShortForm() {
        assertThat(runAsIs(List.of("server", "--help")).out())
                .contains("--port", "--data-dir", "--raft.heartbeat-ms", "--print-config", "--log-format");
    }

    @Test
    void version_isThatOfTheBuild() {
        assertThat(runAsIs(List.of("--version")).out()).isEqualToIgnoringNewLines("muster 1.2.3");
    }
}
