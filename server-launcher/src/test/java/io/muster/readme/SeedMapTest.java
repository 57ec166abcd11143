package io.muster.readme;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The map from requirements to classes and tests names only what is there. */
class SeedMapTest {

    private static final Pattern NAME = Pattern.compile("`([A-Z]\\w+)`");

    @Test
    void everyNamedClassAndTest_exists() throws IOException {
        Path root = root();
        Set<String> named = new TreeSet<>();
        Matcher name = NAME.matcher(Files.readString(root.resolve("docs/seed-map.md")));
        while (name.find()) {
            named.add(name.group(1));
        }
        assertThat(named).hasSizeGreaterThan(50);
        named.removeAll(sources(root));
        assertThat(named).as("named in docs/seed-map.md, but not in the tree").isEmpty();
    }

    private static Set<String> sources(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(file -> file.endsWith(".java"))
                    .map(file -> file.substring(0, file.length() - ".java".length()))
                    .collect(Collectors.toSet());
        }
    }

    private static Path root() {
        Path here = Path.of("").toAbsolutePath();
        while (!Files.exists(here.resolve("docs/seed-map.md"))) {
            here = here.getParent();
        }
        return here;
    }
}
