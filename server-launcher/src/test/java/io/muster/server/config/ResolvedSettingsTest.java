package io.muster.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Precedence, aliases and faults of single values, as the operator interface tells them. */
class ResolvedSettingsTest {

    private static final Sources FILE = Sources.NONE.file("server.port", "9001");
    private static final Sources ENVIRONMENT = FILE.environment("MUSTER_SERVER_PORT", "9002");
    private static final Sources COMMAND_LINE = ENVIRONMENT.commandLine("--server.port=9003");

    @Test
    void precedence_builtInDefault_isLowest() {
        assertPort(Sources.NONE, 8848, "default");
    }

    @Test
    void precedence_file_overridesTheDefault() {
        assertPort(FILE, 9001, "file test.properties");
    }

    @Test
    void precedence_environment_overridesTheFile() {
        assertPort(ENVIRONMENT, 9002, "environment variable MUSTER_SERVER_PORT");
    }

    @Test
    void precedence_commandLine_overridesAll() {
        assertPort(COMMAND_LINE, 9003, "option --server.port");
    }

    @Test
    void precedence_lastOptionWins() {
        assertPort(Sources.NONE.commandLine("--server.port=1", "--port=2"), 2, "option --port");
    }

    private static void assertPort(Sources sources, int port, String origin) {
        ResolvedSettings settings = sources.settings();
        assertThat(settings.problems()).isEmpty();
        assertThat(settings.get(Settings.PORT)).isEqualTo(port);
        assertThat(settings.origin(Settings.PORT)).isEqualTo(origin);
    }

    @Test
    void environment_dotsAndDashesAreUnderscores() {
        ResolvedSettings settings = Sources.NONE
                .environment("MUSTER_SERVER_DATA_DIR_MAX_BYTES", "20000000")
                .settings();
        assertThat(settings.get(Settings.DATA_DIR_MAX_BYTES)).isEqualTo(20_000_000L);
    }

    @Test
    void environment_everySettingHasAVariableOfItsOwn() {
        List<String> variables =
                Settings.ALL.stream().map(Setting::environmentName).toList();
        assertThat(variables).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @ValueSource(strings = {"MUSTER_SERVER_PORT", "MUSTER_CLUSTER_SECRET", "MUSTER_MEMBER_LIST"})
    void environment_blankCountsAsNotGiven(String variable) {
        assertThat(Sources.NONE.environment(variable, "").settings().lines())
                .isEqualTo(Sources.NONE.settings().lines());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "MUSTER_URL",
                "MUSTER_JAVA_OPTS",
                "MUSTER_NO_BUILD",
                "MUSTER_SERVICE_HOST",
                "MUSTER_SERVICE_PORT",
                "MUSTER_SERVICE_PORT_HTTP",
                "MUSTER_PORT",
                "MUSTER_PORT_8848_TCP",
                "MUSTER_PORT_8848_TCP_ADDR",
                "MUSTER_HEADLESS_SERVICE_HOST"
            })
    void environment_variablesOfTheScriptAndOfKubernetesServices_areNotOurs(String variable) {
        assertThat(Sources.NONE
                        .environment(variable, "tcp://10.0.0.1:8848")
                        .settings()
                        .problems())
                .isEmpty();
    }

    /** A number is no address of a service. */
    @Test
    void environment_mistypedPort_isNamed() {
        assertThat(Sources.NONE
                        .environment("MUSTER_SERVR_PORT", "8849")
                        .settings()
                        .problems())
                .containsExactly("unknown environment variable MUSTER_SERVR_PORT; did you mean MUSTER_SERVER_PORT?");
    }

    @ParameterizedTest
    @CsvSource({
        "nacos.core.member.lookup.type, standalone, member.lookup.type",
        "nacos.member.list, 10.0.0.1:8848, member.list",
        "address.server.domain, registry.example, member.lookup.address-server.domain",
        "address.server.port, 8081, member.lookup.address-server.port",
        "address.server.url, /list, member.lookup.address-server.path",
        "nacos.core.protocol.raft.data.election_timeout_ms, 5000, raft.election-timeout-ms",
        "nacos.core.protocol.distro.data.sync_delay_ms, 100, distro.sync-delay-ms",
        "nacos.core.protocol.distro.data.verify_interval_ms, 100, distro.verify-interval-ms",
        "nacos.standalone, true, nacos.standalone"
    })
    void aliases_nacosNamesWorkInTheFileOnTheCommandLineAndForTheJvm(String alias, String value, String property) {
        String expected = property + " = " + value;
        assertThat(Sources.NONE.file(alias, value).settings().lines())
                .containsSequence("# file test.properties", expected);
        assertThat(Sources.NONE
                        .commandLine("--" + alias + "=" + value)
                        .settings()
                        .lines())
                .containsSequence("# option --" + alias, expected);
        assertThat(Sources.NONE.jvm(alias, value).settings().lines())
                .containsSequence("# JVM property -D" + alias, expected);
    }

