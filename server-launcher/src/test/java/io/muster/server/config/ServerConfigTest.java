package io.muster.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.member.MemberAddress;
import io.muster.member.lookup.LookupMode;
import io.muster.member.lookup.MemberFile;
import java.io.IOException;
import java.net.URI;
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
                "--raft.election-timeout-ms=150", "--member.down-after=2", "--naming.lease-max-ms=20000");
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

    @Test
    void deletingUnhealthyInstances_isOff_orLeavesThemTime() {
        assertThat(Sources.NONE
                        .commandLine("--naming.health-delete-after-ms=60000")
                        .config()
                        .naming()
                        .checks()
                        .deleteAfter())
                .hasMinutes(1);
        Sources tooSoon = Sources.NONE.commandLine("--naming.health-delete-after-ms=59999");
        assertThatThrownBy(tooSoon::config)
                .isInstanceOfSatisfying(
                        ConfigException.class,
                        e -> assertThat(e.problems())
                                .singleElement()
                                .asString()
                                .contains("naming.health-delete-after-ms", "59999", "60000"));
    }

    /** R60, R63. */
    @Test
    void lookup_auto_nothingConfigured_isStandalone() {
        assertThat(Sources.NONE.home(home).config().lookup().mode()).isEqualTo(LookupMode.STANDALONE);
    }

    /** R63: the standalone flag comes first. */
    @Test
    void lookup_auto_standaloneFlag_winsOverAMemberList() {
        assertChoice(
                Sources.NONE.jvm("nacos.standalone", "true").commandLine("--members", "a:8001,b:8002"),
                LookupMode.STANDALONE,
                "nacos.standalone is true");
    }

    @Test
    void lookup_auto_memberList_isAFixedFile() {
        Sources sources = Sources.NONE.commandLine("--members", "a:8001,b:8002?peer_port=7000");
        assertChoice(sources, LookupMode.FILE, "member.list names 2 members");
        assertThat(listed(sources))
                .containsExactly(new MemberAddress("a", 8001, 7001), new MemberAddress("b", 8002, 7000));
    }

    @Test
    void lookup_auto_clusterConfThatNamesSomebody_isFile() throws IOException {
        Path file = clusterConf("# members", "", "10.0.0.1:8848 # the first");
        Sources sources = Sources.NONE.home(home);
        assertChoice(sources, LookupMode.FILE, file + " names 1 member");
        assertThat(listed(sources)).containsExactly(new MemberAddress("10.0.0.1", 8848, 7848));
    }

    @Test
    void lookup_auto_clusterConfThatNamesNobody_isStandalone_andSaysSoIfTheFileWasGiven() throws IOException {
        Path file = clusterConf("# nobody", "  ");
        assertChoice(Sources.NONE.home(home), LookupMode.STANDALONE, "no members are configured");
        assertChoice(
                Sources.NONE.home(home).commandLine("--cluster-conf", file.toString()),
                LookupMode.STANDALONE,
                file + " names nobody");
        Path absent = home.resolve("absent.conf");
        assertChoice(
                Sources.NONE.home(home).commandLine("--cluster-conf", absent.toString()),
                LookupMode.STANDALONE,
                absent + " does not exist");
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
        assertChoice(
                Sources.NONE.home(home).commandLine("--lookup=standalone"),
                LookupMode.STANDALONE,
                "member.lookup.type says so");
    }

    /** As in Nacos: where there is no file, the list of the configuration stands for it. */
    @Test
    void lookup_file_takesTheFile_andTheMemberListWhereThereIsNone() throws IOException {
        Sources sources = Sources.NONE.home(home).commandLine("--lookup=file", "--members=a:8001");
        assertThat(listed(sources)).extracting(MemberAddress::host).containsExactly("a");
        clusterConf("b");
        assertThat(listed(sources)).extracting(MemberAddress::host).containsExactly("b");
    }

    @Test
    void addressServer_isAskedAtItsUrl_orAtTheOneOfDomainPortAndPath() {
        assertAsked(
                "http://registry.example/list",
                Sources.NONE.commandLine("--address-server=http://registry.example/list"));
        assertAsked(
                "http://registry.example:8080/nacos/serverlist",
                Sources.NONE.environment("address_server_domain", "registry.example"));
        assertAsked(
                "http://[::1]:81/list",
                Sources.NONE.commandLine(
                        "--address.server.domain=::1", "--address.server.port=81", "--address.server.url=list"));
    }

    private void assertAsked(String url, Sources sources) {
        LookupChoice choice = sources.home(home).config().lookup();
        assertThat(choice.mode()).isEqualTo(LookupMode.ADDRESS_SERVER);
        assertThat(choice.addressServer()).contains(URI.create(url));
    }

    @Test
    void addressServer_needsAGoodUrl() {
        assertProblem("needs a URL like http://", "--lookup=address-server");
        assertProblem("needs a URL like http://", "--address-server=registry.example:80");
        assertProblem("needs a URL like http://", "--address-server=ftp://registry.example/");
    }

    /** R33: an empty list is no silent standalone. */
    @Test
    void clustered_withoutAnyMember_isRefused() throws IOException {
        assertProblem("conf/cluster.conf can't be read: no such file", "--lookup=file");
        assertProblem("member.list names no member", "--members=,");
        clusterConf("# nobody");
        assertProblem("conf/cluster.conf names no member", "--lookup=file");
    }

    /** R61: which line, and what is wrong with it; be the list's mode asked for or found. */
    @Test
    void clustered_faultsOfTheList_areToldLikeAllOthers() throws IOException {
        assertProblem("member.list, entry 2: 'b:b': the port must be", "--members=a:8001,b:b");
        clusterConf("10.0.0.1:8848", "10.0.0.2:x");
        assertProblem("conf/cluster.conf, line 2: '10.0.0.2:x': the port must be");
        assertProblem("conf/cluster.conf, line 2: '10.0.0.2:x': the port must be", "--lookup=file");
    }

    /** X24. */
    @Test
    void clustered_beyondLoopbackWithoutSecret_saysHowToSetOne() {
        assertProblem("cluster.secret is not set", "--members=a:8001", "--host=0.0.0.0");
        assertProblem("MUSTER_CLUSTER_SECRET", "--members=a:8001", "--host=0.0.0.0");
        assertThat(Sources.NONE
                        .home(home)
                        .commandLine("--members=a:8001", "--host=0.0.0.0", "--cluster-secret=hush")
                        .config()
                        .lookup()
                        .clustered())
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "localhost", "::1"})
    void clustered_onLoopback_needsNoSecret(String host) {
        ServerConfig config = Sources.NONE
                .home(home)
                .commandLine("--members=a:8001", "--host", host)
                .config();
        assertThat(config.lookup().clustered()).isTrue();
    }

    /** The secret rule is about members: a node alone has none. */
    @Test
    void standalone_beyondLoopback_needsNoSecret() {
        assertThat(Sources.NONE
                        .home(home)
                        .commandLine("--host=0.0.0.0")
                        .config()
                        .clusterSecret())
                .isEmpty();
    }

    @Test
    void peerPort_mustExist_andBeAnotherThanThePort() {
        assertProblem("leaves no port for members", "--members=a", "--port=1000");
        assertProblem("must differ", "--members=a", "--port=9000", "--peer-port=9000");
        assertThat(Sources.NONE
                        .home(home)
                        .commandLine("--members=a", "--port=1000", "--peer-port=7000")
                        .config()
                        .listen()
                        .peerPort())
                .contains(7000);
    }

    private void assertProblem(String problem, String... options) {
        assertThatThrownBy(Sources.NONE.home(home).commandLine(options)::config)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(problem);
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

    private static void assertChoice(Sources sources, LookupMode mode, String reason) {
        LookupChoice choice = choice(sources);
        assertThat(choice.mode()).isEqualTo(mode);
        assertThat(choice.reason()).isEqualTo(reason);
    }

    private static List<MemberAddress> listed(Sources sources) {
        LookupChoice choice = choice(sources);
        return choice.fixed()
                .map(list -> list.orThrow("the list"))
                .orElseGet(() -> MemberFile.members(choice.file().orElseThrow()));
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
