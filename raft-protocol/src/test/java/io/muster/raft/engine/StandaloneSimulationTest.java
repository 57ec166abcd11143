package io.muster.raft.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Seeded runs of one node with crashes and a faulty disk ({@code spec/simulation.md}). A failure prints its seed; run that one with {@code
 * -Dsim.seed=N}.
 */
class StandaloneSimulationTest {

    private static final long SEEDS = 200;

    /** Invariants AckIsDurable, VoteOnce, RecoveryFaithful, ExactlyOnce, StateMachineSafety, SnapshotFaithful; requirement X20. */
    @Test
    void seeds_holdAllInvariants() {
        long acknowledged = 0;
        long restarts = 0;
        for (long seed : seeds()) {
            StandaloneSimulation.Result result = run(seed);
            acknowledged += result.acknowledged();
            restarts += result.restarts();
        }
        assertThat(acknowledged)
                .as("writes acknowledged, so that the runs mean something")
                .isPositive();
        assertThat(restarts).as("restarts").isPositive();
        System.out.println("standalone simulation: " + acknowledged + " acknowledged, " + restarts + " restarts");
    }

    /** Invariant Deterministic. */
    @Test
    void sameSeed_sameTrace() {
        for (long seed = 0; seed < 5; seed++) {
            assertThat(run(seed).traceHash()).isEqualTo(run(seed).traceHash());
        }
        assertThat(run(1).traceHash()).isNotEqualTo(run(2).traceHash());
    }

    private static long[] seeds() {
        Long only = Long.getLong("sim.seed");
        return only != null ? new long[] {only} : LongStream.range(0, SEEDS).toArray();
    }

    private static StandaloneSimulation.Result run(long seed) {
        try {
            return new StandaloneSimulation(seed).run();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
        }
    }
}
