package io.muster.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.muster.server.TestCluster;
import io.muster.server.config.ProductVersion;
import io.vertx.core.json.JsonArray;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code muster members} and {@code muster status} in a cluster of two. */
class MembersCommandTest {

    @TempDir
    private Path directory;

    /** What a command printed and how it ended. */
    private record Result(int exitCode, String out, String err) {}

    private static Result run(TestCluster cluster, String line) {
        List<String> arguments = new ArrayList<>(List.of(line.split(" ")));
        arguments.addAll(List.of("--server", cluster.node(1).url()));
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = MusterCommand.run(
                arguments, new ProductVersion("1.2.3"), new PrintWriter(out), new PrintWriter(err, true));
        return new Result(exitCode, out.toString(), err.toString());
    }

    @Test
    void members_showsEachWithWhatIsKnown_andCheckTellsByItsExitCodeWhetherAllAreUp() {
        try (TestCluster cluster = TestCluster.start(directory, 2)) {
            await().until(() -> run(cluster, "members --check").exitCode() == 0);
            await().untilAsserted(() -> assertThat(run(cluster, "members").out())
                    .startsWith("MEMBER ")
                    .contains("STATE", "SINCE", "LOADED", "LISTS US", "ROUND TRIP", "CLOCK SKEW", "NODE ID", "REASON")
                    .containsPattern(cluster.name(1) + " +UP +\\d{4}-\\S+Z +yes +yes +- +- +[0-9a-f]{32} ")
                    .containsPattern(cluster.name(2)
                            + " +UP +\\d{4}-\\S+Z +yes +yes +\\d+\\.\\d ms +[+-]\\d+ ms +[0-9a-f]{32} "));
            cluster.node(2).close();
            await().until(() -> run(cluster, "members --check").exitCode() != 0);
            Result result = run(cluster, "members --check --json");
            assertThat(result.exitCode()).isEqualTo(ExitCode.FAILED.code());
            assertThat(result.err()).contains("1 of 2 members are not UP: " + cluster.name(2) + " is DOWN");
            assertThat(new JsonArray(result.out())).hasSize(2);
            assertThat(run(cluster, "members").exitCode()).as("without --check").isZero();
        }
    }

    /** One table of all members, each asked itself; whoever does not answer is named by message and exit code. */
    @Test
    void status_showsEveryMember_andTellsByItsExitCodeWhetherAllAreReady() {
        try (TestCluster cluster = TestCluster.start(directory, 2)) {
            await().untilAsserted(() -> assertThat(run(cluster, "status").out())
                    .containsPattern(cluster.name(1) + " +UP +yes .* equal")
                    .containsPattern(cluster.name(2) + " +UP +yes .* equal"));
            assertThat(run(cluster, "status").exitCode()).isZero();
            cluster.node(2).close();
            Result result = run(cluster, "status");
            assertThat(result.exitCode()).isEqualTo(ExitCode.FAILED.code());
            assertThat(result.err()).contains("1 of 2 members are not ready: " + cluster.name(2) + " can't be reached");
            assertThat(result.out()).containsPattern(cluster.name(2) + " +\\w+ +unreachable");
        }
    }

    /** X24. */
    @Test
    void status_saysWhomTheNodeTrusts() {
        try (TestCluster cluster = TestCluster.start(directory, 1)) {
            assertThat(run(cluster, "status").out())
                    .containsPattern("trust +no cluster secret is set: every local process is trusted")
                    .containsPattern("lookup +file: member\\.list names 1 member");
        }
    }
}
