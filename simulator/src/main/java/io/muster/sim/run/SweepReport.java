package io.muster.sim.run;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What many runs came to. Results may be added from several threads.
 *
 * <p>As JSON it is what a long run prints ({@code spec/simulation.md} §6): seeds, simulated hours, events, faults by kind, marks hit and missed.
 */
public final class SweepReport {

    /** More failures than this are counted, but not told. */
    public static final int FAILURES_TOLD_MAX = 20;

    private final Subject subject;
    private final SortedMap<String, Long> faults = new TreeMap<>();
    private final SortedMap<String, Long> network = new TreeMap<>();
    private final SortedMap<String, Long> marks = new TreeMap<>();
    private final List<String> failures = new ArrayList<>();
    private long seeds;
    private long failed;
    private long virtualNanos;
    private long events;
    private Duration took = Duration.ZERO;

    SweepReport(Subject subject) {
        this.subject = subject;
    }

    synchronized void add(SimResult result) {
        seeds++;
        virtualNanos += result.virtualNanos();
        events += result.events();
        addAll(faults, result.faults());
        addAll(network, result.network());
        addAll(marks, result.marks());
        if (!result.passed()) {
            failed++;
        }
    }

    synchronized void addFailure(String line) {
        if (failures.size() < FAILURES_TOLD_MAX) {
            failures.add(line);
        }
    }

    /** A run that gave no result. */
    synchronized void addAborted(String line) {
        failed++;
        addFailure(line);
    }

    synchronized void took(Duration realTime) {
        took = realTime;
    }

    public synchronized long seeds() {
        return seeds;
    }

    /** How many runs failed. */
    public synchronized long failed() {
        return failed;
    }

    public synchronized long events() {
        return events;
    }

    public synchronized Map<String, Long> faults() {
        return new TreeMap<>(faults);
    }

    public synchronized Map<String, Long> marks() {
        return new TreeMap<>(marks);
    }

    /** The required marks that no run hit: the plans are blind there. */
    public synchronized List<String> missedMarks() {
        return subject.requiredMarks().stream()
                .filter(mark -> !marks.containsKey(mark))
                .toList();
    }

    public synchronized String toJson() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("subject", subject.name());
        fields.put("version", CodeVersion.current());
        fields.put("seconds", took.toMillis() / 1_000.0);
        fields.put("seeds", seeds);
        fields.put("failed", failed);
        fields.put("simulatedHours", virtualNanos / 3.6e12);
        fields.put("events", events);
        fields.put("faults", faults);
        fields.put("network", network);
        fields.put("marksHit", marks);
        fields.put("marksMissed", missedMarks());
        fields.put("failures", failures);
        return JsonTree.write(fields);
    }

    private static void addAll(SortedMap<String, Long> sums, SortedMap<String, Long> counts) {
        counts.forEach((name, count) -> sums.merge(name, count, Long::sum));
    }
}
