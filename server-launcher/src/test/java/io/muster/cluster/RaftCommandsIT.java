package io.muster.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.muster.testkit.ClusterFixture;
import io.muster.testkit.ClusterNode;
import io.muster.testkit.ServerCluster;
import io.muster.testkit.ServerLauncher;
import io.muster.testkit.ServerProcess;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code bin/muster raft …} on a cluster that has lost one node of three, and then another: every command under its documented name, with {@code --json}, the
 * dangerous ones without the flag that names what may be lost, too. Each leaves a line in the audit of the server that carried it out (X21).
 */
@Timeout(600)
class RaftCommandsIT {

    private static final Path SCRIPT = Path.of(System.getProperty("muster.root", ".."), "bin", "muster");
    private static final int REFUSED = 1;
    private static final int USAGE = 64;

    @RegisterExtension
    private final ClusterFixture clusters = new ClusterFixture();

    @TempDir
    private Path directory;

    /** What a command printed and how it ended. */
    private record Result(int exitCode, String out, String err) {

        JsonNode json() {
            try {
                return new ObjectMapper().readTree(out);
            } catch (JsonProcessingException e) {
                throw new UncheckedIOException(out, e);
            }
        }
    }

    private Result raft(ClusterNode asked, String... words) {
        List<String> arguments = new ArrayList<>(List.of("raft"));
        arguments.addAll(List.of(words));
        arguments.addAll(List.of("--server", asked.address().url()));
        try (ServerProcess command = ServerLauncher.in(directory)
                .environment("MUSTER_NO_BUILD", "1")
                .runScript(SCRIPT.toAbsolutePath().normalize(), directory, arguments)) {
            int exitCode = command.awaitExit();
            return new Result(exitCode, command.stdout(), command.stderr());
        }
    }

    /** One change of members follows the other when a leader that is settled can take it. */
    private Result done(ClusterNode asked, String... words) {
        return await(String.join(" ", words))
                .atMost(PersistentStory.SETTLES_WITHIN)
                .until(() -> raft(asked, words), result -> result.exitCode() == 0);
    }

    private void refuses(ClusterNode asked, int exitCode, String why, String... words) {
        Result refused = raft(asked, words);
        assertThat(refused.exitCode()).as("%s", refused).isEqualTo(exitCode);
        assertThat(refused.err()).contains(why);
        assertThat(refused.out()).isEmpty();
    }

    @Test
    @InFullRun
    void everyCommand_onABrokenCluster() {
        ServerCluster cluster = clusters.start(clusters.of(3));
        try (PersistentStory story = PersistentStory.on(cluster)) {
            story.awaitVoters(3);
            story.endsWell();
        }
        ClusterNode dead = cluster.node("n3").kill();
        String deadName = dead.address().name();
        ClusterNode asked = cluster.node("n1");
        oneOfThreeIsLost(cluster, asked, deadName);
        twoOfThreeAreLost(cluster, asked);
        assertThat(asked.log() + cluster.node("n2").log())
                .as("X21")
                .contains("action=raft-transferLeader")
                .contains("action=raft-removeMember")
                .contains("action=raft-resetMembership")
                .contains("before=")
                .contains("after=");
    }

    private void oneOfThreeIsLost(ServerCluster cluster, ClusterNode asked, String deadName) {
        ClusterNode wanted = PersistentStory.leader(cluster) == asked ? cluster.node("n2") : asked;
        done(asked, "transfer-leader", wanted.address().name(), "--json");
        await("it leads").ignoreExceptions().until(() -> PersistentStory.leads(wanted));

        JsonNode state = done(asked, "status", "--json").json();
        assertThat(state.path("voters").asInt()).isEqualTo(3);
        assertThat(state.path("lossesTolerated").asInt()).isEqualTo(1);
        assertThat(state.path("peers")).hasSize(3);
        assertThat(done(asked, "status").out()).contains(deadName);

        assertThat(done(asked, "snapshot", "--json").json().path("data").asText())
                .isEqualTo("snapshot taken");

        refuses(asked, REFUSED, "listed", "remove", deadName);
        assertThat(done(asked, "pause-wish", "--json").json().path("data").asText())
                .isNotEmpty();
        done(asked, "remove", deadName, "--json");
        assertThat(done(asked, "status").out())
                .contains("warning: 2 voters tolerate 0 losses, as many as 1 would")
                .containsPattern("wishPaused +true");
        refuses(asked, REFUSED, "half", "remove", cluster.node("n2").address().name());
        done(asked, "add", deadName, "--json");
        assertThat(done(asked, "status", "--json").json().path("learners").asInt())
                .as("a dead node is a learner until it has caught up")
                .isEqualTo(1);
        done(asked, "resume-wish", "--json");
        refuses(asked, USAGE, "--confirm", "apply-wish");
        done(asked, "apply-wish", "--confirm", "--json");

        refuses(asked, USAGE, "--confirm-second-cluster", "found");
        refuses(asked, REFUSED, "", "found", "--confirm-second-cluster");
        refuses(asked, REFUSED, "another cluster", "join", "--discard-local");
    }

    private void twoOfThreeAreLost(ServerCluster cluster, ClusterNode asked) {
        cluster.node("n3").start().awaitReady();
        await("three vote again")
                .atMost(PersistentStory.SETTLES_WITHIN)
                .ignoreExceptions()
                .until(() -> asked.get("/nacos/v1/ns/raft/state").path("voters").asInt() == 3);
        cluster.node("n2").kill();
        cluster.node("n3").kill();
        await("nobody leads")
                .atMost(PersistentStory.SETTLES_WITHIN)
                .until(() -> raft(asked, "transfer-leader").err().contains("no leader is known"));
        refuses(
                asked,
                USAGE,
                "--confirm-data-loss",
                "reset-membership",
                "--voters",
                asked.address().name());
        done(asked, "reset-membership", "--voters", asked.address().name(), "--confirm-data-loss", "--json");
        await("the one that is left takes writes")
                .atMost(PersistentStory.SETTLES_WITHIN)
                .until(() ->
                        asked.ask("POST", "/nacos/v1/ns/instance?serviceName=left&ip=127.0.9.1&port=80&ephemeral=false")
                                        .statusCode()
                                == 200);
        assertThat(done(asked, "status", "--json").json().path("voters").asInt())
                .isEqualTo(1);
    }
}
