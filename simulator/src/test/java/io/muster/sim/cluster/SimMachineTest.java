package io.muster.sim.cluster;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.muster.member.MemberState;
import io.muster.member.NodeId;
import io.muster.member.port.Disk.Completion;
import io.muster.member.port.Lane;
import io.muster.sim.net.SimNetwork.Routing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The faults of process and clock ({@code spec/simulation.md} §3), each on one machine of three. */
class SimMachineTest {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Completion<Void> UNWATCHED = Completion.of(done -> {}, failed -> {});

    private final SimCluster cluster = new SimCluster(7, 3, Routing.BY_NODE_ID);
    private final SimMachine machine = cluster.machine(0);
    private final List<String> ran = new ArrayList<>();

    @Test
    void restart_keepsDiskAndNodeId_drawsARunId() {
        SimProcess first = machine.start();
        first.disk().write("log", 0, "kept".getBytes(US_ASCII), UNWATCHED);
        cluster.clock().runUntilIdle();
        first.time().after(SECOND, () -> ran.add("timer of a dead process"));

        SimProcess second = machine.start();
        cluster.clock().advance(SECOND);

        assertThat(ran).isEmpty();
        assertThat(machine.disk().bytes("log")).isEqualTo("kept".getBytes(US_ASCII));
        assertThat(second.identity().nodeId()).isEqualTo(first.identity().nodeId());
        assertThat(second.identity().runId()).isNotEqualTo(first.identity().runId());
        assertThat(machine.incarnation()).isEqualTo(2);
    }

    @Test
    void losePower_losesWhatWasNotSynced_byCoin() {
        int lost = 0;
        for (int i = 0; i < 20; i++) {
            machine.start().disk().write("f" + i, 0, new byte[] {1}, UNWATCHED);
            cluster.clock().runUntilIdle();
            machine.losePower();
            lost += machine.disk().files().contains("f" + i) ? 0 : 1;
        }

        assertThat(lost).isBetween(3, 17);
        assertThat(machine.running()).isFalse();
    }

    @Test
    void pause_runsLate_inOrder_afterResume() {
        SimProcess process = machine.start();
        process.time().after(Duration.ofMillis(100), () -> note("first", process));
        process.time().after(Duration.ofMillis(200), () -> note("second", process));
        machine.pause();
        cluster.clock().advance(SECOND);
        assertThat(ran).isEmpty();
        assertThat(machine.awake()).isFalse();

        machine.resume();
        cluster.clock().advance(SECOND);

        assertThat(ran).containsExactly("first at 1000", "second at 1000");
    }

    @Test
    void pause_thenKill_runsNothing() {
        SimProcess process = machine.start();
        process.time().execute(() -> note("never", process));
        machine.pause();
        cluster.clock().advance(SECOND);
        machine.kill();
        machine.resume();
        cluster.clock().advance(SECOND);

        assertThat(ran).isEmpty();
    }

    @Test
    void cancel_whilePaused_holds() {
        SimProcess process = machine.start();
        var timer = process.time().after(Duration.ofMillis(1), () -> note("cancelled", process));
        machine.pause();
        cluster.clock().advance(SECOND);
        timer.cancel();
        machine.resume();
        cluster.clock().advance(SECOND);

        assertThat(ran).isEmpty();
    }

    @Test
    void slow_makesEachTurnTakeItsTime() {
        machine.slow(50);
        SimProcess process = machine.start();
        for (int i = 1; i <= 3; i++) {
            process.time().execute(() -> note("turn", process));
        }
        cluster.clock().advance(SECOND);

        assertThat(ran).containsExactly("turn at 0", "turn at 1", "turn at 2"); // 50 times 20 µs each
    }

    @Test
    void clockRate_stretchesTimersAndBothClocks() {
        SimProcess process = machine.start();
        machine.clockRate(0.5);
        long wallBefore = process.time().wallMillis();
        process.time().after(SECOND, () -> ran.add("timer at " + cluster.clock().monoNanos() / 1_000_000));

        cluster.clock().advance(Duration.ofSeconds(4));

        assertThat(ran).containsExactly("timer at 2000");
        assertThat(process.time().monoNanos()).isEqualTo(Duration.ofSeconds(2).toNanos());
        assertThat(process.time().wallMillis() - wallBefore).isEqualTo(2_000);
    }

