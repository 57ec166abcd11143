package io.muster.distro.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Calls back what falls due, in constant time per element whatever their number: a hierarchical timing wheel (Varghese and Lauck,
 * "Hashed and Hierarchical Timing Wheels", 1987, scheme 7). Three levels of 64 buckets; a bucket of the lowest spans one tick of 2²⁷ ns (134
 * ms), one of the next 8.6 s, one of the highest 9.2 min. What is due later than 9.6 h waits in the farthest bucket and is placed anew from there.
 *
 * <p>Never early, and late by less than a tick when {@link #advance} is called in time. One thread. Times may be negative; {@link
 * #advance} ignores a time that goes back.
 */
final class TimingWheel {

    static final int TICK_SHIFT = 27;
    static final long TICK_NANOS = 1L << TICK_SHIFT;

    private static final int LEVEL_BITS = 6;
    private static final int BUCKETS = 1 << LEVEL_BITS;
    private static final int LEVELS = 3;
    private static final long TICKS_AHEAD_MAX = (BUCKETS - 1L) << ((LEVELS - 1) * LEVEL_BITS);

    /** A longer jump re-places everything at once rather than walking over empty ticks. */
    private static final long JUMP_TICKS_MAX = 1L << (2 * LEVEL_BITS);

    private static final class Bucket extends Timed {
        Bucket() {
            previous = this;
            next = this;
        }

        boolean isEmpty() {
            return next == this;
        }

        void add(Timed timed) {
            Timed last = Objects.requireNonNull(previous);
            timed.previous = last;
            timed.next = this;
            last.next = timed;
            previous = timed;
        }

        Timed first() {
            return Objects.requireNonNull(next);
        }
    }

    private final Bucket[][] levels = new Bucket[LEVELS][BUCKETS];

    /** The tick that is being worked on, or was last; all before it are done. Never decreases. */
    private long tick;

    TimingWheel(long nowNanos) {
        for (Bucket[] level : levels) {
            for (int i = 0; i < BUCKETS; i++) {
                level[i] = new Bucket();
            }
        }
        tick = nowNanos >> TICK_SHIFT;
    }

    /** Sets or moves the time at which it falls due. What is due already is called back in the next tick. */
    void schedule(Timed timed, long dueNanos) {
        cancel(timed);
        timed.dueNanos = dueNanos;
        place(timed, Math.max(tickOf(dueNanos), tick + 1));
    }

    /** Takes it out; idempotent. */
    void cancel(Timed timed) {
        Timed previous = timed.previous;
        Timed next = timed.next;
        if (previous != null && next != null) {
            previous.next = next;
            next.previous = previous;
            timed.previous = null;
            timed.next = null;
        }
    }

    /**
     * Calls back what is due; each was taken out before, and may be scheduled again from within.
     *
     * @param workMax bound on elements touched and ticks passed in this call
     * @return false if the bound was reached first: call again soon
     */
    boolean advance(long nowNanos, int workMax, Consumer<Timed> onDue) {
        long target = nowNanos >> TICK_SHIFT;
        if (target - tick > JUMP_TICKS_MAX) {
            jumpTo(target);
        }
        int workLeft = workMax;
        while (true) {
            workLeft = workOn(tick, workLeft, onDue);
            if (workLeft <= 0) {
                return false;
            }
            if (tick >= target) {
                return true;
            }
            tick++;
            workLeft--;
        }
    }

    /** Higher levels first, since what they hold for this tick moves down to the lowest. Safe to repeat when the bound cut it short. */
    private int workOn(long current, int workMax, Consumer<Timed> onDue) {
        int workLeft = workMax;
        for (int level = LEVELS - 1; level >= 0; level--) {
            boolean bucketBegins = (current & ((1L << (level * LEVEL_BITS)) - 1)) == 0;
            if (!bucketBegins) {
                continue;
            }
            Bucket bucket = bucket(level, current);
            while (workLeft > 0 && !bucket.isEmpty()) {
                Timed timed = bucket.first();
                cancel(timed);
                workLeft--;
                if (level == 0) {
                    onDue.accept(timed);
                } else {
                    place(timed, Math.max(tickOf(timed.dueNanos), current));
                }
            }
        }
        return workLeft;
    }

    private void place(Timed timed, long wantedTick) {
        long dueTick = Math.min(wantedTick, tick + TICKS_AHEAD_MAX);
        long ahead = dueTick - tick;
        int level = 0;
        while (level < LEVELS - 1 && ahead >= 1L << ((level + 1) * LEVEL_BITS)) {
            level++;
        }
        bucket(level, dueTick).add(timed);
    }

    private void jumpTo(long target) {
        List<Timed> all = new ArrayList<>();
        for (Bucket[] level : levels) {
            for (Bucket bucket : level) {
                while (!bucket.isEmpty()) {
                    Timed timed = bucket.first();
                    cancel(timed);
                    all.add(timed);
                }
            }
        }
        tick = target;
        for (Timed timed : all) {
            place(timed, Math.max(tickOf(timed.dueNanos), tick));
        }
    }

    private Bucket bucket(int level, long ofTick) {
        return levels[level][(int) (ofTick >> (level * LEVEL_BITS)) & (BUCKETS - 1)];
    }

    /** The first tick at whose beginning the time has come: rounds up, so nothing is early. */
    private static long tickOf(long nanos) {
        return (nanos >> TICK_SHIFT) + ((nanos & (TICK_NANOS - 1)) == 0 ? 0 : 1);
    }
}
