package io.muster.sim.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.member.Member;
import io.muster.member.MemberAddress;
import io.muster.member.MemberState;
import io.muster.member.NodeId;
import io.muster.sim.health.HealthCluster.Shown;
import io.muster.sim.net.Link;
import io.muster.sim.net.LinkQuality;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Members on bad networks, and through whatever a seed draws. */
class HealthNoiseTest {

    private static final Duration HOUR = Duration.ofHours(1);
    private static final double PROBES_PER_HOUR = HOUR.toSeconds();

    /**
     * At a loss of p each way a probe fails at q = 1 − (1 − p)², and so does its repetition: a miss has m = q², and suspicion begins wherever two
     * misses follow a success, m² (1 − m) a probe. At 10 % that is m = 0.036 and 4.5 an hour for each ordered pair; at 5 misses in a row (2·10⁻⁴ an
     * hour) nobody else may have an answer either within four intervals (m⁴ for each, 1.7·10⁻⁶): false DOWN once in some hundred thousand years.
     */
    @ParameterizedTest
    @ValueSource(ints = {3, 5})
    void tenPercentLoss_forAnHour_isNeverDown_andSuspicionsAreAsManyAsComputed(int size) {
        HealthCluster health = new HealthCluster(31, size).formed();
        long from = health.now();
        health.network().quality(LinkQuality.GOOD.withDrop(0.1));
        health.pass(HOUR);

        assertThat(countOf(health, from, MemberState.DOWN)).isZero();
        double computed = size * (size - 1) * suspicionsPerHour(0.1);
        assertThat((double) countOf(health, from, MemberState.SUSPICIOUS)).isBetween(computed * 0.5, computed * 1.5);
        health.network().heal();
        health.network().quality(LinkQuality.GOOD);
        health.awaitAllEqual();
    }

    /**
     * At 30 % m = 0.26, and five misses in a row come 3 times an hour for each ordered pair. What saves the member is that somebody else had an
     * answer within four intervals: seen were no false DOWN in 8 hours among five and seven, and 6 in 4 hours among three.
     */
    @Test
    void thirtyPercentLoss_forAQuarterOfAnHour_isNotDown_amongFive() {
        HealthCluster health = new HealthCluster(32, 5).formed();
        long from = health.now();
        health.network().quality(LinkQuality.GOOD.withDrop(0.3).withDelay(Duration.ofMillis(5), Duration.ofMillis(20)));
        health.pass(Duration.ofMinutes(15));

        assertThat(countOf(health, from, MemberState.DOWN)).isZero();
        assertThat(countOf(health, from, MemberState.SUSPICIOUS)).isPositive();
        health.network().quality(LinkQuality.GOOD);
        health.awaitAllEqual();
    }

    @Test
    void doubledReorderedReplayedAndDamagedFrames_changeNothing() {
        HealthCluster health = new HealthCluster(33, 3).formed();
        long from = health.now();
        health.network()
                .quality(LinkQuality.GOOD
                        .withDuplicate(0.5)
                        .withReorder(0.5)
                        .withReplay(0.3)
                        .withDamage(0.02, 0.02)
                        .withDelay(Duration.ofMillis(1), Duration.ofMillis(30)));
        health.pass(Duration.ofMinutes(10));

        assertThat(countOf(health, from, MemberState.DOWN)).isZero();
        assertThat(countOf(health, from, MemberState.STARTING)).isZero();
    }

    static LongStream seeds() {
        return LongStream.range(100, 130);
    }

    /** Two minutes of whatever happens; then, with all links whole and all processes awake, all views agree within the bound. */
    @ParameterizedTest
    @MethodSource("seeds")
    void afterAnything_allViewsAgreeOnceItIsOver(long seed) {
        int size = 3 + 2 * (int) (seed % 3);
        HealthCluster health = new HealthCluster(seed, size).formed();
        RandomGenerator random = health.cluster.seeds().stream("faults");
        for (int i = 0; i < 120; i++) {
            anything(health, random);
            health.pass(Duration.ofMillis(random.nextInt(2_000)));
        }
        health.network().heal();
        health.network().quality(LinkQuality.GOOD);
        health.list(health.cluster.addresses());
        List<Integer> left = health.left();
        health.all().forEach(machine -> {
            health.cluster.machine(machine).resume();
            if (!health.cluster.machine(machine).running() || left.contains(machine)) {
                health.start(machine);
            }
        });

        health.awaitAllEqual();
        assertThat(health.view(0).members()).hasSize(size);
    }

    private static void anything(HealthCluster health, RandomGenerator random) {
        int machine = random.nextInt(health.cluster.size());
        List<Link> links = health.network().links();
        Link link = links.get(random.nextInt(links.size()));
        switch (random.nextInt(16)) {
            case 0, 1 -> link.cut();
            case 2 -> health.network().isolate(machine);
            case 3, 4 -> health.network().heal();
            case 5 -> health.network().quality(noise(random));
            case 6 -> health.cluster.machine(machine).pause();
            case 7, 8 ->
                health.all().forEach(each -> health.cluster.machine(each).resume());
            case 9 -> health.start(machine);
            case 10 -> {
                if (random.nextBoolean()) {
                    health.losePower(machine);
                } else {
                    health.wipeAndRestart(machine);
                }
            }
            case 11, 12 -> health.list(machine, someOf(health.cluster.addresses(), random));
            case 13 -> {
                if (health.cluster.machine(machine).running()) {
                    health.leave(machine);
                }
            }
            case 14 -> {
                // Starts where it reaches nobody but one.
                health.network().isolate(machine);
                health.network()
                        .link(machine, (machine + 1) % health.cluster.size())
                        .restore();
                health.network()
                        .link((machine + 1) % health.cluster.size(), machine)
                        .restore();
                health.start(machine);
            }
            default -> health.cluster.machine(machine).jumpWall(Duration.ofSeconds(random.nextInt(-100, 100)));
        }
    }

    /** As while an operator's edit reaches one machine after another. */
    private static List<MemberAddress> someOf(List<MemberAddress> addresses, RandomGenerator random) {
        return addresses.stream().filter(address -> random.nextInt(4) > 0).toList();
    }

    private static LinkQuality noise(RandomGenerator random) {
        return LinkQuality.GOOD
                .withDrop(random.nextDouble() * 0.3)
                .withDuplicate(random.nextDouble() * 0.5)
                .withReplay(random.nextDouble() * 0.2)
                .withDelay(Duration.ofMillis(random.nextInt(30)), Duration.ofMillis(random.nextInt(100)));
    }

    private static double suspicionsPerHour(double loss) {
        double probeFails = 1 - (1 - loss) * (1 - loss);
        double miss = probeFails * probeFails;
        return PROBES_PER_HOUR * miss * miss * (1 - miss);
    }

    /** How often a member entered the state in somebody's view. */
    private static long countOf(HealthCluster health, long sinceNanos, MemberState state) {
        Map<Integer, Map<NodeId, MemberState>> last = new HashMap<>();
        List<Member> entered = new ArrayList<>();
        for (Shown one : health.shownSince(sinceNanos)) {
            Map<NodeId, MemberState> states = last.computeIfAbsent(one.machine(), machine -> new HashMap<>());
            for (Member member : one.view().members()) {
                member.nodeId().ifPresent(id -> {
                    if (states.put(id, member.state()) != member.state() && member.state() == state) {
                        entered.add(member);
                    }
                });
            }
        }
        return entered.size();
    }
}
