package io.muster.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.muster.cluster.MoodyAddressServer.Mood;
import io.muster.testkit.ClusterFixture;
import io.muster.testkit.ClusterNode;
import io.muster.testkit.MemberLists;
import io.muster.testkit.ServerCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Three members that an address server names, and which needs of theirs it disappoints (R62, X4). */
@Timeout(900)
class AddressServerIT {

    private static final Duration INTERVAL = Duration.ofSeconds(5);

    /** For an answer, and for seeing it. */
    private static final Duration SLACK = Duration.ofMillis(1_500);

    private static final Duration NOTICED_WITHIN = Duration.ofSeconds(20);
    private static final Duration FOUNDED_WITHIN = Duration.ofSeconds(40);

    /** Names a machine that is not there. */
    private static final String ABSENT = "127.0.0.99:9";

    private static final int ANSWERS_UNTIL_ILL = 12;

    private static final Figures FIGURES = Figures.of(AddressServerIT.class);

    @RegisterExtension
    private final ClusterFixture clusters = new ClusterFixture();

    private final AtomicReference<ServerCluster> cluster = new AtomicReference<>();
    private volatile boolean absentListed;

    private List<String> list(String node) {
        List<String> lines = new ArrayList<>(cluster.get().node(node).memberList());
        if (absentListed) {
            lines.add(ABSENT + "?peer_port=10");
        }
        return lines;
    }

    private List<LookupOperator> operators() {
        return cluster.get().nodes().stream().map(LookupOperator::new).toList();
    }

    @Test
    void whateverItAnswers_nothingChanges_andWhenItIsBackItsListIsTaken() {
        try (MoodyAddressServer addressServer = new MoodyAddressServer(this::list)) {
            cluster.set(clusters.prepare(clusters.of(3)
                    .lists(MemberLists.LATER)
                    .ownOptions(node -> List.of(
                            "--lookup", "address-server", "--address-server", addressServer.url(node.name())))));
            cluster.get().nodes().forEach(ClusterNode::start);
            cluster.get().nodes().forEach(ClusterNode::awaitReady);
            cluster.get().awaitAllUp();
            await("all three vote")
                    .atMost(FOUNDED_WITHIN)
                    .ignoreExceptions()
                    .until(() -> operators().stream()
                            .allMatch(operator -> operator.voters().size() == 3));

            for (Mood mood : Acceptance.cases(
                    List.of(Mood.ONE_NAME, Mood.DEAD, Mood.ERROR_500, Mood.HTML, Mood.EMPTY, Mood.SILENT), 2)) {
                changesNothing(addressServer, mood);
            }
        }
    }

    private void changesNothing(MoodyAddressServer addressServer, Mood mood) {
        List<Standing> before = Standing.of(cluster.get());
        addressServer.becomes(mood);
        await(mood + " is noticed")
                .atMost(NOTICED_WITHIN)
                .until(() -> operators().stream()
                        .allMatch(operator ->
                                !operator.shown().path("problem").asText().isEmpty()));
        Duration held = Duration.ofSeconds(mood == Mood.DEAD ? Acceptance.times(90, 2) : Acceptance.times(30, 2));
        await(mood + " changes nothing")
                .during(held)
                .atMost(held.plus(NOTICED_WITHIN))
                .untilAsserted(() -> assertThat(Standing.of(cluster.get())).isEqualTo(before));
        String problem = operators().get(0).shown().path("problem").asText();
        boolean countsAsIll = held.compareTo(INTERVAL.multipliedBy(ANSWERS_UNTIL_ILL + 1)) > 0;
        assertThat(operators().get(0).shown().path("healthy").asBoolean())
                .as("ill after twelve answers, or while a list is held back")
                .isEqualTo(!countsAsIll && mood != Mood.ONE_NAME);

        absentListed = !absentListed;
        long backNanos = System.nanoTime();
        addressServer.becomes(Mood.WELL);
        await("its list is taken after " + mood)
                .atMost(INTERVAL.plus(SLACK))
                .until(() -> operators().stream()
                        .allMatch(operator -> operator.listed().contains(ABSENT) == absentListed));
        FIGURES.print(
                mood + " for " + held.toSeconds() + " s changed nothing ('" + problem
                        + "'); the next list was taken by all after",
                Duration.ofNanos(System.nanoTime() - backNanos));
    }
}
