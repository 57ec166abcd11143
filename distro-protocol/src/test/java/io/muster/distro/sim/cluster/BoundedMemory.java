package io.muster.distro.sim.cluster;

import io.muster.sim.run.InvariantViolation;
import java.util.function.Supplier;

/**
 * IX4 {@code NoCrash}, as far as memory and timers go: a server holds what it must, and no more.
 *
 * <ul>
 *   <li>It counts the changes that are not done as their callers do, and there are never more than it has room for.
 *   <li>No queue, map or list of its engine has more elements than there are instances, or changes under way: whatever waits, waits once for each.
 *   <li>Its bytes are bounded by what it holds of each instance, of what each of the others must be told of it, and of each change.
 *   <li>Once stopped, it has no timer.
 * </ul>
 */
final class BoundedMemory {

    /** Members, batches whose acknowledgement may still come, listeners, rounds of questions: a few of each. */
    private static final int OTHER_ELEMENTS_MAX = 24;

    /** The buckets of wheel and digests, and what there is one of. */
    private static final long EMPTY_BYTES_MAX = 16_000;

    /** Key, lease, version, value and the record; and as a change, in a batch of its own. */
    private static final long RECORD_BYTES_MAX = 1_500;

    private static final long CHANGE_BYTES_MAX = 1_500;

    /** A key in a batch under way, and in ten that are overdue, of syncs and of renewals. */
    private static final long TOLD_BYTES_MAX = 2 * 11 * 64;

    /** Sessions of verify rounds, targets, requests. */
    private static final long PEER_BYTES_MAX = 4_000;

    private final ApRun run;
    private final int peers;

    BoundedMemory(ApRun run, int nodes) {
        this.run = run;
        this.peers = nodes - 1;
    }

    /** Quick. */
    void queue(SimServer server) {
        int queued = server.queuedChanges();
        require(
                queued == server.unanswered(),
                server,
                () -> queued + " changes are under way by its own account, and " + server.unanswered()
                        + " by that of the callers");
        require(
                queued <= server.room(),
                server,
                () -> queued + " changes wait where there is room for " + server.room());
    }

    /** Walks over the whole engine. */
    void heap(SimServer server, int instances) {
        EngineHeap heap = server.heap();
        int elementsMax = Math.max(instances, server.unanswered()) + OTHER_ELEMENTS_MAX;
        require(
                heap.largest() <= elementsMax,
                server,
                () -> heap.largest() + " elements in " + heap.largestPlace() + ", with " + instances + " instances and "
                        + server.unanswered() + " changes under way");
        long bytesMax = EMPTY_BYTES_MAX
                + instances * (RECORD_BYTES_MAX + peers * TOLD_BYTES_MAX)
                + server.unanswered() * CHANGE_BYTES_MAX
                + peers * PEER_BYTES_MAX;
        require(
                heap.bytes() <= bytesMax,
                server,
                () -> heap.bytes() + " bytes, and at most " + bytesMax + " are accounted for");
    }

    void stopped(SimServer server) {
        require(server.stopped(), server, () -> "does not come to a stop");
        require(
                server.timersLeft() == 0,
                server,
                () -> server.timersLeft() + " timers wait, though the engine was stopped");
    }

    private void require(boolean holds, SimServer server, Supplier<String> what) {
        if (!holds && run.counts("IX4")) {
            throw new InvariantViolation("IX4", server.process.index(), "NoCrash: " + what.get());
        }
    }
}
