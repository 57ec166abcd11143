package io.muster.sim;

import io.muster.member.port.Time;
import java.time.Duration;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The virtual clock and event queue of a simulation. Time passes only when a test lets it; an event runs at its exact time, or at once
 * where the clock has already passed it. As a {@link Time} it is the harness's own; each incarnation of a node gets its own by {@link
 * #node}.
 *
 * <p>Events of the same instant run in the order in which they were asked for, or, with a seed for ties, in a shuffled order. What a task
 * throws reaches whoever lets time pass (invariant {@code NoCrash}). One thread; only the clocks may be read from others.
 */
public final class VirtualTime implements Time {

    private static final long NANOS_PER_MILLI = 1_000_000;

    private final TreeSet<Event> queue = new TreeSet<>();
    private final TraceHash trace = new TraceHash();
    private final EventBudget budget = new EventBudget();
    private final NodeTime harness = new NodeTime(this, "harness");
    private final Thread owner = Thread.currentThread();
    private final @Nullable RandomGenerator ties;

    /** Starts at 0, never goes back. */
    private volatile long nowNanos;

    /** What the wall clock showed at monotonic 0, moved by jumps. */
    private volatile long wallBaseMillis;

    private long nextSequence;
    private boolean dispatching;

    /** A clock that keeps the order of asking among events of the same instant. */
    public VirtualTime(long startWallMillis) {
        this(startWallMillis, null);
    }

    /** A clock that shuffles events of the same instant by the seed. */
    public static VirtualTime shuffling(long startWallMillis, long seed) {
        return new VirtualTime(startWallMillis, new SeededRng(seed).stream("ties"));
    }

    private VirtualTime(long startWallMillis, @Nullable RandomGenerator ties) {
        this.wallBaseMillis = startWallMillis;
        this.ties = ties;
    }

    @Override
    public long monoNanos() {
        return nowNanos;
    }

    @Override
    public long wallMillis() {
        return wallBaseMillis + nowNanos / NANOS_PER_MILLI;
    }

    @Override
    public Timer after(Duration delay, Runnable task) {
        return harness.after(delay, task);
    }

    @Override
    public void execute(Runnable task) {
        harness.execute(task);
    }

    /** The time of a new incarnation of a node without a name. */
    public NodeTime node() {
        return node("node");
    }

    /** The time of a new incarnation of a node. */
    public NodeTime node(String name) {
        return new NodeTime(this, name);
    }

    /** Lets so much time pass, and runs in order all that falls due in it, the last instant included. */
    public void advance(Duration by) {
        long until = plus(nowNanos, by);
        while (!queue.isEmpty() && queue.first().atNanos() <= until) {
            dispatch(queue.first());
        }
        nowNanos = Math.max(nowNanos, until);
    }

    /** Runs all that is due now, and what falls due now by that; the clock stays. */
    public void runUntilIdle() {
        advance(Duration.ZERO);
    }

    /**
     * Goes on to the next event and runs it.
     *
     * @return false when there is none
     */
    public boolean runNext() {
        if (queue.isEmpty()) {
            return false;
        }
        dispatch(queue.first());
        return true;
    }

    /**
     * Runs events until the condition holds; looks at it before each event.
     *
     * @throws AssertionError when it does not hold within the bound of virtual time, or nothing is left that could make it hold
     */
    public void runUntil(BooleanSupplier condition, Duration bound) {
        long until = plus(nowNanos, bound);
        long firstSequence = nextSequence;
        while (!condition.getAsBoolean()) {
            if (queue.isEmpty()) {
                throw new AssertionError("condition not met, and nothing is left to run at " + this);
            }
            if (queue.first().atNanos() > until) {
                throw new AssertionError("condition not met within " + bound + " of virtual time: at " + this + ", "
                        + (nextSequence - firstSequence) + " events were added meanwhile");
            }
            dispatch(queue.first());
        }
    }

    /** Lets time pass while every node stands still (SIGSTOP, long collection): what falls due meanwhile runs late, afterwards. */
    public void standStill(Duration by) {
        nowNanos = plus(nowNanos, by);
    }

    /** Moves the wall clock of all nodes, either way; monotonic time is unaffected. */
    // Only the owner writes; volatile is for those who read.
    @SuppressWarnings("NonAtomicVolatileUpdate")
    public void jumpWall(Duration by) {
        requireOwner();
        wallBaseMillis += by.toMillis();
    }

    /** Sets how many events a simulated minute may have before a run fails with {@code EventBudget}. */
    public void eventBudget(long eventsPerMinute) {
        budget.limit(eventsPerMinute);
    }

    /** Hash over all dispatched events; ports add what they do. */
    public TraceHash trace() {
        return trace;
    }

    /** How many events wait, those of timers far away included. */
    public int pendingEvents() {
        return queue.size();
    }

    Event schedule(NodeTime node, Duration delay, Runnable task) {
        requireOwner();
        long tieBreak = ties == null ? 0 : ties.nextLong();
        Event event = new Event(this, node, plus(nowNanos, delay), tieBreak, nextSequence++, task);
        queue.add(event);
        return event;
    }

    void cancel(Event event) {
        requireOwner();
        queue.remove(event);
    }

    void dropEventsOf(NodeTime node) {
        requireOwner();
        queue.removeIf(event -> event.node() == node);
    }

    private void dispatch(Event event) {
        requireOwner();
        if (dispatching) {
            throw new IllegalStateException("a task may not let time pass; it runs on " + event.node());
        }
        queue.remove(event);
        nowNanos = Math.max(nowNanos, event.atNanos());
        budget.spend(nowNanos);
        trace.add(nowNanos);
        trace.add(event.node().nameHash());
        trace.add(event.sequence());
        dispatching = true;
        try {
            event.task().run();
        } finally {
            dispatching = false;
        }
    }

    private void requireOwner() {
        if (Thread.currentThread() != owner) {
            throw new IllegalStateException("a simulation runs on one thread, " + owner.getName() + ", not on "
                    + Thread.currentThread().getName());
        }
    }

    /** Saturates: a delay beyond the end of time means never. */
    private static long plus(long nanos, Duration delay) {
        try {
            return Math.addExact(nanos, delay.toNanos());
        } catch (ArithmeticException beyondLong) {
            return Long.MAX_VALUE;
        }
    }

    @Override
    public String toString() {
        return "virtual time " + Duration.ofNanos(nowNanos) + ", " + queue.size() + " events pending";
    }
}
