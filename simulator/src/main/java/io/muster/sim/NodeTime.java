package io.muster.sim;

import io.muster.member.port.Time;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Queue;

/**
 * The clock and the turns of one incarnation of a node, on the shared {@link VirtualTime}. When the incarnation dies, all that it still
 * had before it is dropped, and so is whatever its abandoned objects ask for later.
 *
 * <p>Tasks given to {@link #execute} keep their order among themselves even where the clock shuffles events of the same instant: each gets
 * its own turn from the clock, and a turn runs whichever task is the oldest.
 *
 * <p>A node that is paused, or busy because it is slow, holds back what falls due and runs it later, in that order.
 */
public final class NodeTime implements Time {

    /** Of what is no numbered node, as the harness. */
    public static final int NO_INDEX = -1;

    /** What one turn costs a slow node for each unit of its factor. */
    private static final long TURN_NANOS = 20_000;

    private static final long NANOS_PER_MILLI = 1_000_000;

    private final VirtualTime clock;
    private final String name;
    private final int index;
    private final long nameHash;
    private final Queue<Runnable> submitted = new ArrayDeque<>();

    /** What fell due while the node could not run, oldest first. */
    private final Deque<Event> heldBack = new ArrayDeque<>();

    private long wallSkewMillis;
    private double rate = 1;

    /** Virtual and own time at the last change of the rate. */
    private long rateSinceNanos;

    private long rateSinceLocalNanos;
    private long turnNanos;
    private long busyUntilNanos;
    private boolean paused;
    private boolean wakeScheduled;
    private boolean killed;

    NodeTime(VirtualTime clock, String name, int index) {
        this.clock = clock;
        this.name = name;
        this.index = index;
        this.nameHash = TraceHash.hashOf(name);
        this.rateSinceNanos = clock.monoNanos();
        this.rateSinceLocalNanos = rateSinceNanos;
    }

    @Override
    public long monoNanos() {
        long passed = clock.monoNanos() - rateSinceNanos;
        return rateSinceLocalNanos + (rate == 1 ? passed : (long) (passed * rate));
    }

    @Override
    public long wallMillis() {
        return clock.wallMillis() + wallSkewMillis + (monoNanos() - clock.monoNanos()) / NANOS_PER_MILLI;
    }

    @Override
    public Timer after(Duration delay, Runnable task) {
        if (delay.isNegative()) {
            throw new IllegalArgumentException("a delay is zero or more: " + delay);
        }
        if (killed) {
            return () -> {};
        }
        long delayNanos = VirtualTime.saturatedNanos(delay);
        long now = monoNanos();
        long localDueNanos = delayNanos > Long.MAX_VALUE - now ? Long.MAX_VALUE : now + delayNanos;
        return clock.schedule(this, toVirtual(delayNanos), localDueNanos, false, task);
    }

    @Override
    public void execute(Runnable task) {
        if (killed) {
            return;
        }
        submitted.add(task);
        clock.schedule(this, 0, Event.ANY_LOCAL_TIME, false, this::runOldest);
    }

    /** Runs a task on the node when so much virtual time is over, whatever the node's own clock shows: something reaches it from outside. */
    public void deliver(long delayNanos, Runnable task) {
        if (!killed) {
            clock.schedule(this, delayNanos, Event.ANY_LOCAL_TIME, false, task);
        }
    }

    // Faults of clock and process

    /** Moves this node's wall clock alone, either way; monotonic time is unaffected. */
    public void jumpWall(Duration by) {
        wallSkewMillis += by.toMillis();
    }

    /** Lets both clocks of the node run at this multiple of virtual time. Timers never fire early by the node's own clock. */
    public void rate(double newRate) {
        if (!(newRate > 0)) {
            throw new IllegalArgumentException("a clock runs forwards: " + newRate);
        }
        rateSinceLocalNanos = monoNanos();
        rateSinceNanos = clock.monoNanos();
        rate = newRate;
    }

    /** Stops the process (SIGSTOP, long collection) until {@link #resume}; idempotent. */
    public void pause() {
        paused = true;
    }

    /** Lets a paused process go on: what fell due meanwhile runs now, late. */
    public void resume() {
        paused = false;
        wakeIfHeldBack();
    }

    public boolean paused() {
        return paused;
    }

    /** Makes each turn of the node so many times as long as an ordinary one; 0 lets turns take no time, as they do by default. */
    public void slow(int factor) {
        turnNanos = factor * TURN_NANOS;
    }

    /** Ends the incarnation: nothing of it runs any more; idempotent. */
    public void kill() {
        killed = true;
        submitted.clear();
        heldBack.clear();
        clock.dropEventsOf(this);
    }

    public boolean killed() {
        return killed;
    }

    /** Name of the node in traces and messages. */
    public String name() {
        return name;
    }

    /** Number of the node in its cluster, or {@link #NO_INDEX}. */
    public int index() {
        return index;
    }

    long nameHash() {
        return nameHash;
    }

    // For the clock

    /** Whether this is not the time to run the event; the node then sees to it that it runs later. */
    boolean putsOff(Event event) {
        if (event.wakesNode()) {
            return false;
        }
        if (paused || clock.monoNanos() < busyUntilNanos || !heldBack.isEmpty()) {
            heldBack.add(event);
            wakeIfHeldBack();
            return true;
        }
        if (rate != 1 && event.localDueNanos() > monoNanos() && event.localDueNanos() != Long.MAX_VALUE) {
            long missingNanos = event.localDueNanos() - monoNanos();
            clock.reschedule(event, toVirtual(missingNanos));
            return true;
        }
        busyUntilNanos = clock.monoNanos() + turnNanos;
        return false;
    }

    private void wakeIfHeldBack() {
        if (paused || wakeScheduled || heldBack.isEmpty() || killed) {
            return;
        }
        wakeScheduled = true;
        long delayNanos = Math.max(0, busyUntilNanos - clock.monoNanos());
        clock.schedule(this, delayNanos, Event.ANY_LOCAL_TIME, true, this::wake);
    }

    private void wake() {
        wakeScheduled = false;
        if (!paused) {
            Event oldest = heldBack.poll();
            if (oldest != null && oldest.waits()) {
                busyUntilNanos = clock.monoNanos() + turnNanos;
                clock.run(oldest);
            }
        }
        wakeIfHeldBack();
    }

    /** How much virtual time passes until the node's own clock has gone on by so much, rounded up. */
    private long toVirtual(long localNanos) {
        if (rate == 1 || localNanos == Long.MAX_VALUE) {
            return localNanos;
        }
        return (long) (localNanos / rate) + 1;
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
