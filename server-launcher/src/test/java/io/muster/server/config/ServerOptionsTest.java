package io.muster.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.server.config.ServerOptions.GivenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServerOptionsTest {

    @ParameterizedTest
    @ValueSource(strings = {"--port 9000", "--port=9000"})
    void parse_shortForm_standsForItsProperty(String line) {
        assertThat(parse(line).properties()).containsExactly(new GivenOption("server.port", "9000", "--port"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"--raft.heartbeat-ms 50", "--raft.heartbeat-ms=50"})
    void parse_anyPropertyIsAnOption(String line) {
        assertThat(parse(line).properties())
                .containsExactly(new GivenOption("raft.heartbeat-ms", "50", "--raft.heartbeat-ms"));
    }

    @Test
    void parse_valueMayHoldAnEqualsSign() {
        assertThat(parse("--cluster-secret=a=b").properties())
                .containsExactly(new GivenOption("cluster.secret", "a=b", "--cluster-secret"));
    }

    @Test
    void parse_configPrintConfigAndHelpAreNoProperties() {
        ServerOptions options = parse("--config my.properties --print-config --help");
        assertThat(options.configFile()).contains("my.properties");
        assertThat(options.printConfig()).isTrue();
        assertThat(options.help()).isTrue();
        assertThat(options.properties()).isEmpty();
    }

    @Test
    void parse_unknownDottedOption_isLeftToTheConfiguration() {
        assertThat(parse("--server.prot=1").properties())
                .containsExactly(new GivenOption("server.prot", "1", "--server.prot"));
    }

    @ParameterizedTest
    @CsvSource({
        "--prot 9000, unknown option --prot; did you mean --port?",
        "--print-confg, unknown option --print-confg; did you mean --print-config?",
        "--port, option --port needs a value",
        "--port --host localhost, option --port needs a value",
        "--config, option --config needs a value",
        "9000, '9000' is not an option; options begin with --",
        "-p 9000, '-p' is not an option; options begin with --"
    })
    void parse_badUsage_saysWhatIsWrong(String line, String message) {
        assertThatThrownBy(() -> parse(line)).isInstanceOf(UsageException.class).hasMessage(message);
    }

    private static ServerOptions parse(String line) {
        return ServerOptions.parse(List.of(line.split(" ")));
    }
}
