package io.muster.distro.sim.cluster;

import io.muster.consistency.Condition;
import io.muster.consistency.ConsistencyException;
import io.muster.consistency.Key;
import io.muster.sim.run.InvariantViolation;
import io.muster.sim.run.SimRun;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** ID12 {@code AlwaysWritable}: whoever serves answers, alone or not, and takes what it is asked for unless it has no room. */
final class OpenWrites {

    /** The longest pass-on timeout, and some turns. */
    private static final long ANSWER_NANOS = TimeUnit.MILLISECONDS.toNanos(1_500);

    private record Open(SimServer asked, Key key, long sinceNanos) {}

    private final ApRun run;
    private final SimRun simRun;
    private final Contacts contacts;
    private final List<Open> open = new ArrayList<>();

    OpenWrites(ApRun run, SimRun simRun, Contacts contacts) {
        this.run = run;
        this.simRun = simRun;
        this.contacts = contacts;
    }

    void expectAnswer(SimServer asked, Key key) {
        simRun.sensitive("accepted a write", asked.process.index());
        open.add(new Open(asked, key, run.nowNanos()));
    }

    void answered(SimServer asked, Key key, Condition condition, @Nullable Throwable error) {
        for (int i = 0; i < open.size(); i++) {
            if (open.get(i).asked() == asked && open.get(i).key().equals(key)) {
                open.remove(i);
                break;
            }
        }
        if (error != null) {
            Throwable cause = error instanceof CompletionException wrapped && wrapped.getCause() != null
                    ? wrapped.getCause()
                    : error;
            if (!isSound(asked, condition, cause)) {
                run.observer()
                        .broken(new InvariantViolation(
                                "ID12",
                                asked.process.index(),
                                "AlwaysWritable: a write of " + key + " failed: " + cause));
            }
        }
    }

    private static boolean isSound(SimServer asked, Condition condition, Throwable cause) {
        if (cause instanceof ConsistencyException.Conflict) {
            return condition != Condition.ALWAYS;
        }
        if (cause instanceof ConsistencyException.Overloaded) {
            return asked.isFull();
        }
        if (cause instanceof ConsistencyException.OutcomeUnknown) {
            // With another member when its own stopped.
            return asked.stops();
        }
        // Also one that finds, before the write's turn comes, that it was away for so long that it must load first: it
        // serves nobody until it has
        // (R49), and its clients go elsewhere (R43).
        return cause instanceof ConsistencyException.NotReady && (!asked.ready() || asked.hangs());
    }

    /** Its process is gone, and with it its answers. */
    void forget(SimServer dead) {
        open.removeIf(call -> call.asked() == dead);
    }

    void look() {
        for (Open call : open) {
            int node = call.asked().process.index();
            long sinceNanos = Math.max(call.sinceNanos(), contacts.disturbedNanos(node));
            if (run.nowNanos() - sinceNanos >= ANSWER_NANOS && run.counts("ID12")) {
                throw new InvariantViolation("ID12", node, "AlwaysWritable: no answer to a write of " + call.key());
            }
        }
    }
}
