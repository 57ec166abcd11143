package io.muster.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.testkit.ServerLauncher;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code muster demo} tells its whole story, and leaves nothing behind. */
class DemoIT {

    /** Takes a quarter of that on a quiet machine. */
    private static final int SECONDS_MAX = 120;

    private static final Path README = Path.of(System.getProperty("muster.root"), "README.md");
    private static final String SUMMARY = "What happened, and how long it took:";

    @TempDir
    private Path temporary;

    @Test
    void demo_goesOnWithoutItsLeader_andCleansUp() throws IOException, InterruptedException {
        Path out = temporary.resolve("out");
        Path directories = Files.createDirectory(temporary.resolve("tmp"));
        Process demo = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Djava.io.tmpdir=" + directories,
                        "-jar",
                        ServerLauncher.jarOfThisTree().toString(),
                        "demo"))
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        boolean ended = demo.waitFor(SECONDS_MAX, TimeUnit.SECONDS);
        demo.destroy();
        String story = Files.readString(out);
        assertThat(ended).as(story).isTrue();
        assertThat(demo.exitValue()).as(story).isZero();
        assertThat(story)
                .contains("is killed (kill -9)", "leads now; both list it", "it lists what it missed")
                .containsPattern("n1 lists database: 10\\.0\\.1\\.1:5432, 10\\.0\\.1\\.2:5432");
        assertThat(directories).isEmptyDirectory();
        assertThat(summary(story)).as("what the README shows").isEqualTo(summary(Files.readString(README)));
    }

    /** The table at the end; times differ from run to run, and so does who leads. */
    private static String summary(String text) {
        int begin = text.indexOf(SUMMARY);
        assertThat(begin).as("there is a summary in %s", text).isNotNegative();
        int end = text.indexOf("```", begin);
        return text.substring(begin, end < 0 ? text.length() : end)
                .replaceAll("\\bn[123]\\b", "nX")
                .replaceAll("[0-9,]+ ms", "T ms")
                .replaceAll(" +", " ")
                .strip();
    }
}
