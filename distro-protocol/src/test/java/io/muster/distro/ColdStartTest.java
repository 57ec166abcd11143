package io.muster.distro;

import static io.muster.distro.EngineFixture.key;
import static org.assertj.core.api.Assertions.assertThat;

import io.muster.consistency.Removal;
import io.muster.sim.DiskOperation;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The marker of a cold start on its disk: design §5, X13, R40 ("never on disk" but for one bit). */
class ColdStartTest {

    private static final String MARKER = "held-ephemeral-instances";

    private final EngineFixture node = new EngineFixture();

    @Test
    void afterACrash_theNodeThatHeldInstances_warmsUp_andTellsWhenItIsOver() {
        node.start();
        node.register("a");
        assertThat(node.crashAndStart()).isEqualTo(new DistroStart(true, 15_000));
        assertThat(node.engine.warmingUp()).isTrue();
        assertThat(node.engine.status().ready())
                .as("the node is ready meanwhile")
                .isTrue();
        node.register("a");
        boolean[] told = {false};
        node.engine.warmedUp().thenRun(() -> told[0] = true);
        node.pass(14_900);
        assertThat(told[0]).isFalse();
        node.pass(200);
        assertThat(told[0]).isTrue();
        assertThat(node.engine.warmingUp()).isFalse();
        assertThat(node.engine.status().coldStartHoldRemainingMillis()).isZero();
    }

    @Test
    void afterAGracefulStop_too() {
        node.start();
        node.register("a");
        node.done(node.engine.stop());
        assertThat(node.crashAndStart().coldStart()).isTrue();
    }

    @Test
    void afterAPowerLoss_too_sinceTheMarkerIsSynced() {
        node.start();
        node.register("a");
        node.node.losePower();
        assertThat(node.crashAndStart().coldStart()).isTrue();
    }

    @Test
    void aNodeWhoseLastInstanceWent_servesItsEmptyListsAtOnce() {
        node.start();
        node.register("a");
        node.done(node.engine.remove(key("a"), Removal.CLIENT));
        node.pass(200);
        assertThat(node.node.disk().syncedFiles()).doesNotContain(MARKER);
        assertThat(node.crashAndStart().coldStart()).isFalse();
    }

    @Test
    void theMarkerHoldsNoData() {
        node.start();
        node.register("10.0.0.1#8080");
        assertThat(node.node.disk().files()).containsExactly(MARKER);
        assertThat(new String(node.node.disk().bytes(MARKER), StandardCharsets.US_ASCII))
                .doesNotContain("10.0.0.1")
                .doesNotContain("orders");
    }

    @Test
    void aSlowDisk_delaysNoWrite() {
        node.start();
        node.node.disk().latency(Duration.ofSeconds(30));
        node.register("a");
        assertThat(node.listed()).containsExactly("a");
    }

    @Test
    void aFailingDisk_isTriedAgainUntilItWorks() {
        node.start();
        node.node.disk().failWrite(file -> true);
        node.register("a");
        node.pass(5_000);
        assertThat(node.metrics.markerFailed.get()).isBetween(4L, 6L);
        node.node.disk().heal();
        node.pass(1_100);
        assertThat(node.node.disk().syncedFiles()).containsExactly(MARKER);
    }

    @Test
    void comingAndGoingOverASlowDisk_endsAsTheLastWish() {
        node.start();
        node.node.disk().latency(Duration.ofMillis(700));
        for (int i = 0; i < 20; i++) {
            node.register("a");
            node.pass(150);
            node.done(node.engine.remove(key("a"), Removal.CLIENT));
            node.pass(150);
        }
        assertThat(node.node.disk().trace().stream().filter(operation -> operation.kind() == DiskOperation.Kind.WRITE))
                .as("one operation at a time, the latest wish only")
                .hasSizeLessThan(6);
        node.pass(10_000);
        assertThat(node.node.disk().files()).isEmpty();
        node.register("a");
        node.pass(10_000);
        assertThat(node.node.disk().syncedFiles()).containsExactly(MARKER);
    }

    /** Lists that wait are better than lists that lie. */
    @Test
    void aMarkerThatCannotBeRead_isTakenForThere() {
        node.node.disk().fail(DiskOperation.Kind.SIZE, file -> true);
        assertThat(node.start().coldStart()).isTrue();
        assertThat(node.metrics.markerFailed).hasValue(1);
    }
}
