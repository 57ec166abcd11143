package io.muster.testkit.lifeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What a test started ends with the test's process, even when that is killed; what was released does not. */
class LifelineTest {

    /**
     * Stands in for a test's process: starts two processes that would live for long, releases the second one's
     * lifeline, and waits to be killed.
     */
    static final class Victim {
        public static void main(String[] arguments) throws IOException {
            Process held = new ProcessBuilder("sleep", "600").start();
            Process released = new ProcessBuilder("sleep", "600").start();
            Lifeline.orKill(held.pid());
            Lifeline.orKill(released.pid()).close();
            System.out.println(held.pid() + " " + released.pid());
            System.in.read();
        }
    }

    @Test
    void processIsKilled_whatItStartedEnds_unlessReleased() throws IOException {
        Process victim = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Victim.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader output =
                new BufferedReader(new InputStreamReader(victim.getInputStream(), StandardCharsets.UTF_8))) {
            String[] pids = output.readLine().split(" ", 2);
            assertThat(lives(pids[0])).isTrue();
            victim.destroyForcibly();
            await("the one held ends").until(() -> !lives(pids[0]));
            assertThat(lives(pids[1])).isTrue();
            ProcessHandle.of(Long.parseLong(pids[1])).ifPresent(ProcessHandle::destroyForcibly);
        } finally {
            victim.destroyForcibly();
        }
    }

    private static boolean lives(String pid) {
        return ProcessHandle.of(Long.parseLong(pid)).map(ProcessHandle::isAlive).orElse(false);
    }
}
