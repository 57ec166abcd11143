package io.muster.member.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.member.PeerIdentity;
import io.muster.member.channel.ChannelLimits.CopiedIdLimits;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Design §4: a copied data directory is told from a restart. */
class CopiedIdsTest {

    private static final int NODES_MAX = 5;
    private static final Duration QUARANTINE = Duration.ofSeconds(30);

    private final CopiedIds ids = new CopiedIds(new CopiedIdLimits(QUARANTINE, NODES_MAX));
    private long now = -5;

    @Test
    void restarts_areWelcome() {
        for (int run = 1; run <= 100; run++) {
            assertThat(meet(1, run)).isEmpty();
            assertThat(meet(1, run)).isEmpty();
        }
    }

    @Test
    void replacedRunThatComesBack_putsAllRunsIntoQuarantine() {
        meet(1, 1);
        pass(QUARANTINE.multipliedBy(100));
        meet(1, 2);

        assertThat(meet(1, 1)).map(Refusal::kind).contains(RefusalKind.COPIED_IDENTITY);
        assertThat(meet(1, 2)).isPresent();
        assertThat(meet(1, 3)).isPresent();
        assertThat(meet(2, 1)).as("another node").isEmpty();
    }

    /** The run that is present may have connected days ago. */
    @Test
    void quarantine_beginsForAnOldConnection_too() {
        meet(1, 1);
        meet(1, 2);
        pass(QUARANTINE.multipliedBy(100));

        assertThat(meet(1, 1)).isPresent();
    }

    @Test
    void quarantine_lastsWhileBothTurnUp() {
        copied();
        for (int round = 0; round < 100; round++) {
            pass(QUARANTINE.dividedBy(2));
            assertThat(meet(1, 1 + round % 2)).isPresent();
        }
    }

    @Test
    void quarantine_endsForTheOneThatIsLeft_aPeriodAfterTheOtherWasSeen() {
        copied();
        pass(QUARANTINE.minusNanos(1));
        assertThat(meet(1, 2)).isPresent();
        pass(Duration.ofNanos(1));

        assertThat(meet(1, 2)).isEmpty();
        assertThat(meet(1, 3)).as("a restart").isEmpty();
    }

    @Test
    void afterQuarantine_theOtherIsStillKnown() {
        copied();
        pass(QUARANTINE);
        assertThat(meet(1, 2)).isEmpty();

        assertThat(meet(1, 1)).isPresent();
    }

    /** The operator must be able to act on it. */
    @Test
    void refusal_namesBothAddresses_andTheRemedy() {
        meet(1, 1);
        meet(1, 2);

        assertThat(meet(1, 1).orElseThrow().detail())
                .contains("127.0.0.1:8848 and 127.0.0.1:8848", "one data directory is a copy", "empty", "30 s");
    }

    @Test
    void nodes_areBounded_andThoseMetLatelyAreKept() {
        copied();
        for (int node = 2; node < 100; node++) {
            meet(node, 1);
            assertThat(meet(1, node % 2 + 1)).isPresent();
        }
        for (int node = 100; node < 100 + NODES_MAX; node++) {
            meet(node, 1);
        }

        assertThat(meet(1, 1)).as("forgotten").isEmpty();
    }

    private void copied() {
        meet(1, 1);
        meet(1, 2);
        assertThat(meet(1, 1)).isPresent();
    }

    private void pass(Duration time) {
        now += time.toNanos();
    }

    private Optional<Refusal> meet(int node, long run) {
        return ids.meet(
                new PeerIdentity(ChannelNode.identity(node, run), Optional.empty(), ChannelNode.addressOf(7848), 1),
                now);
    }
}
