package io.muster.sim.run;

import io.muster.sim.net.LinkQuality;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Makes a failing plan small ({@code spec/simulation.md} §8): without the tail, faults, operations, clients, nodes and noise that the failure
 * does not need, and with shorter gaps. A step is kept if the same invariant fails. Bounded by real time, so two shrinkings of one plan may
 * end differently; each result replays exactly.
 */
public final class Shrinker {

    /** How long a failure is shrunk unless told otherwise. */
    public static final Duration BUDGET = Duration.ofSeconds(60);

    /** Gaps are not made shorter than this. */
    private static final long GAP_MILLIS = 20;

    private final Subject subject;
    private final long untilNanos;
    private final String invariant;
    private Plan best;
    private int runs;

    private Shrinker(Subject subject, Plan failing, String invariant, Duration budget) {
        this.subject = subject;
        this.best = failing;
        this.invariant = invariant;
        this.untilNanos = System.nanoTime() + budget.toNanos();
    }

    /** What came of it. */
    public record Shrunk(Plan plan, int runs) {}

    /**
     * @param failed a run that failed
     * @param budget real time; the step under way when it is over is still finished
     */
    public static Shrunk shrink(Subject subject, SimResult failed, Duration budget) {
        Failure failure = failed.failure().orElseThrow();
        Shrinker shrinker = new Shrinker(subject, failed.plan(), failure.invariant(), budget);
        shrinker.cutTail(failure);
        Plan before;
        do {
            before = shrinker.best;
            shrinker.pass();
        } while (!before.equals(shrinker.best) && shrinker.timeIsLeft());
        return new Shrunk(shrinker.best, shrinker.runs);
    }

    private void pass() {
        dropFaults();
        dropClients();
        dropOperations();
        dropNodes();
        dropNoise();
        shortenFaults();
        shortenGaps();
    }

    private void cutTail(Failure failure) {
        if (failure.phase() != Phase.CHAOS) {
            return;
        }
        long endMillis = failure.atNanos() / 1_000_000 + 1;
        PlanShape shape = best.shape();
        List<Fault> faults = best.faults().stream()
                .filter(fault -> fault.atMillis() <= endMillis)
                .toList();
        List<Operation> operations = best.operations().stream()
                .filter(operation -> operation.atMillis() <= endMillis)
                .toList();
        accept(best.withShape(new PlanShape(endMillis, shape.coreMillis(), shape.healMillis()))
                .withFaults(faults)
                .withOperations(operations));
    }

    private void dropFaults() {
        Plan plan = best;
        accept(plan.withFaults(Ddmin.minimize(plan.faults(), faults -> fails(plan.withFaults(faults)))));
    }

    private void dropOperations() {
        Plan plan = best;
        accept(plan.withOperations(
                Ddmin.minimize(plan.operations(), operations -> fails(plan.withOperations(operations)))));
    }

    private void dropClients() {
        SortedSet<Integer> clients = new TreeSet<>();
        best.operations().forEach(operation -> clients.add(operation.client()));
        for (int client : clients) {
            accept(best.withOperations(best.operations().stream()
                    .filter(operation -> operation.client() != client)
                    .toList()));
        }
    }

    private void dropNodes() {
        for (int nodes = best.nodes() - 1; nodes >= subject.nodesMin(); nodes--) {
            accept(best.withNodes(nodes));
        }
    }

    private void dropNoise() {
        LinkQuality noise = best.noise();
        LinkQuality good = LinkQuality.GOOD;
        if (accept(best.withNoise(good))) {
            return;
        }
        List.of(
                        noise.withDrop(0),
                        noise.withDuplicate(0),
                        noise.withReorder(0),
                        noise.withReplay(0),
                        noise.withDelay(
                                Duration.ofNanos(good.delayMinNanos()), Duration.ofNanos(good.delayMeanNanos())))
                .forEach(quieter -> accept(best.withNoise(quieter)));
    }

    private void shortenFaults() {
        for (int i = 0; i < best.faults().size(); i++) {
            List<Fault> faults = new ArrayList<>(best.faults());
            Fault fault = faults.get(i);
            for (long shorter = fault.forMillis() / 8; shorter < fault.forMillis(); shorter = 2 * shorter + 1) {
                faults.set(i, fault.lasting(shorter));
                if (accept(best.withFaults(faults))) {
                    break;
                }
            }
        }
    }

    /** Pulls everything after each gap forwards, all gaps at once, then one by one. */
    private void shortenGaps() {
        List<Long> times = times(best);
        if (accept(withoutGaps(best, times))) {
            return;
        }
        for (int i = times.size() - 1; i >= 0; i--) {
            long before = i == 0 ? 0 : times.get(i - 1);
            accept(pulled(best, times.get(i), times.get(i) - before - GAP_MILLIS));
        }
    }

    private static Plan withoutGaps(Plan plan, List<Long> times) {
        Plan shorter = plan;
        for (int i = times.size() - 1; i >= 0; i--) {
            long before = i == 0 ? 0 : times.get(i - 1);
            shorter = pulled(shorter, times.get(i), times.get(i) - before - GAP_MILLIS);
        }
        return shorter;
    }

    /** The plan with everything from this time on so much earlier, the end of the chaos, too. */
    private static Plan pulled(Plan plan, long fromMillis, long byMillis) {
        if (byMillis <= 0) {
            return plan;
        }
        PlanShape shape = plan.shape();
        return plan.withFaults(plan.faults().stream()
                        .map(fault ->
                                fault.atMillis() < fromMillis ? fault : fault.movedTo(fault.atMillis() - byMillis))
                        .toList())
                .withOperations(plan.operations().stream()
                        .map(operation -> operation.atMillis() < fromMillis
                                ? operation
                                : operation.movedTo(operation.atMillis() - byMillis))
                        .toList())
                .withShape(new PlanShape(
                        Math.max(1, shape.chaosMillis() - byMillis), shape.coreMillis(), shape.healMillis()));
    }

    private static List<Long> times(Plan plan) {
        List<Long> times = new ArrayList<>();
        plan.faults().forEach(fault -> times.add(fault.atMillis()));
        plan.operations().forEach(operation -> times.add(operation.atMillis()));
        return times.stream().distinct().sorted(Comparator.naturalOrder()).toList();
    }

    private boolean accept(Plan candidate) {
        if (candidate.equals(best) || !fails(candidate)) {
            return false;
        }
        best = candidate;
        return true;
    }

    private boolean fails(Plan candidate) {
        if (!timeIsLeft()) {
            return false;
        }
        runs++;
        SimResult result = new Simulation(subject, candidate).run();
        return Objects.equals(result.failure().map(Failure::invariant).orElse(""), invariant);
    }

    private boolean timeIsLeft() {
        return System.nanoTime() < untilNanos;
    }
}
