package io.muster.sim;

import io.muster.member.port.Time;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
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

    /** What wall clocks show at the beginning of a simulation that does not say otherwise: some day in 2027. */
    public static final long START_WALL_MILLIS = 1_800_000_000_000L;

    private static final long NANOS_PER_MILLI = 1_000_000;

    private final EventQueue queue = new EventQueue();
    private final TraceHash trace = new TraceHash();
    private final EventBudget budget = new EventBudget();
    private final NodeTime harness = new NodeTime(this, "harness", NodeTime.NO_INDEX);
    private final Event none = new Event(this, harness, Long.MAX_VALUE, 0, -1, Event.ANY_LOCAL_TIME, false, () -> {});
    private final Thread owner = Thread.currentThread();
    private final @Nullable RandomGenerator ties;

    /** Starts at 0, never goes back. */
    private volatile long nowNanos;

    /** What the wall clock showed at monotonic 0, moved by jumps. */
    private volatile long wallBaseMillis;

    private long nextSequence;
    private long eventCount;
    private boolean dispatching;
    private Consumer<NodeTime> afterEach = node -> {};
    private @Nullable Consumer<String> story;

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
        return node(name, NodeTime.NO_INDEX);
    }

    /** The time of a new incarnation of the node with this index, by which observers know it. */
    public NodeTime node(String name, int index) {
        return new NodeTime(this, name, index);
    }

    /** Lets so much time pass, and runs in order all that falls due in it, the last instant included. */
    public void advance(Duration by) {
        long until = plus(nowNanos, by);
        Event next = queue.pollUntil(until, none);
        while (next != none) {
            dispatch(next);
            next = queue.pollUntil(until, none);
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
        Event next = queue.pollUntil(Long.MAX_VALUE, none);
        if (next == none) {
            return false;
        }
        dispatch(next);
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
            Event next = queue.pollUntil(until, none);
            if (next == none) {
                throw new AssertionError("condition not met within " + bound + " of virtual time: at " + this + ", "
                        + (nextSequence - firstSequence) + " events were added meanwhile");
            }
            dispatch(next);
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

    /** How many events ran since the beginning. */
    public long eventCount() {
        return eventCount;
    }

    /** Sets who looks at a node after each event that ran on it; the harness counts as a node, too. */
    public void afterEach(Consumer<NodeTime> observer) {
        afterEach = observer;
    }

    /** Sets who writes down what happens, in words; nobody by default, since words cost more than the run. */
    public void story(Consumer<String> listener) {
        story = listener;
    }

    /** Tells what happens, if anybody writes it down. */
    public void tell(Supplier<String> what) {
        Consumer<String> listener = story;
        if (listener != null) {
            listener.accept(String.format("%12.6f  %s", nowNanos / 1e9, what.get()));
        }
    }

    Event schedule(NodeTime node, long delayNanos, long localDueNanos, boolean wakesNode, Runnable task) {
        requireOwner();
        long tieBreak = ties == null ? 0 : ties.nextLong();
        long atNanos = plus(nowNanos, delayNanos);
        Event event = new Event(this, node, atNanos, tieBreak, nextSequence++, localDueNanos, wakesNode, task);
        queue.add(event);
        return event;
    }

    /** Lets a timer wait on, because its node's clock has not come so far. */
    void reschedule(Event event, long delayNanos) {
        event.postpone(plus(nowNanos, delayNanos), nextSequence++);
        queue.add(event);
    }

    /** An event was cancelled. */
    void forget(Event event) {
        requireOwner();
        queue.cancelled(event);
    }

    void dropEventsOf(NodeTime node) {
        requireOwner();
        queue.removeAllOf(node);
    }

    private void dispatch(Event event) {
        requireOwner();
        if (dispatching) {
            throw new IllegalStateException("a task may not let time pass; it runs on " + event.node());
        }
        nowNanos = Math.max(nowNanos, event.atNanos());
        NodeTime node = event.node();
        if (node.putsOff(event)) {
            budget.spend(nowNanos);
            return;
        }
        dispatching = true;
        try {
            run(event);
        } finally {
            dispatching = false;
        }
        afterEach.accept(node);
    }

    /** Runs the event's task as part of the present dispatch. */
    void run(Event event) {
        budget.spend(nowNanos);
        eventCount++;
        trace.add(nowNanos);
        trace.add(event.node().nameHash());
        trace.add(event.sequence());
        event.take().run();
    }

    private void requireOwner() {
        if (Thread.currentThread() != owner) {
            throw new IllegalStateException("a simulation runs on one thread, " + owner.getName() + ", not on "
                    + Thread.currentThread().getName());
        }
    }

    /** Saturates: a delay beyond the end of time means never. */
    private static long plus(long nanos, long delayNanos) {
        return delayNanos > Long.MAX_VALUE - nanos ? Long.MAX_VALUE : nanos + delayNanos;
    }

    private static long plus(long nanos, Duration delay) {
        return plus(nanos, saturatedNanos(delay));
    }

    static long saturatedNanos(Duration delay) {
        try {
            return delay.toNanos();
        } catch (ArithmeticException beyondLong) {
            return delay.isNegative() ? Long.MIN_VALUE : Long.MAX_VALUE;
        }
    }

    @Override
    public String toString() {
        return "virtual time " + Duration.ofNanos(nowNanos) + ", " + queue.size() + " events pending";
    }
}