    @ParameterizedTest
    @CsvSource({
        "address_server_domain, registry.example, member.lookup.address-server.domain",
        "address_server_port, 8081, member.lookup.address-server.port",
        "address_server_url, /list, member.lookup.address-server.path",
        "NACOS_MEMBER_LIST, 10.0.0.1:8848, member.list",
        "NACOS_CORE_MEMBER_LOOKUP_TYPE, standalone, member.lookup.type",
        "NACOS_STANDALONE, true, nacos.standalone"
    })
    void aliases_nacosEnvironmentVariablesWork(String variable, String value, String property) {
        assertThat(Sources.NONE.environment(variable, value).settings().lines())
                .containsSequence("# environment variable " + variable, property + " = " + value);
    }

    @Test
    void aliases_ownNameWinsOverTheAliasInOnePlace() {
        Sources both = Sources.NONE.file("member.list", "own:1").file("nacos.member.list", "alias:1");
        assertThat(both.settings().get(Settings.MEMBER_LIST)).containsExactly("own:1");
    }

    @Test
    void aliases_inAHigherPlaceWinOverTheOwnName() {
        Sources both = Sources.NONE.file("member.list", "own:1").environment("NACOS_MEMBER_LIST", "alias:1");
        assertThat(both.settings().get(Settings.MEMBER_LIST)).containsExactly("alias:1");
    }

    /** As in Nacos: where the address server is, the environment wins over JVM properties; elsewhere it does not. */
    @Test
    void environment_winsOverJvmProperties_whereTheAddressServerIs() {
        assertThat(Sources.NONE
                        .environment("address_server_domain", "of-the-environment")
                        .jvm("address.server.domain", "of-the-jvm")
                        .environment("NACOS_MEMBER_LIST", "a:1")
                        .jvm("nacos.member.list", "b:1")
                        .settings()
                        .lines())
                .contains("member.lookup.address-server.domain = of-the-environment", "member.list = b:1");
    }

    /** Nacos' properties of the address server keep no server from starting. */
    @Test
    void propertiesOfTheAddressServer_underNacosNames_areTaken() {
        assertThat(Sources.NONE
                        .jvm("maxHealthCheckFailCount", "3")
                        .jvm("nacos.core.address-server.retry", "7")
                        .settings()
                        .lines())
                .contains("member.lookup.address-server.ill-after = 3", "nacos.core.address-server.retry = 7");
    }