    @Test
    void clockRate_changedMeanwhile_neverFiresEarly() {
        SimProcess process = machine.start();
        machine.clockRate(2);
        long start = process.time().monoNanos();
        process.time().after(SECOND, () -> ran.add("after " + (process.time().monoNanos() - start) / 1_000_000));
        cluster.clock().advance(Duration.ofMillis(200));
        machine.clockRate(0.5);

        cluster.clock().advance(Duration.ofSeconds(3));

        assertThat(ran).containsExactly("after 1000");
    }

    @Test
    void cancel_ofATimerThatASlowClockPutOff() {
        SimProcess process = machine.start();
        var timer = process.time().after(SECOND, () -> note("cancelled", process));
        machine.clockRate(0.5);
        cluster.clock().advance(Duration.ofMillis(1_500));

        timer.cancel();
        cluster.clock().advance(SECOND);

        assertThat(ran).isEmpty();
        assertThat(cluster.clock().pendingEvents()).isZero();
    }

    @Test
    void wallJump_isItsOwn_outlivesTheProcess_andLeavesMonotonicTime() {
        machine.start();
        machine.jumpWall(Duration.ofDays(-3_650));
        SimProcess second = machine.start();
        SimProcess other = cluster.machine(1).start();

        assertThat(other.time().wallMillis() - second.time().wallMillis())
                .isEqualTo(Duration.ofDays(3_650).toMillis());
        assertThat(second.time().monoNanos()).isEqualTo(other.time().monoNanos());
    }

    @Test
    void clockDrift_outlivesTheProcess() {
        machine.start();
        machine.clockRate(2);
        cluster.clock().advance(SECOND);
        machine.clockRate(1);

        SimProcess second = machine.start();

        assertThat(second.time().wallMillis() - cluster.clock().wallMillis()).isEqualTo(1_000);
    }

    @Test
    void wipe_isANewNode_withAnEmptyDisk() {
        NodeId before = machine.nodeId();
        machine.start().disk().write("log", 0, new byte[1], UNWATCHED);
        cluster.clock().runUntilIdle();
        assertThatIllegalStateException().isThrownBy(machine::wipe);

        machine.kill();
        machine.wipe();

        assertThat(machine.start().identity().nodeId())
                .isEqualTo(machine.nodeId())
                .isNotEqualTo(before);
        assertThat(machine.disk().files()).isEmpty();
        assertThat(cluster.find(before)).isEmpty();
    }

    @Test
    void framesToTheOldIncarnation_dontReachTheNext() {
        SimProcess sender = cluster.machine(1).start();
        machine.start();
        sender.net(Lane.RAFT).send(machine.nodeId(), new byte[1]);
        machine.start().net(Lane.RAFT).onFrame((from, frame) -> ran.add("frame of " + frame.length));
        cluster.clock().advance(SECOND);
        assertThat(ran).isEmpty();

        sender.net(Lane.RAFT).send(machine.nodeId(), new byte[2]);
        cluster.clock().advance(SECOND);

        assertThat(ran).containsExactly("frame of 2");
    }

    @Test
    void oracleMembers_knowWhoAnswers_aLittleLate() {
        SimProcess watching = machine.start();
        cluster.machine(1).start();
        cluster.machine(2).start();
        OracleMembers members = OracleMembers.of(cluster, watching);
        List<Long> revisions = new ArrayList<>();
        members.onChange(view -> revisions.add(view.revision()));
        assertThat(state(members, 1)).isEqualTo(MemberState.STARTING);
        cluster.clock().advance(SECOND);
        assertThat(state(members, 1)).isEqualTo(MemberState.UP);

        cluster.machine(1).pause();
        cluster.clock().advance(Duration.ofSeconds(3));
        assertThat(state(members, 1)).isEqualTo(MemberState.SUSPICIOUS);
        cluster.clock().advance(Duration.ofSeconds(4));
        assertThat(state(members, 1)).isEqualTo(MemberState.DOWN);
        assertThat(state(members, 2)).isEqualTo(MemberState.UP);
        cluster.machine(1).resume();
        cluster.clock().advance(Duration.ofSeconds(4));

        assertThat(state(members, 1)).isEqualTo(MemberState.UP);
        assertThat(revisions).isSorted().doesNotHaveDuplicates();
    }

    private MemberState state(OracleMembers members, int node) {
        return members.view().members().stream()
                .filter(member -> member.address().equals(cluster.machine(node).address()))
                .findFirst()
                .orElseThrow()
                .state();
    }

    private void note(String what, SimProcess process) {
        ran.add(what + " at " + process.time().monoNanos() / 1_000_000);
    }
}
