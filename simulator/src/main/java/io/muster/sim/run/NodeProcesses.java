package io.muster.sim.run;

import io.muster.sim.cluster.SimCluster;
import io.muster.sim.cluster.SimMachine;
import io.muster.sim.cluster.SimProcess;
import java.time.Duration;

/**
 * Starts, ends, stops and continues the processes of a run's nodes. Reasons to be down or paused are counted, so that faults may overlap: a
 * node runs again when the last of them is gone.
 */
final class NodeProcesses {

    /** How a machine loses its process. */
    interface Ending {
        void end(SimMachine machine);
    }

    /** How long a service manager waits before it starts a process again that has ended by itself. */
    private static final Duration RESTART_AFTER_EXIT = Duration.ofSeconds(1);

    private final SimCluster cluster;
    private final SubjectRun subject;
    private final DiskPace diskPace;
    private final int[] reasonsDown;
    private final int[] reasonsPaused;

    NodeProcesses(SimCluster cluster, SubjectRun subject, DiskPace diskPace) {
        this.cluster = cluster;
        this.subject = subject;
        this.diskPace = diskPace;
        this.reasonsDown = new int[cluster.size()];
        this.reasonsPaused = new int[cluster.size()];
    }

    void startAll() {
        cluster.machines().forEach(machine -> start(machine.index()));
    }

    /** Ends the node's process, if it has one, and keeps it down until {@link #release} was called as often as this. */
    void end(int node, Ending ending) {
        SimMachine machine = cluster.machine(node);
        boolean ran = machine.running();
        reasonsDown[node]++;
        ending.end(machine);
        if (ran) {
            subject.stopped(node);
        }
    }

    void release(int node) {
        reasonsDown[node]--;
        if (reasonsDown[node] == 0) {
            start(node);
        }
    }

    /** The process has ended by itself. */
    void exited(int node) {
        SimMachine machine = cluster.machine(node);
        int incarnation = machine.incarnation();
        cluster.clock().after(Duration.ZERO, () -> {
            if (machine.running() && machine.incarnation() == incarnation) {
                end(node, SimMachine::kill);
                cluster.clock().after(RESTART_AFTER_EXIT, () -> release(node));
            }
        });
    }

    void pause(int node) {
        reasonsPaused[node]++;
        cluster.machine(node).pause();
    }

    void resume(int node) {
        reasonsPaused[node]--;
        if (reasonsPaused[node] == 0) {
            cluster.machine(node).resume();
        }
    }

    void reconfigure(int node, FaultKind kind, long amount) {
        subject.reconfigure(node, kind, amount);
    }

    private void start(int node) {
        SimMachine machine = cluster.machine(node);
        diskPace.applyTo(machine);
        SimProcess process = machine.start();
        if (reasonsPaused[node] > 0) {
            machine.pause();
        }
        subject.start(process);
    }
}
