package io.muster.distro.core;

import io.muster.consistency.ChangeEvent.Marked;
import io.muster.consistency.ChangeEvent.Removed;
import io.muster.consistency.ChangeEvent.Stored;
import io.muster.consistency.Datum;
import io.muster.consistency.Mark;
import io.muster.consistency.Removal;
import io.muster.consistency.Version;
import io.muster.distro.core.Notice.RemovalsHeld;
import io.muster.distro.core.Notice.RemovalsResumed;
import java.util.concurrent.TimeUnit;

/**
 * Ends sessions that nobody renews, and revives those that are renewed late (R45).
 *
 * <pre>
 *            unhealthyAfter               removeAfter, guard lets            one more removeAfter
 *  HEALTHY ------------------> UNHEALTHY ---------------------> EXPIRED -----------------------> tombstone
 *     ^                            |                               |
 *     +----------------------------+-------------------------------+
 *                   a renewal: same value, fresh version
 * </pre>
 *
 * <p>A renewal only writes the record's slot. The wheel brings each record up when its first deadline falls due; only then is the slot
 * looked at, and mostly the record goes back to wait for the next deadline.
 */
final class Sessions<V> {

    /** How often a removal that the guard holds is tried again. */
    private static final long HELD_RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Records<V> records;
    private final TimingWheel wheel;
    private final HybridClock clock;
    private final ExpiryGuard guard;
    private final Rules rules;
    private final LeaseLimits limits;
    private final long guardMaxNanos;

    /** This node, as removals name it. */
    private final String self;

    /** Until then silence may be due to us; lease time. */
    private long doubtUntilNanos;

    private boolean othersUp;
    private long unhealthyTotal;
    private long expiredTotal;
    private long revivedTotal;

    Sessions(
            Records<V> records,
            HybridClock clock,
            LeaseLimits limits,
            GuardLimits guardLimits,
            Rules rules,
            String self,
            long leaseNanos) {
        this.records = records;
        this.wheel = new TimingWheel(leaseNanos);
        this.clock = clock;
        this.limits = limits;
        this.guard = new ExpiryGuard(guardLimits, leaseNanos);
        this.rules = rules;
        this.guardMaxNanos = TimeUnit.MILLISECONDS.toNanos(guardLimits.maxMillis());
        this.self = self;
    }

    /** The process started or stood still: beats may have been missed. */
    void doubt(Step<V> step) {
        doubtUntilNanos = step.leaseNanos + guardMaxNanos;
    }

    /** Whether there are members that may have heard beats which this node did not. */
    void othersUp(boolean up) {
        othersUp = up;
    }

    /** The session begins, or begins anew. */
    void begin(LeasedRecord<V> record, Step<V> step) {
        record.seen(step.leaseNanos);
        wheel.schedule(
                record, step.leaseNanos + (record.visible() ? record.firstDeadlineNanos() : record.removeAfterNanos()));
    }

    /** The record has left memory, or is about to be replaced. */
    void drop(Entry<V> entry) {
        wheel.cancel(entry);
    }

    void bury(Tombstone<V> tombstone, long lifeMillis, Step<V> step) {
        wheel.schedule(tombstone, step.leaseNanos + TimeUnit.MILLISECONDS.toNanos(lifeMillis));
    }

    /** A renewal was noted while the record was not HEALTHY. */
    void renewed(LeasedRecord<V> record, Step<V> step) {
        record.revivalTaken();
        if (record.datum().mark() != Mark.HEALTHY
                && record.silentNanos(step.leaseNanos) < record.firstDeadlineNanos()) {
            revive(record, step);
        }
    }

    /** Ends what is due, within the bound. */
    void tick(int workMax, Step<V> step) {
        boolean wasHolding = guard.holding();
        if (wasHolding) {
            guard.reassess(step.leaseNanos, records.visibleCount(), records.unhealthyCount(), inDoubt(step));
        }
        if (!wheel.advance(step.leaseNanos, workMax, timed -> due(timed, step))) {
            step.moreWork();
        }
        if (guard.holding() != wasHolding) {
            step.notice(
                    wasHolding
                            ? new RemovalsResumed()
                            : new RemovalsHeld(records.unhealthyCount(), records.visibleCount()));
        }
    }

    boolean removalsHeld() {
        return guard.holding();
    }

    long unhealthyTotal() {
        return unhealthyTotal;
    }

    long expiredTotal() {
        return expiredTotal;
    }

    long revivedTotal() {
        return revivedTotal;
    }

    @SuppressWarnings("unchecked") // nothing else is ever put into this wheel
    private void due(Timed timed, Step<V> step) {
        Entry<V> entry = (Entry<V>) timed;
        if (entry instanceof LeasedRecord<V> record) {
            look(record, step);
        } else {
            records.forget(entry);
        }
    }

