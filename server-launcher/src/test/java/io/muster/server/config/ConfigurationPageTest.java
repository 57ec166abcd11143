package io.muster.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Holds {@code docs/configuration.md} and the sample file to the settings. */
class ConfigurationPageTest {

    private static final Path PAGE = Path.of("..", "docs", "configuration.md");
    private static final Path SAMPLE = Path.of("..", "conf", "muster.properties.example");

    @Test
    void page_hasARowForEverySetting_inOrder() throws IOException {
        List<String> rows = Files.readAllLines(PAGE).stream()
                .filter(line -> line.matches("\\| `[a-z.-]+` \\| .* \\| .* \\| .* \\| .* \\|"))
                .toList();
        assertThat(rows)
                .containsExactlyElementsOf(
                        Settings.ALL.stream().map(ConfigurationPageTest::row).toList());
    }

    private static String row(Setting<?> setting) {
        return "| `%s` | %s | %s | %s | %s |"
                .formatted(
                        setting.name(),
                        setting.shortForm().map(ConfigurationPageTest::code).orElse(""),
                        setting.defaultText().map(ConfigurationPageTest::code).orElse(""),
                        setting.allowed(),
                        setting.meaning());
    }

    private static String code(String text) {
        return "`" + text + "`";
    }

    @Test
    void page_namesEveryAlias() throws IOException {
        String page = Files.readString(PAGE);
        for (Setting<?> setting : Settings.ALL) {
            for (String alias : setting.aliases()) {
                assertThat(page).contains("| `" + alias + "` | `" + setting.name() + "` |");
            }
        }
    }

    @Test
    void sample_showsEverySettingWithItsDefault_commentedOut() throws IOException {
        Pattern line = Pattern.compile("#([a-z.-]+=.*)");
        List<String> shown = Files.readAllLines(SAMPLE).stream()
                .map(line::matcher)
                .filter(Matcher::matches)
                .map(matcher -> matcher.group(1))
                .toList();
        assertThat(shown)
                .containsExactlyElementsOf(Settings.ALL.stream()
                        .map(setting ->
                                setting.name() + "=" + setting.defaultText().orElse(""))
                        .toList());
        assertThat(Files.readAllLines(SAMPLE)).allMatch(text -> text.isBlank() || text.startsWith("#"));
    }
}
