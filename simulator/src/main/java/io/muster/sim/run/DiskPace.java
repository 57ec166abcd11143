package io.muster.sim.run;

import io.muster.sim.DiskOperation;
import io.muster.sim.cluster.SimMachine;
import java.time.Duration;
import java.util.Random;

/** How long operations take on the disks of a run without faults: each kind about its own time, half more or less by coin. */
record DiskPace(long writeMicros, long syncMicros) {

    static final String WRITE_KNOB = "sim.disk.writeMicros";
    static final String SYNC_KNOB = "sim.disk.syncMicros";

    static DiskPace of(Plan plan) {
        return new DiskPace(plan.knob(WRITE_KNOB), plan.knob(SYNC_KNOB));
    }

    void applyTo(SimMachine machine) {
        Random coins = new Random(machine.nodeId().low());
        machine.disk().latency(operation -> {
            long micros = isSync(operation) ? syncMicros : writeMicros;
            return Duration.ofNanos(micros * (500 + coins.nextInt(1_000)));
        });
    }

    private static boolean isSync(DiskOperation operation) {
        return operation.kind() == DiskOperation.Kind.SYNC || operation.kind() == DiskOperation.Kind.SYNC_DIRECTORY;
    }
}
