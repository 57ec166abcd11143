package io.muster.sim;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.muster.member.MemberState;
import io.muster.member.NodeId;
import io.muster.member.port.Ports;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class SimNodeTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private final VirtualTime clock = new VirtualTime(0);
    private final SimNode node = new SimNode(clock, new SeededRng(1), "n1");
    private final List<String> seen = new ArrayList<>();

    @Test
    void crash_dropsTimersAndCompletions_keepsTheDisk() {
        Ports first = node.start();
        first.disk().write("log", 0, "kept".getBytes(US_ASCII), new Answer<>());
        clock.runUntilIdle();
        first.time().after(SECOND, () -> seen.add("timer of a dead process"));

        node.crash();
        Answer<byte[]> dead = new Answer<>();
        first.disk().read("log", 0, 4, dead);
        Ports second = node.start();
        Answer<byte[]> alive = new Answer<>();
        second.disk().read("log", 0, 4, alive);
        clock.advance(SECOND);

        assertThat(alive.result()).isEqualTo("kept".getBytes(US_ASCII));
        assertThat(dead.ended()).isFalse();
        assertThat(seen).isEmpty();
        assertThat(node.incarnation()).isEqualTo(2);
    }

    @Test
    void losePower_losesWhatWasNotSynced() {
        Ports ports = node.start();
        ports.disk().write("log", 0, new byte[] {1}, new Answer<>());
        ports.disk().sync("log", new Answer<>());
        ports.disk().syncDirectory("", new Answer<>());
        ports.disk().write("other", 0, new byte[] {1}, new Answer<>());
        clock.runUntilIdle();
        assertThat(node.disk().files()).containsExactly("log", "other");

        node.losePower();

        assertThat(node.disk().syncedFiles())
                .contains("log")
                .isEqualTo(node.disk().files());
        assertThat(node.disk().bytes("log")).containsExactly(1);
    }

    @Test
    void identity_keepsTheNodeId_drawsARunIdForEachStart() {
        node.start();
        var first = node.identity();
        node.start();
        var second = node.identity();

        assertThat(second.nodeId()).isEqualTo(first.nodeId());
        assertThat(second.runId()).isNotEqualTo(first.runId());
    }

    @Test
    void start_drawsAnew_forEachIncarnation() {
        long first = node.start().rng().stream("election-timeout").nextLong();
        long second = node.start().rng().stream("election-timeout").nextLong();

        assertThat(second).isNotEqualTo(first);
    }

    @Test
    void start_isANodeAlone() {
        Ports ports = node.start();

        assertThat(ports.members().view().members()).singleElement().satisfies(self -> {
            assertThat(self.nodeId()).contains(node.nodeId());
            assertThat(self.state()).isEqualTo(MemberState.UP);
            assertThat(self.loaded()).isTrue();
        });
    }

    @Test
    void net_dropsWhatIsSent_deliversWhatATestHandsIn() {
        NodeId stranger = new NodeId(1, 2);
        Ports ports = node.start();
        ports.net().onFrame((from, frame) -> seen.add(from + " " + frame.length));
        ports.net().send(stranger, new byte[3]);
        node.net().deliver(stranger, new byte[5]);
        assertThat(seen).isEmpty();

        clock.runUntilIdle();

        assertThat(seen).containsExactly(stranger + " 5");
        assertThat(node.net().framesDropped()).isEqualTo(1);
        assertThatIllegalStateException().isThrownBy(() -> ports.net().onFrame((from, frame) -> {}));
    }

    /** Invariant IX1, {@code Deterministic}. */
    @Test
    void sameSeed_sameTrace() {
        assertThat(busyRun(5)).isEqualTo(busyRun(5)).isNotEqualTo(busyRun(6));
    }

    /** A node that writes, syncs, sets timers and crashes as its seed draws; the hash of all that. */
    private static String busyRun(long seed) {
        VirtualTime time = VirtualTime.shuffling(0, seed);
        SeededRng seeds = new SeededRng(seed);
        SimNode busy = new SimNode(time, seeds, "n1");
        busy.disk().latency(Duration.ofMillis(3));
        RandomGenerator faults = seeds.stream("faults");
        for (int start = 0; start < 20; start++) {
            Ports ports = busy.start();
            RandomGenerator load = ports.rng().stream("load");
            for (int i = 0; i < 20; i++) {
                byte[] bytes = new byte[load.nextInt(2_000)];
                load.nextBytes(bytes);
                ports.time().after(Duration.ofMillis(load.nextInt(50)), () -> {
                    ports.disk().write("log", load.nextInt(5_000), bytes, new Answer<>());
                    ports.disk().sync("log", new Answer<>());
                });
            }
            time.advance(Duration.ofMillis(faults.nextInt(60)));
            if (faults.nextBoolean()) {
                busy.losePower();
            }
        }
        TraceHash content = new TraceHash();
        busy.disk().files().forEach(file -> content.add(busy.disk().bytes(file)));
        return time.trace() + " " + busy.disk().hash() + " " + content;
    }
}
