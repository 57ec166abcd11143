package io.muster.simulation.health;

import io.muster.sim.cluster.SimCluster;
import io.muster.sim.net.Cut;
import io.muster.sim.run.Phase;
import io.muster.sim.run.SimRun;
import io.muster.simulation.health.CheckedTarget.Behaviour;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * Cuts that come when they hurt most: a target has refused all checks but the one that would flip it, and then is well; but the member that made them is cut off. What it meets next is silence, and
 * sooner than it can know why.
 */
final class CutsInDoubt {

    private final SimRun run;
    private final SimCluster cluster;
    private final int refusals;
    private final List<Awaited> awaited = new ArrayList<>();

    /** A target that refuses from then on, until it has been asked often enough. */
    private record Awaited(CheckedTarget target, long sinceNanos, Duration cutFor) {}

    /** @param refusals one less than flip health */
    CutsInDoubt(SimRun run, int refusals) {
        this.run = run;
        this.refusals = refusals;
        this.cluster = run.cluster();
    }

    void await(CheckedTarget target, Duration cutFor) {
        long nowNanos = cluster.clock().monoNanos();
        target.behave(Behaviour.REFUSES, nowNanos);
        awaited.add(new Awaited(target, nowNanos, cutFor));
    }

    /** Every few milliseconds: less than it takes until a target in doubt is asked again. */
    void look() {
        for (Iterator<Awaited> all = awaited.iterator(); all.hasNext(); ) {
            Awaited one = all.next();
            List<CheckedTarget.Begun> refused = one.target().begunSince(one.sinceNanos());
            if (refused.size() >= refusals) {
                all.remove();
                one.target().behave(Behaviour.UP, cluster.clock().monoNanos());
                int machine = refused.get(0).machine();
                if (machine != one.target().rack) {
                    cutOff(machine, one.cutFor());
                }
            }
        }
    }

    private void cutOff(int machine, Duration cutFor) {
        run.mark("cut off in doubt");
        Cut cut = Cut.isolate(cluster.network(), machine);
        cluster.clock().after(cutFor, () -> {
            // The end of the chaos heals all there is; what is cut after it is not ours.
            if (run.phase() == Phase.CHAOS) {
                cut.heal();
            }
        });
    }

    /** The chaos is over: who refuses goes on to. */
    void stop() {
        awaited.clear();
    }
}
