package io.muster.sim.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.sim.SeededRng;
import io.muster.sim.cluster.SimProcess;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a run does with a plan: phases, faults by time and by sensitive point, and how it fails. */
class SimulationTest {

    private final ScriptedSubject subject = new ScriptedSubject();

    @Test
    void phases_inOrder_withAHealthyMajority_thenAll() {
        SimResult result = new Simulation(subject, ScriptedSubject.plan(3)).run();

        assertThat(result.failure()).isEmpty();
        assertThat(subject.story.subList(0, 4)).containsExactly("0 CHAOS 3", "0 start n1", "0 start n2", "0 start n3");
        assertThat(subject.story.get(4)).startsWith("2000 stop n");
        assertThat(subject.story.get(5)).isEqualTo("2000 CORE 2");
        assertThat(subject.story.get(6)).startsWith("2000 start n");
        assertThat(subject.story.subList(7, 10)).containsExactly("2000 HEAL 3", "2000 DRAIN 3", "2000 finish");
    }

    @Test
    void kill_byTime_andStartedAgain() {
        run(Fault.at(500, FaultKind.KILL, 300, List.of(1), 0, 0));

        assertThat(subject.story).containsSubsequence("500 stop n2", "800 start n2");
    }

    @Test
    void overlappingKills_startOnce_whenTheLastIsOver() {
        run(
                Fault.at(500, FaultKind.KILL, 300, List.of(1), 0, 0),
                Fault.at(600, FaultKind.POWER_LOSS, 600, List.of(1), 0, 0));

        assertThat(subject.story)
                .containsSubsequence("500 stop n2", "1200 start n2")
                .doesNotContain("800 start n2");
    }

    @Test
    void chaosEnds_beforeTheFault() {
        run(Fault.at(1_900, FaultKind.POWER_LOSS_ALL, 50_000, List.of(), 0, 0));

        assertThat(subject.story).containsSubsequence("1900 stop n1", "1900 stop n3", "2000 start n1", "2000 CORE 2");
    }

    @Test
    void restartStorm_killsAndStarts() {
        run(Fault.at(500, FaultKind.RESTART_STORM, 400, List.of(0), 3, 0));

        assertThat(subject.story.stream().filter("500 stop n1"::equals)).hasSize(1);
        assertThat(subject.story).contains("600 stop n1", "600 start n1", "800 stop n1", "800 start n1");
    }

    @Test
    void restartWithOlderConfiguration_tellsTheSubject() {
        run(Fault.at(500, FaultKind.RESTART_OLD_CONFIG, 100, List.of(0), 42, 0));

        assertThat(subject.story).containsSubsequence("500 stop n1", "500 RESTART_OLD_CONFIG 42", "600 start n1");
    }

    @Test
    void wipe_makesANewNode_thatIsNotInTheCore() {
        Plan plan = ScriptedSubject.plan(3, Fault.at(500, FaultKind.WIPE, 100, List.of(1), 0, 0));

        new Simulation(subject, plan).run();

        assertThat(plan.core()).containsExactly(0, 2);
        assertThat(subject.run().cluster().machine(1).wipes()).isEqualTo(1);
    }

    @Test
    void addressSwap_exchangesWhoAnswersWhere() {
        run(Fault.at(500, FaultKind.ADDRESS_SWAP, 100, List.of(0, 1), 0, 0));

        var cluster = subject.run().cluster();
        assertThat(cluster.machine(0).address().host()).isEqualTo("n2");
        assertThat(cluster.network().hostAt(cluster.machine(0).address())).contains(0);
        assertThat(subject.story).contains("500 stop n1", "500 stop n2", "600 start n1", "600 start n2");
    }

    @Test
    void sensitivePoint_firesTheNthTime_soonAfter_onTheNodeThatCameThere() {
        ScriptedSubject sensitive = new ScriptedSubject() {
            @Override
            void tick(SimProcess process) {
                if (process.index() == 2) {
                    run().sensitive("tick", 2);
                }
                super.tick(process);
            }
        };
        Fault fault = Fault.at(450, FaultKind.KILL, 10_000, List.of(), 0, 0).triggeredBy("tick", 3, 2_000);

        new Simulation(sensitive, ScriptedSubject.plan(3, fault)).run();

        assertThat(sensitive.story).contains("702 stop n3"); // ticks at 500, 600 and 700, and 2 ms
    }

    @Test
    void exit_isStartedAgainASecondLater() {
        ScriptedSubject exiting = new ScriptedSubject() {
            @Override
            void tick(SimProcess process) {
                if (process.index() == 0 && process.time().monoNanos() == 300_000_000) {
                    run().exit(0, "disk failed");
                }
                super.tick(process);
            }
        };

        new Simulation(exiting, ScriptedSubject.plan(3)).run();

        assertThat(exiting.story).containsSubsequence("300 stop n1", "1300 start n1");
    }