    private void look(LeasedRecord<V> record, Step<V> step) {
        Group<V> group = records.open(record.key().group());
        long silentNanos = record.silentNanos(step.leaseNanos);
        if (silentNanos < record.firstDeadlineNanos()) {
            if (record.datum().mark() != Mark.HEALTHY) {
                revive(record, step);
            } else {
                wheel.schedule(record, step.leaseNanos + record.firstDeadlineNanos() - silentNanos);
            }
        } else if (!record.visible()) {
            buryExpired(group, record, step);
        } else if (!group.responsible) {
            wheel.schedule(record, step.leaseNanos + record.firstDeadlineNanos());
        } else {
            endSilent(group, record, record.countedSilenceNanos(step.leaseNanos), step);
        }
    }

    private void endSilent(Group<V> group, LeasedRecord<V> record, long silentNanos, Step<V> step) {
        if (silentNanos < record.firstDeadlineNanos()) {
            wheel.schedule(record, step.leaseNanos + record.firstDeadlineNanos() - silentNanos);
        } else if (silentNanos >= record.removeAfterNanos()) {
            if (guard.lets(step.leaseNanos, records.visibleCount(), records.unhealthyCount(), inDoubt(step))) {
                expire(group, record, step);
                return;
            }
            markUnhealthy(group, record, silentNanos, step);
            wheel.schedule(record, step.leaseNanos + HELD_RETRY_NANOS);
        } else {
            markUnhealthy(group, record, silentNanos, step);
            wheel.schedule(record, step.leaseNanos + record.removeAfterNanos() - silentNanos);
        }
        reviveIfRenewedMeanwhile(record, step);
    }

    private void markUnhealthy(Group<V> group, LeasedRecord<V> record, long silentNanos, Step<V> step) {
        Datum<V> datum = record.datum();
        if (datum.mark() == Mark.UNHEALTHY || silentNanos < record.unhealthyAfterNanos()) {
            return;
        }
        Datum<V> unhealthy = marked(datum, Mark.UNHEALTHY, step);
        records.update(group, record, unhealthy, record.valueHash());
        unhealthyTotal++;
        step.event(new Marked<>(unhealthy));
    }

    private void expire(Group<V> group, LeasedRecord<V> record, Step<V> step) {
        Datum<V> last = record.datum();
        Datum<V> expired = marked(last, Mark.EXPIRED, step);
        records.update(group, record, expired, record.valueHash());
        expiredTotal++;
        step.event(new Removed<>(last, expired.version(), Removal.EXPIRED, self));
        wheel.schedule(record, step.leaseNanos + record.removeAfterNanos());
        reviveIfRenewedMeanwhile(record, step);
    }

    private void buryExpired(Group<V> group, LeasedRecord<V> record, Step<V> step) {
        Tombstone<V> tombstone = new Tombstone<>(
                record.key(), (Version.Hybrid) record.datum().version(), Removal.EXPIRED, step.leaseNanos, false);
        records.put(group, tombstone);
        bury(tombstone, limits.tombstoneMillis(record.lease()), step);
    }

    private Datum<V> marked(Datum<V> datum, Mark mark, Step<V> step) {
        Version.Hybrid version = rules.versionOfMark((Version.Hybrid) datum.version(), () -> clock.next(step.nowNanos));
        return new Datum<>(datum.key(), version, mark, datum.value());
    }

    /** Looks at the slot again after the mark was published: see {@link LeasedRecord}. */
    private void reviveIfRenewedMeanwhile(LeasedRecord<V> record, Step<V> step) {
        if (record.datum().mark() != Mark.HEALTHY
                && record.silentNanos(step.leaseNanos) < record.firstDeadlineNanos()) {
            revive(record, step);
        }
    }

    /** Same value, fresh version: so the renewal beats the mark wherever they meet. */
    private void revive(LeasedRecord<V> record, Step<V> step) {
        Group<V> group = records.open(record.key().group());
        boolean wasVisible = record.visible();
        Datum<V> datum = record.datum();
        Datum<V> healthy = new Datum<>(datum.key(), clock.next(step.nowNanos), Mark.HEALTHY, datum.value());
        records.update(group, record, healthy, record.valueHash());
        revivedTotal++;
        step.event(wasVisible ? new Marked<>(healthy) : new Stored<>(healthy));
        wheel.schedule(record, record.lastSeenNanos() + record.firstDeadlineNanos());
    }

    private boolean inDoubt(Step<V> step) {
        return othersUp || step.leaseNanos - doubtUntilNanos < 0;
    }
}