    @Test
    void jvm_propertiesOfOthersAndOurOwnNamesDoNotCount() {
        assertThat(Sources.NONE
                        .jvm("nacos.home", "/x")
                        .jvm("server.port", "1")
                        .settings()
                        .lines())
                .isEqualTo(Sources.NONE.settings().lines());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "server.port | -1 | takes a port from 1 to 65535, or 0 for any free one",
                "server.port | 65536 | takes a port from 1 to 65535, or 0 for any free one",
                "server.port | 80a | takes a port from 1 to 65535, or 0 for any free one",
                "server.port | 8848.0 | takes a port from 1 to 65535, or 0 for any free one",
                "server.host | 127.0.0.1:80 | takes a host name or an IP address, without port",
                "server.host | a b | takes a host name or an IP address, without port",
                "server.data-dir-max-bytes | 16777215 | takes bytes, at least 16777216",
                "server.data-dir-max-bytes | 99999999999999999999 | takes bytes, at least 16777216",
                "member.lookup.type | zookeeper | takes one of auto, standalone, file, address-server",
                "member.lookup.type | STANDALONE | takes one of auto, standalone, file, address-server",
                "nacos.standalone | ture | takes true or false",
                "raft.heartbeat-ms | 0 | takes milliseconds from 10 to 86400000",
                "raft.election-timeout-ms | 31536000000 | takes milliseconds from 50 to 86400000",
                "raft.write-timeout-ms | 86400001 | takes milliseconds from 100 to 86400000",
                "server.advertise | registry | takes a host and a port from 1 to 65535, as host:port or [IPv6]:port",
                "server.advertise | :8848 | takes a host and a port from 1 to 65535, as host:port or [IPv6]:port",
                "server.advertise | a:0 | takes a host and a port from 1 to 65535, as host:port or [IPv6]:port",
                "server.advertise | a:1?x=y | takes a host and a port from 1 to 65535, as host:port or [IPv6]:port",
                "server.advertise | ::1:8848 | takes a host and a port from 1 to 65535, as host:port or [IPv6]:port",
                "raft.heartbeat-ms | 1s | takes milliseconds from 10 to 86400000",
                "raft.snapshot-every-entries | -5 | takes a whole number from 100 to 2147483647",
                "naming.expiry-guard-share | NaN | takes a number from 0 to 1",
                "naming.expiry-guard-share | 1.1 | takes a number from 0 to 1",
                "naming.expiry-guard-share | -0.1 | takes a number from 0 to 1",
                "distro.cold-start-hold-ms | 600001 | takes milliseconds from 0 to 600000",
                "log.format | xml | takes one of text, json",
                "log.level | loud | takes one of trace, debug, info, warn, error, off"
            })
    void faults_nameTheProperty_itsValue_itsSource_andWhatIsAllowed(String property, String value, String allowed) {
        assertThat(Sources.NONE.file(property, value).settings().problems())
                .containsExactly(property + " = " + value + " (file test.properties): " + allowed);
    }

    @Test
    void faults_ofASecret_doNotShowIt() {
        assertThat(Sources.NONE.commandLine("--cluster-secret=hush").settings().lines())
                .anySatisfy(line -> assertThat(line).isEqualTo("# cluster.secret = ********"))
                .noneSatisfy(line -> assertThat(line).contains("hush"));
    }

    @Test
    void faults_unknownProperty_namesTheNearest() {
        Sources sources = Sources.NONE
                .file("server.prot", "1")
                .environment("MUSTER_SERVER_HOSTS", "x")
                .commandLine("--raft.heartbeat=1", "--completely.different.thing-of-no-kind-at-all=1");
        assertThat(sources.settings().problems())
                .containsExactly(
                        "unknown property server.prot (file test.properties); did you mean server.port?",
                        "unknown environment variable MUSTER_SERVER_HOSTS; did you mean MUSTER_SERVER_HOST?",
                        "unknown property raft.heartbeat (option --raft.heartbeat); did you mean raft.heartbeat-ms?",
                        "unknown property completely.different.thing-of-no-kind-at-all"
                                + " (option --completely.different.thing-of-no-kind-at-all)");
    }

    @Test
    void faults_kubernetesServiceLinkInPlaceOfThePort_isExplained() {
        assertThat(Sources.NONE
                        .environment("MUSTER_SERVER_PORT", "tcp://10.0.0.1:8848")
                        .settings()
                        .problems())
                .singleElement()
                .asString()
                .contains("Kubernetes", "enableServiceLinks");
    }

    @Test
    void lines_readAsAPropertiesFile_inTheOrderOfTheSettings() {
        List<String> lines = Sources.NONE.commandLine("--port=9000").settings().lines();
        assertThat(lines).hasSize(2 * Settings.ALL.size());
        assertThat(lines)
                .startsWith(
                        "# default",
                        "server.host = 127.0.0.1",
                        "# option --port",
                        "server.port = 9000",
                        "# not set",
                        "# server.peer-port =");
    }

    /** The output of {@code --print-config} is a configuration file that gives the same configuration, whatever the values hold. */
    @Test
    void lines_areTakenAsAFile_andGiveTheSame() throws IOException {
        Sources sources = Sources.NONE
                .home(Path.of("home"))
                .environment("MUSTER_SERVER_DATA_DIR", "C:\\temp\\new # 1\tü")
                .environment("MUSTER_MEMBER_LIST", "a:1,b:2")
                .commandLine("--server.advertise=[::1]:8848", "--address-server=http://a:1/x?y=z!");
        ResolvedSettings settings = sources.settings();
        Properties read = new Properties();
        read.load(new StringReader(String.join("\n", settings.lines())));
        Sources again = Sources.NONE.home(Path.of("elsewhere"));
        for (String name : read.stringPropertyNames()) {
            again = again.file(name, read.getProperty(name));
        }
        ResolvedSettings reread = again.settings();
        assertThat(reread.problems()).isEmpty();
        assertThat(reread.path(Settings.DATA_DIR)).isEqualTo(settings.path(Settings.DATA_DIR));
        assertThat(reread.path(Settings.CLUSTER_CONF)).isEqualTo(settings.path(Settings.CLUSTER_CONF));
        for (Setting<?> setting : Settings.ALL) {
            if (!setting.equals(Settings.CLUSTER_CONF)) {
                assertThat(reread.find(setting)).as(setting.name()).isEqualTo(settings.find(setting));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"server.host,server.host,0", "server.prot,server.port,2", "a,'',1", "kitten,sitting,3"})
    void nearest_distance_countsChangedLetters(String from, String to, int distance) {
        assertThat(Nearest.distance(from, to)).isEqualTo(distance);
        assertThat(Nearest.distance(to, from)).isEqualTo(distance);
    }
}
