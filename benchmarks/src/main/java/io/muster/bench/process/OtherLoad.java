package io.muster.bench.process;

import java.util.List;
import java.util.Locale;

/**
 * What else ran on the machine during a measurement: a busy neighbour costs caches and clock frequency even where CPU time is counted by
 * process.
 */
public final class OtherLoad {

    private final List<Long> measuredPids;
    private final long machineMicros;
    private final long measuredMicros;
    private final long startNanos;

    private OtherLoad(List<Long> measuredPids, long machineMicros, long measuredMicros, long startNanos) {
        this.measuredPids = measuredPids;
        this.machineMicros = machineMicros;
        this.measuredMicros = measuredMicros;
        this.startNanos = startNanos;
    }

    /** Begins to watch; the tool itself and the children that it waits for count as measured. */
    public static OtherLoad watch(List<Long> measuredPids) {
        return new OtherLoad(measuredPids, CpuTime.ofMachine(), measured(measuredPids), System.nanoTime());
    }

    /** Cores that others kept busy on average since the watch began. */
    public double cores() {
        double others = (CpuTime.ofMachine() - machineMicros) - (measured(measuredPids) - measuredMicros);
        return Math.max(0, others / ((System.nanoTime() - startNanos) / 1e3));
    }

    public String text() {
        return String.format(
                Locale.ROOT,
                "%d cores; other processes kept %.2f of them busy; JDK %s",
                Runtime.getRuntime().availableProcessors(),
                cores(),
                Runtime.version());
    }

    private static long measured(List<Long> pids) {
        return CpuTime.ofProcessAndEndedChildren(ProcessHandle.current().pid())
                + pids.stream().mapToLong(CpuTime::ofProcess).sum();
    }
}
