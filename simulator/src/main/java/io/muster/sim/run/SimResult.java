package io.muster.sim.run;

import java.util.Optional;
import java.util.SortedMap;

/**
 * What a run came to.
 *
 * @param traceHash over everything that was dispatched and done; the same for the same seed and plan (IX1)
 * @param virtualNanos how much virtual time passed
 * @param faults how many of each kind were carried out
 * @param network what became of frames, by fate
 * @param marks how often each was hit
 */
public record SimResult(
        Plan plan,
        long traceHash,
        long virtualNanos,
        long events,
        SortedMap<String, Long> faults,
        SortedMap<String, Long> network,
        SortedMap<String, Long> marks,
        Optional<Failure> failure) {

    public boolean passed() {
        return failure.isEmpty();
    }

    /** The line that a failure is reported with: all that it takes to see it again. */
    public String line(String codeVersion) {
        String outcome = failure.map(SimResult::describe).orElse("passed");
        return "subject=" + plan.subject() + " seed=" + plan.seed() + " version=" + codeVersion + " " + outcome
                + " plan=" + plan.digest() + " trace=" + String.format("%016x", traceHash);
    }

    private static String describe(Failure failure) {
        String node = failure.node() == InvariantViolation.NO_NODE ? "-" : "n" + (failure.node() + 1);
        return "invariant=" + failure.invariant() + " time=" + failure.atNanos() / 1_000_000 + "ms phase="
                + failure.phase() + " node=" + node;
    }
}
