package io.muster.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.member.lookup.LookupMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code lookup switch --persist} (R63): one line of the operator's file says something else, and nothing is lost. */
class PropertiesFileTest {

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "server.port=9000|server.port=9000;member.lookup.type=file",
                "# mine;member.lookup.type = auto;server.port=9000|# mine;member.lookup.type=file;server.port=9000",
                "nacos.core.member.lookup.type: address-server|member.lookup.type=file",
                "member.lookup.type=auto;member.lookup.type standalone|member.lookup.type=file",
                "member.lookup.type=\\;  auto;log.level=info|member.lookup.type=file;log.level=info",
                "#member.lookup.type=auto|#member.lookup.type=auto;member.lookup.type=file",
                "member.lookup.types=x|member.lookup.types=x;member.lookup.type=file",
                "a=\\;member.lookup.type=b|a=\\;member.lookup.type=b;member.lookup.type=file"
            })
    void persist_setsTheOneProperty_andKeepsEveryOtherLine(String before, String after) throws IOException {
        Path file = written(before);
        new PropertiesFile(file).persist(LookupMode.FILE);
        assertThat(file).hasContent(after.replace(';', '\n') + "\n");
    }

    @Test
    void persist_followsALink_andKeepsThePermissions() throws IOException {
        Path file = written("server.port=9000");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        Path link = Files.createSymbolicLink(directory.resolve("link"), file);
        new PropertiesFile(link).persist(LookupMode.STANDALONE);
        assertThat(link).isSymbolicLink();
        assertThat(file).hasContent("server.port=9000\nmember.lookup.type=standalone\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void persist_whatIsWrittenInAnUnusualWay_isLeftToTheOperator() throws IOException {
        Path file = written("member.lookup.type=auto;member.lookup.\\u0074ype=auto");
        String before = Files.readString(file);
        assertThatThrownBy(() -> new PropertiesFile(file).persist(LookupMode.FILE))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("by hand");
        assertThat(file).hasContent(before);
        assertThatThrownBy(() -> new PropertiesFile(directory.resolve("absent")).persist(LookupMode.FILE))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("can't be written");
    }

    @Test
    void persistent_withoutAFile_orWhereSomethingOverridesIt_isRefused() throws IOException {
        assertThatThrownBy(() -> configuration(Map.of()).persistent())
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("no configuration file");
        Path file = written("server.port=9000");
        assertThat(configuration(Map.of(), "--config", file.toString())
                        .persistent()
                        .path())
                .isEqualTo(file);
        assertThatThrownBy(() -> configuration(Map.of(), "--config", file.toString(), "--lookup=auto")
                        .persistent())
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("option --lookup would override");
        assertThatThrownBy(() -> configuration(Map.of("MUSTER_MEMBER_LOOKUP_TYPE", "auto"), "--config", file.toString())
                        .persistent())
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("MUSTER_MEMBER_LOOKUP_TYPE would override");
    }

    private Configuration configuration(Map<String, String> environment, String... options) {
        return new Configuration(directory, environment, Map.of(), ServerOptions.parse(List.of(options)));
    }

    private Path written(String lines) throws IOException {
        return Files.writeString(directory.resolve("muster.properties"), lines.replace(';', '\n') + "\n");
    }
}
