package io.muster.distro;

import static io.muster.distro.EngineFixture.LEASE;
import static io.muster.distro.EngineFixture.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.consistency.ConsistencyException.NotReady;
import io.muster.consistency.Datum;
import io.muster.consistency.Interest;
import io.muster.consistency.Mode;
import io.muster.consistency.Renewal;
import io.muster.distro.core.TextCodec;
import io.muster.member.NodeId;
import io.muster.member.NodeIdentity;
import io.muster.member.port.NoPeers;
import io.muster.member.port.Ports;
import io.muster.sim.FixedMembers;
import io.muster.sim.MemoryDisk;
import io.muster.sim.SeededRng;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A listener that never returns holds up the engine's thread; another thread says so. With real threads. */
@Timeout(60)
class WatchdogTest {

    private static final NodeId SELF = new NodeId(1, 1);

    private final ThreadTime time = new ThreadTime();
    private final ThreadTime observer = new ThreadTime();
    private final BlockingQueue<Boolean> told = new LinkedBlockingQueue<>();
    private final CountDownLatch release = new CountDownLatch(1);

    @AfterEach
    void stop() {
        release.countDown();
        time.close();
        observer.close();
    }

    @Test
    void engineThatHangs_isNotLoaded_andRefuses_untilItGoesOn() throws Exception {
        Ports ports = new Ports(
                time, new SeededRng(1), new NoPeers(), new MemoryDisk().open(time), FixedMembers.standalone(SELF));
        DistroEngine<String> engine = new DistroEngine<>(
                DistroConfig.DEFAULTS, new TextCodec(), new NodeIdentity(SELF, 1), ports, new CountingMetrics());
        engine.watch(observer, told::add);
        engine.start().toCompletableFuture().get(10, TimeUnit.SECONDS);
        assertThat(told.poll(10, TimeUnit.SECONDS)).isTrue();
        engine.listen(Interest.all(Mode.EPHEMERAL), events -> await(release));
        CompletionStage<Datum<String>> carriedOut = engine.put(key("a"), "v", LEASE);

        assertThat(told.poll(10, TimeUnit.SECONDS)).isFalse();
        assertThat(engine.loaded()).isFalse();
        assertThat(engine.readiness(Mode.EPHEMERAL).ready()).isFalse();
        assertThat(engine.readable().ready()).isFalse();
        assertThat(engine.status().readiness().reason()).isEqualTo("its thread stands still");
        assertThatThrownBy(() -> engine.renew(key("a"))).isInstanceOf(NotReady.class);
        assertThat(engine.put(key("b"), "v", LEASE)).isCompletedExceptionally();
        assertThat(carriedOut.toCompletableFuture())
                .as("what the core has taken is not called undone")
                .isNotDone();

        release.countDown();
        assertThat(told.poll(10, TimeUnit.SECONDS)).isTrue();
        assertThat(carriedOut.toCompletableFuture().get(10, TimeUnit.SECONDS).value())
                .isEqualTo("v");
        assertThat(engine.renew(key("a"))).isEqualTo(Renewal.RENEWED);
        assertThat(engine.get(key("b"))).isEmpty();

        engine.stop().toCompletableFuture().get(10, TimeUnit.SECONDS);
        assertThat(told.poll(10, TimeUnit.SECONDS)).as("one that has stopped").isFalse();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