    @Test
    void everyKindOfFault_canBeCarriedOut_andIsGoneAfterwards() {
        for (FaultKind kind : FaultKind.values()) {
            FaultDraw draw = new FaultDraw(5, List.of(1, 3), 1_000, List.of("tick"));
            Fault fault = draw.draw(kind, false, new SeededRng(3)).orElseThrow();

            SimResult result = new Simulation(subject, ScriptedSubject.plan(5, fault)).run();

            assertThat(result.failure()).as("%s", fault).isEmpty();
            assertThat(result.faults()).containsOnlyKeys(kind.name());
            var cluster = subject.run().cluster();
            assertThat(cluster.network().links()).noneMatch(link -> link.isCut() || link.isClogged());
            assertThat(cluster.machines()).allMatch(machine -> machine.awake());
        }
    }

    @Test
    void violation_namesInvariantNodePhaseAndTime() {
        SimResult result = new Simulation(failing("Broken", 1, 700), ScriptedSubject.plan(3)).run();

        Failure failure = result.failure().orElseThrow();
        assertThat(failure.invariant()).isEqualTo("Broken");
        assertThat(failure.node()).isEqualTo(1);
        assertThat(failure.phase()).isEqualTo(Phase.CHAOS);
        assertThat(failure.atNanos()).isEqualTo(Duration.ofMillis(700).toNanos());
        assertThat(result.line("v1"))
                .contains("seed=1 ", "version=v1", "invariant=Broken", "time=700ms", "node=n2", "plan=");
    }

    /** IX4: what nobody caught fails the run. */
    @Test
    void exception_isNoCrash_andLivelock_isEventBudget() {
        ScriptedSubject throwing = new ScriptedSubject() {
            @Override
            void tick(SimProcess process) {
                throw new IllegalStateException("broken");
            }
        };
        ScriptedSubject spinning = new ScriptedSubject() {
            @Override
            void tick(SimProcess process) {
                process.time().execute(() -> tick(process));
            }
        };

        assertThat(invariantOf(throwing)).contains("NoCrash/IllegalStateException");
        assertThat(invariantOf(spinning)).contains("EventBudget");
    }

    @Test
    void lack_thatStays_breaksItsInvariant_atTheBound() {
        ScriptedSubject stuck = new ScriptedSubject() {
            @Override
            public Optional<Lack> lacking(Phase phase) {
                return phase == Phase.HEAL ? Optional.of(new Lack("CatchUp", "all of it")) : Optional.empty();
            }
        };

        Failure failure =
                new Simulation(stuck, ScriptedSubject.plan(3)).run().failure().orElseThrow();

        assertThat(failure.invariant()).isEqualTo("CatchUp");
        assertThat(failure.phase()).isEqualTo(Phase.HEAL);
        assertThat(failure.atNanos()).isEqualTo(Duration.ofSeconds(3).toNanos());
    }

    @Test
    void draw_isAFunctionOfTheSeed_andItsTextIsThePlan() {
        Simulations simulations = Simulations.of(subject);
        for (long seed = 0; seed < 100; seed++) {
            Plan plan = simulations.draw(seed);
            assertThat(plan).isEqualTo(simulations.draw(seed));
            assertThat(PlanJson.read(PlanJson.write(plan))).isEqualTo(plan);
            assertThat(plan.damaged()).hasSizeLessThanOrEqualTo((plan.nodes() - 1) / 2);
            assertThat(plan.core()).hasSize(plan.nodes() / 2 + 1);
        }
        assertThat(simulations.draw(1).digest())
                .isNotEqualTo(simulations.draw(2).digest());
    }

    @Test
    void draw_reachesEveryKind_bothTriggers_andQuietSeeds() {
        Simulations simulations = Simulations.of(subject);
        Set<FaultKind> kinds = EnumSet.noneOf(FaultKind.class);
        int triggered = 0;
        int quiet = 0;
        for (long seed = 0; seed < 200; seed++) {
            List<Fault> faults = simulations.draw(seed).faults();
            faults.forEach(fault -> kinds.add(fault.kind()));
            triggered += faults.stream().anyMatch(Fault::isTriggered) ? 1 : 0;
            quiet += faults.isEmpty() ? 1 : 0;
        }

        assertThat(kinds).isEqualTo(EnumSet.allOf(FaultKind.class));
        assertThat(triggered).isBetween(40, 120);
        assertThat(quiet).isBetween(4, 40);
    }

    @Test
    void marks_thatWereMissed_areReported() {
        SweepReport report = Simulations.of(subject).runSeeds(1, 3);

        assertThat(report.seeds()).isEqualTo(3);
        assertThat(report.missedMarks()).containsExactly("ticked");
        assertThat(report.toJson()).contains("\"marksMissed\" : [ \"ticked\" ]", "\"seeds\" : 3");
    }

    private void run(Fault... faults) {
        SimResult result = new Simulation(subject, ScriptedSubject.plan(3, faults)).run();
        assertThat(result.failure()).isEmpty();
    }

    private static Optional<String> invariantOf(ScriptedSubject broken) {
        return new Simulation(broken, ScriptedSubject.plan(3)).run().failure().map(Failure::invariant);
    }

    private static ScriptedSubject failing(String invariant, int node, long atMillis) {
        return new ScriptedSubject() {
            @Override
            public void check(int checked) {
                boolean now = run().cluster().clock().monoNanos()
                        >= Duration.ofMillis(atMillis).toNanos();
                run().require(!now || checked != node, invariant, checked, () -> "as planned");
            }
        };
    }
}
