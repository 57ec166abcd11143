package io.muster.sim;

import io.muster.member.port.Time;
import org.jspecify.annotations.Nullable;

/** Something that will happen on a node, ordered by (virtual time, tie-break, sequence number). Mutable: it knows whether it still waits. */
final class Event implements Comparable<Event>, Time.Timer {

    /** Of an event that comes from outside the node, so that the rate of the node's clock does not matter to it. */
    static final long ANY_LOCAL_TIME = Long.MIN_VALUE;

    // A constant, not a method: whether a task is this very object tells whether the event has run.
    @SuppressWarnings("UnnecessaryLambda")
    private final VirtualTime clock;

    private final NodeTime node;
    private long atNanos;
    private final long tieBreak;
    private long sequence;
    private final boolean wakesNode;

    /** The event does not run before the node's own clock shows this. */
    private final long localDueNanos;

    /** Whether it is in the queue; else its node holds it back, or it has run. */
    private boolean queued;

    /** Null once it has run or was cancelled. */
    private @Nullable Runnable task;

    Event(
            VirtualTime clock,
            NodeTime node,
            long atNanos,
            long tieBreak,
            long sequence,
            long localDueNanos,
            boolean wakesNode,
            Runnable task) {
        this.clock = clock;
        this.node = node;
        this.atNanos = atNanos;
        this.tieBreak = tieBreak;
        this.sequence = sequence;
        this.localDueNanos = localDueNanos;
        this.wakesNode = wakesNode;
        this.task = task;
    }

    NodeTime node() {
        return node;
    }

    long atNanos() {
        return atNanos;
    }

    long sequence() {
        return sequence;
    }

    long localDueNanos() {
        return localDueNanos;
    }

    /** Whether it is the node's own turn to go on with what it held back. */
    boolean wakesNode() {
        return wakesNode;
    }

    boolean queued() {
        return queued;
    }

    void queued(boolean isQueued) {
        queued = isQueued;
    }

    /** Only while it is not in the queue, whose order it would break. */
    void postpone(long newAtNanos, long newSequence) {
        atNanos = newAtNanos;
        sequence = newSequence;
    }

    boolean waits() {
        return task != null;
    }

    /** The task, which this event does not have any more after this. */
    Runnable take() {
        Runnable taken = task;
        if (taken == null) {
            throw new IllegalStateException("event " + sequence + " of " + node + " waits no more");
        }
        task = null;
        return taken;
    }

    @Override
    public void cancel() {
        if (waits()) {
            task = null;
            clock.forget(this);
        }
    }

    @Override
    public int compareTo(Event other) {
        int byTime = Long.compare(atNanos, other.atNanos);
        if (byTime != 0) {
            return byTime;
        }
        int byTieBreak = Long.compare(tieBreak, other.tieBreak);
        return byTieBreak != 0 ? byTieBreak : Long.compare(sequence, other.sequence);
    }
}
