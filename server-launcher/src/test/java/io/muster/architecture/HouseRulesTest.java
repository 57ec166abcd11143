package io.muster.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Rules about sources that the compiler does not hold. */
class HouseRulesTest {

    private static final Path ROOT = root();
    private static final Pattern SLEEP =
            Pattern.compile("Thread\\s*\\.\\s*sleep|TimeUnit\\.\\w+\\.sleep|LockSupport\\.park|onSpinWait");
    private static final Pattern SWITCHED_OFF = Pattern.compile("@Disabled|@Ignore\\b");
    private static final Pattern OUTSIDE_IN_CORE = Pattern.compile(
            "System\\.(currentTimeMillis|nanoTime)|\\bThread\\b|new Random\\b|ThreadLocalRandom|UUID\\.randomUUID"
                    + "|CompletableFuture\\.\\w+Async|parallelStream|new HashMap|new HashSet");
    private static final Pattern DRAWER = Pattern.compile("(Utils?|Manager|Helper|Common|Misc)\\.java$");

    @Test
    void testsWaitForConditions_neverForTimeToPass() {
        assertThat(linesMatching(SLEEP, path -> path.contains("/src/test/"))).isEmpty();
    }

    @Test
    void noTestIsSwitchedOff() {
        assertThat(linesMatching(SWITCHED_OFF, path -> path.contains("/src/test/")))
                .isEmpty();
    }

    /** Simulation spec §1: what breaks determinism does not stand in a core's sources. */
    @Test
    void coresHoldNothingThatBreaksDeterminism() {
        assertThat(linesMatching(OUTSIDE_IN_CORE, path -> path.contains("/src/main/") && path.contains("/core/")))
                .isEmpty();
    }

    @Test
    void everyPackageSaysWhatItIs_andIsNullMarked() {
        List<String> silent = new ArrayList<>();
        for (Path source : sources(path -> path.contains("/src/main/java/"))) {
            Path info = source.resolveSibling("package-info.java");
            if (!Files.exists(info)
                    || !read(info).contains("@NullMarked")
                    || !read(info).contains("/**")) {
                silent.add(ROOT.relativize(source.getParent()).toString());
            }
        }
        assertThat(silent.stream().distinct()).isEmpty();
    }

    @Test
    void noDrawerForWhatHasNoHome() {
        assertThat(sources(path -> DRAWER.matcher(path).find())).isEmpty();
    }

    private static List<String> linesMatching(Pattern pattern, java.util.function.Predicate<String> where) {
        List<String> found = new ArrayList<>();
        for (Path source : sources(path -> where.test(path) && !path.endsWith("HouseRulesTest.java"))) {
            String[] lines = read(source).split("\n", -1);
            for (int i = 0; i < lines.length; i++) {
                String code = lines[i].strip();
                boolean comment = code.startsWith("*") || code.startsWith("/*") || code.startsWith("//");
                if (!comment && pattern.matcher(code).find()) {
                    found.add(ROOT.relativize(source) + ":" + (i + 1) + " " + code);
                }
            }
        }
        return found;
    }

    private static List<Path> sources(java.util.function.Predicate<String> where) {
        try (Stream<Path> files = Files.walk(ROOT)) {
            List<Path> sources = files.filter(path -> path.toString().endsWith(".java"))
                    .filter(path -> !path.toString().contains("/target/"))
                    .filter(path -> where.test(path.toString().replace('\\', '/')))
                    .sorted()
                    .toList();
            return sources;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path root() {
        Path here = Path.of("").toAbsolutePath();
        while (!Files.exists(here.resolve("consistency-api"))) {
            here = here.getParent();
        }
        return here;
    }
}
