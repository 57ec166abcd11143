package io.muster.raft.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Scripts that read as stories: a command behind {@code >}, then what the nodes did, as recorded. Lines with {@code #} are prose. Run with {@code
 * -Dinteraction.rewrite=src/test/resources/interaction} to record anew, and commit only a difference that you understand.
 */
class InteractionTest {

    private static Path scripts() throws URISyntaxException {
        return Path.of(Objects.requireNonNull(InteractionTest.class.getResource("/interaction"))
                .toURI());
    }

    static Stream<String> names() throws IOException, URISyntaxException {
        try (Stream<Path> files = Files.list(scripts())) {
            return files.map(file -> file.getFileName().toString()).sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void script_doesWhatIsRecorded(String name) throws IOException, URISyntaxException {
        List<String> recorded = Files.readAllLines(scripts().resolve(name));
        List<String> actual = replay(recorded);
        String rewrite = System.getProperty("interaction.rewrite");
        if (rewrite != null) {
            Files.write(Path.of(rewrite, name), actual);
        } else {
            assertThat(actual).isEqualTo(recorded);
        }
    }

    /** The script with what the commands give now. */
    private static List<String> replay(List<String> script) {
        ScriptedCluster cluster = new ScriptedCluster();
        List<String> lines = new ArrayList<>();
        for (String line : script) {
            if (line.startsWith(">")) {
                lines.add(line);
                cluster.command(line.substring(1).strip()).forEach(effect -> lines.add("  " + effect));
            } else if (line.startsWith("#") || line.isBlank()) {
                lines.add(line);
            }
        }
        return lines;
    }
}
