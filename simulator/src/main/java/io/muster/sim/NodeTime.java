package io.muster.sim;

import io.muster.member.port.Time;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * The clock and the turns of one incarnation of a node, on the shared {@link VirtualTime}. When the incarnation dies, all that it still
 * had before it is dropped, and so is whatever its abandoned objects ask for later.
 *
 * <p>Tasks given to {@link #execute} keep their order among themselves even where the clock shuffles events of the same instant: each gets
 * its own turn from the clock, and a turn runs whichever task is the oldest.
 */
public final class NodeTime implements Time {

    private final VirtualTime clock;
    private final String name;
    private final long nameHash;
    private final Queue<Runnable> submitted = new ArrayDeque<>();
    private long wallSkewMillis;
    private boolean killed;

    NodeTime(VirtualTime clock, String name) {
        this.clock = clock;
        this.name = name;
        this.nameHash = TraceHash.hashOf(name);
    }

    @Override
    public long monoNanos() {
        return clock.monoNanos();
    }

    @Override
    public long wallMillis() {
        return clock.wallMillis() + wallSkewMillis;
    }

    @Override
    public Timer after(Duration delay, Runnable task) {
        if (delay.isNegative()) {
            throw new IllegalArgumentException("a delay is zero or more: " + delay);
        }
        if (killed) {
            return () -> {};
        }
        return clock.schedule(this, delay, task);
    }

    @Override
    public void execute(Runnable task) {
        if (killed) {
            return;
        }
        submitted.add(task);
        clock.schedule(this, Duration.ZERO, this::runOldest);
    }

    /** Moves this node's wall clock alone, either way; monotonic time is unaffected. */
    public void jumpWall(Duration by) {
        wallSkewMillis += by.toMillis();
    }

    /** Ends the incarnation: nothing of it runs any more; idempotent. */
    public void kill() {
        killed = true;
        submitted.clear();
        clock.dropEventsOf(this);
    }

    public boolean killed() {
        return killed;
    }

    /** Name of the node in traces and messages. */
    public String name() {
        return name;
    }

    long nameHash() {
        return nameHash;
    }

    private void runOldest() {
        Runnable oldest = submitted.poll();
        if (oldest != null) {
            oldest.run();
        }
    }

    @Override
    public String toString() {
        return "NodeTime[" + name + "]";
    }
}
