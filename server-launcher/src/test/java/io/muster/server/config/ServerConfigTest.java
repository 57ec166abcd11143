package io.muster.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.member.lookup.LookupMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the settings come down to: relations between them, the lookup mode, the secret rule, and where paths begin. */
class ServerConfigTest {

    @TempDir
    private Path home;

    @Test
    void defaults_areThoseOfTheOperatorInterface() {
        ServerConfig config = Sources.NONE.config();
        assertThat(config.listen().host()).isEqualTo("127.0.0.1");
        assertThat(config.listen().port()).isEqualTo(8848);
        assertThat(config.raft().heartbeat()).isEqualTo(Duration.ofMillis(100));
        assertThat(config.raft().electionTimeout()).isEqualTo(Duration.ofSeconds(1));
        assertThat(config.distro().coldStartHold()).isEqualTo(Duration.ofSeconds(15));
        assertThat(config.naming().unhealthyAfter()).isEqualTo(Duration.ofSeconds(15));
        assertThat(config.naming().removeAfter()).isEqualTo(Duration.ofSeconds(30));
        assertThat(config.clusterSecret()).isEmpty();
    }

    @Test
    void paths_builtInDefaultsBeginAtTheHome_givenOnesAtTheWorkingDirectory() {
        Sources sources = Sources.NONE.home(home);
        assertThat(sources.config().data().directory()).isEqualTo(home.resolve("data"));
        assertThat(sources.commandLine("--data-dir", "there").config().data().directory())
                .isEqualTo(Path.of("there"));
    }

    @Test
    void relations_faultsNameBothSettings() {
        Sources sources = Sources.NONE.commandLine(
                "--raft.election-timeout-ms=150", "--member.down-after=1", "--naming.lease-max-ms=20000");
        assertThatThrownBy(sources::config)
                .isInstanceOfSatisfying(
                        ConfigException.class,
                        e -> assertThat(e.problems())
                                .satisfiesExactly(
                                        one -> assertThat(one)
                                                .contains("raft.election-timeout-ms", "raft.heartbeat-ms", "twice"),
                                        two -> assertThat(two).contains("member.down-after", "member.suspicious-after"),
                                        three -> assertThat(three)
                                                .contains("naming.remove-after-ms", "naming.lease-max-ms")));
    }

    /** R60, R63. */
    @Test
    void lookup_auto_nothingConfigured_isStandalone() {
        assertThat(Sources.NONE.home(home).config().lookup().mode()).isEqualTo(LookupMode.STANDALONE);
    }

    /** R63: the standalone flag comes first. */
    @Test
    void lookup_auto_standaloneFlag_winsOverAMemberList() {
        LookupChoice choice =
                choice(Sources.NONE.jvm("nacos.standalone", "true").commandLine("--members", "a:1,b:2"));
        assertThat(choice).isEqualTo(new LookupChoice(LookupMode.STANDALONE, "nacos.standalone is true"));
    }

    @Test
    void lookup_auto_memberList_isAFixedFile() {
        assertThat(choice(Sources.NONE.commandLine("--members", "a:1,b:2")))
                .isEqualTo(new LookupChoice(LookupMode.FILE, "member.list names 2 members"));
    }

    @Test
    void lookup_auto_clusterConfThatNamesSomebody_isFile() throws IOException {
        Path file = clusterConf("# members", "", "10.0.0.1:8848 # the first");
        assertThat(choice(Sources.NONE.home(home)))
                .isEqualTo(new LookupChoice(LookupMode.FILE, file + " names 1 member"));
    }

    @Test
    void lookup_auto_clusterConfThatNamesNobody_isStandalone() throws IOException {
        clusterConf("# nobody", "  ");
        assertThat(choice(Sources.NONE.home(home)).mode()).isEqualTo(LookupMode.STANDALONE);
    }

    @Test
    void lookup_auto_addressServer_comesLast() throws IOException {
        Sources sources = Sources.NONE.home(home).environment("address_server_domain", "registry.example");
        assertThat(choice(sources).mode()).isEqualTo(LookupMode.ADDRESS_SERVER);
        clusterConf("10.0.0.1:8848");
        assertThat(choice(sources).mode()).isEqualTo(LookupMode.FILE);
    }

    @Test
    void lookup_modeThatIsConfigured_isNotSecondGuessed() throws IOException {
        clusterConf("10.0.0.1:8848");
        LookupChoice choice = choice(Sources.NONE.home(home).commandLine("--lookup=standalone"));
        assertThat(choice).isEqualTo(new LookupChoice(LookupMode.STANDALONE, "member.lookup.type says so"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"--lookup=file", "--lookup=address-server", "--members=a:1"})
    void clustered_isRefusedInThisVersion_withTheWayOut(String option) {
        assertThatThrownBy(Sources.NONE.home(home).commandLine(option)::config)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("clustered modes come with a later version")
                .hasMessageContaining("--lookup standalone");
    }

    @Test
    void clustered_beyondLoopbackWithoutSecret_saysHowToSetOne() {
        assertThatThrownBy(Sources.NONE.home(home).commandLine("--members=a:1", "--host=0.0.0.0")::config)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("cluster.secret is not set")
                .hasMessageContaining("MUSTER_CLUSTER_SECRET");
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "localhost", "::1"})
    void clustered_onLoopback_needsNoSecret(String host) {
        assertThatThrownBy(Sources.NONE.home(home).commandLine("--members=a:1", "--host", host)::config)
                .hasMessageNotContaining("cluster.secret");
    }

    @Test
    void file_byDefaultUnderTheHome_onlyIfItIsThere() throws IOException {
        ServerOptions none = ServerOptions.parse(List.of());
        assertThat(ConfigSources.read(home, Map.of(), Map.of(), none).fileProperties())
                .isEmpty();
        write("conf/muster.properties", "server.port = 9000");
        assertThat(ConfigSources.read(home, Map.of(), Map.of(), none).fileProperties())
                .isEqualTo(Map.of("server.port", "9000"));
    }

    @Test
    void file_thatIsNamedMustExist() {
        ServerOptions options =
                ServerOptions.parse(List.of("--config", home.resolve("absent").toString()));
        assertThatThrownBy(() -> ConfigSources.read(home, Map.of(), Map.of(), options))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("absent");
    }

    @Test
    void secret_isNeverShown() {
        ServerConfig config = Sources.NONE.commandLine("--cluster-secret=hush").config();
        assertThat(config.clusterSecret())
                .hasValueSatisfying(secret -> assertThat(secret.matches("hush")).isTrue());
        assertThat(config.toString()).doesNotContain("hush");
    }

    private static LookupChoice choice(Sources sources) {
        return LookupChoice.of(sources.settings());
    }

    private Path clusterConf(String... lines) throws IOException {
        return write("conf/cluster.conf", lines);
    }

    private Path write(String name, String... lines) throws IOException {
        Path file = home.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.write(file, List.of(lines));
    }
}
