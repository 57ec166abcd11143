package io.muster.distro.core;

import io.muster.consistency.ChangeEvent.Marked;
import io.muster.consistency.ChangeEvent.Removed;
import io.muster.consistency.ChangeEvent.Stored;
import io.muster.consistency.Datum;
import io.muster.consistency.Key;
import io.muster.consistency.Mark;
import io.muster.consistency.Removal;
import io.muster.consistency.Version;
import io.muster.distro.core.Asking.Finding;
import io.muster.distro.core.Asking.Question;
import io.muster.distro.core.Message.Aged;
import io.muster.distro.core.Notice.RemovalsHeld;
import io.muster.distro.core.Notice.RemovalsResumed;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

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
 * <p>Only the responsible member marks. Before EXPIRED it asks all members alive for beats. Should members disagree for long about who is
 * responsible, any of them may expire what nobody heard of: the backstop, so that no session lasts for ever for want of a keeper.
 *
 * <p>A renewal only writes the record's slot. The wheel brings each record up when its first deadline falls due; only then is the slot
 * looked at, and mostly the record goes back to wait for the next deadline.
 */
final class Sessions<V> {

    /** Longer than a round of questions, and what came of it, are under way. */
    private static final long LATELY_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** How often a removal that the guard holds is tried again. */
    private static final long HELD_RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Records<V> records;
    private final TimingWheel wheel;
    private final HybridClock clock;
    private final ExpiryGuard guard;
    private final Rules rules;
    private final LeaseLimits limits;
    private final long guardMaxNanos;
    private final Asking<V> asking;

    /** This node, as removals name it. */
    private final String self;

    /** Until then silence may be due to us; lease time. */
    private long doubtUntilNanos;

    /** Somebody who may have heard beats can't be asked. */
    private boolean anyOutOfReach;

    /** Since when members disagree about the ring, {@link Group#NEVER} while they do not. */
    private long disputedSinceNanos = Group.NEVER;

    /** When a member came alive last, {@link Group#NEVER} if none did. */
    private long returnedNanos = Group.NEVER;

    /** Whether the latest notice said that removals are held; the guard may be asked between two ticks. */
    private boolean holdingTold;

    private long unhealthyTotal;
    private long expiredTotal;
    private long revivedTotal;

    Sessions(
            Records<V> records,
            HybridClock clock,
            LeaseLimits limits,
            GuardLimits guardLimits,
            Rules rules,
            Asking<V> asking,
            String self,
            long leaseNanos) {
        this.records = records;
        this.wheel = new TimingWheel(leaseNanos);
        this.clock = clock;
        this.limits = limits;
        this.guard = new ExpiryGuard(guardLimits, leaseNanos);
        this.rules = rules;
        this.asking = asking;
        this.guardMaxNanos = TimeUnit.MILLISECONDS.toNanos(guardLimits.maxMillis());
        this.self = self;
    }

    /** The process started or stood still: beats may have been missed. */
    void doubt(Step<V> step) {
        doubtUntilNanos = step.leaseNanos + guardMaxNanos;
    }

    /** Whether somebody who may have heard beats that this node did not can't be asked. */
    void anyOutOfReach(boolean now) {
        anyOutOfReach = now;
    }

    /** Somebody can be asked again, or for the first time: it may have heard beats that this node did not. */
    void anyReturned(Step<V> step) {
        returnedNanos = step.leaseNanos;
    }

    /** Whether that was a moment ago: what members decided before it, without asking each other, may still be on its way. */
    boolean anyReturnedLately(Step<V> step) {
        return step.leaseNanos - returnedNanos < LATELY_NANOS;
    }

    /** Whether members have disagreed for a while about who is responsible for what. */
    void disputed(boolean now, Step<V> step) {
        if (now != (disputedSinceNanos != Group.NEVER)) {
            disputedSinceNanos = now ? step.leaseNanos : Group.NEVER;
        }
    }

    boolean disputed() {
        return disputedSinceNanos != Group.NEVER;
    }

    /**
     * The session begins, or begins anew.
     *
     * @param heard by this node itself; else another member says so
     */
    void begin(LeasedRecord<V> record, boolean heard, Step<V> step) {
        if (heard) {
            record.seen(step.leaseNanos, step.nowNanos);
        }
        record.grant(step.leaseNanos);
        wheel.schedule(
                record, step.leaseNanos + (record.visible() ? record.firstDeadlineNanos() : record.removeAfterNanos()));
    }

    /** What counts of the record's silence has changed: looks at it when it may first matter. */
    void reschedule(LeasedRecord<V> record, Step<V> step) {
        long silentNanos = Math.max(0, record.countedSilenceNanos(step.leaseNanos));
        long mark = record.datum().mark() == Mark.UNHEALTHY ? record.removeAfterNanos() : record.firstDeadlineNanos();
        wheel.schedule(record, step.leaseNanos + Math.max(0, mark - silentNanos));
    }

    /** Another member marked the record; its clock runs on. */
    void marked(LeasedRecord<V> record, Step<V> step) {
        if (!record.visible()) {
            wheel.schedule(record, step.leaseNanos + record.removeAfterNanos());
        }
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
        if (record.datum().mark() != Mark.HEALTHY && record.silentNanos(step.nowNanos) < record.firstDeadlineNanos()) {
            restamp(record, step);
        }
    }

    /**
     * Another member accepted renewals of these sessions.
     *
     * @param news is told of those that this node had not heard of
     * @return which sessions are unknown here
     */
    List<Key> renewedElsewhere(Message.Renewals<V> message, Consumer<Key> news, Step<V> step) {
        List<Key> unknown = new ArrayList<>();
        for (Aged aged : message.renewals()) {
            Entry<V> entry = records.find(aged.key());
            if (entry instanceof LeasedRecord<V> record) {
                long ageNanos = TimeUnit.MILLISECONDS.toNanos(aged.ageMillis());
                if (record.isNews(step.nowNanos - ageNanos)) {
                    news.accept(record.key());
                }
                record.heardElsewhere(step.leaseNanos - ageNanos, step.nowNanos - ageNanos);
                reviveIfRenewedMeanwhile(record, step);
            } else if (entry == null) {
                unknown.add(aged.key());
            } else {
                step.changed(aged.key());
            }
        }
        return unknown;
    }

    /** Ends what is due, within the bound. */
    void tick(int workMax, Step<V> step) {
        if (guard.holding()) {
            guard.reassess(step.leaseNanos, records.ownSessionCount(), records.ownUnhealthyCount(), inDoubt(step));
        }
        if (!wheel.advance(step.leaseNanos, workMax, timed -> due(timed, step))) {
            step.moreWork();
        }
        if (guard.holding() != holdingTold) {
            holdingTold = guard.holding();
            step.notice(
                    holdingTold
                            ? new RemovalsHeld(records.ownUnhealthyCount(), records.ownSessionCount())
                            : new RemovalsResumed());
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
        long silentNanos = record.silentNanos(step.nowNanos);
        if (silentNanos < record.firstDeadlineNanos()) {
            if (record.datum().mark() != Mark.HEALTHY) {
                restamp(record, step);
            } else {
                wheel.schedule(record, step.leaseNanos + record.firstDeadlineNanos() - silentNanos);
            }
        } else if (!record.visible()) {
            buryExpired(group, record, step);
        } else if (rules.mayEnd(group.responsible)) {
            endSilent(group, record, record.countedSilenceNanos(step.leaseNanos), step);
        } else {
            if (countedInDispute(record, step) >= record.removeAfterNanos()) {
                ask(record);
            }
            wheel.schedule(record, step.leaseNanos + record.firstDeadlineNanos());
        }
    }

    /** Silence that the backstop counts; none while all agree. */
    private long countedInDispute(LeasedRecord<V> record, Step<V> step) {
        return disputed()
                ? Math.min(record.countedSilenceNanos(step.leaseNanos), step.leaseNanos - disputedSinceNanos)
                : -1;
    }

    private void endSilent(Group<V> group, LeasedRecord<V> record, long silentNanos, Step<V> step) {
        if (silentNanos < record.firstDeadlineNanos()) {
            wheel.schedule(record, step.leaseNanos + record.firstDeadlineNanos() - silentNanos);
        } else if (silentNanos >= record.removeAfterNanos()) {
            if (asking.nobodyToAsk() || !rules.asks()) {
                if (guardLets(record, inDoubt(step), step)) {
                    expire(group, record, step);
                    return;
                }
                markUnhealthy(group, record, silentNanos, step);
            } else {
                markUnhealthy(group, record, silentNanos, step);
                ask(record);
            }
            wheel.schedule(record, step.leaseNanos + HELD_RETRY_NANOS);
        } else if (mayHaveBeenHeardElsewhere(record)
                && rules.asks()
                && !asking.nobodyToAsk()
                && record.datum().mark() == Mark.HEALTHY) {
            ask(record);
            wheel.schedule(record, step.leaseNanos + HELD_RETRY_NANOS);
        } else {
            markUnhealthy(group, record, silentNanos, step);
            wheel.schedule(record, step.leaseNanos + record.removeAfterNanos() - silentNanos);
        }
        reviveIfRenewedMeanwhile(record, step);
    }

    /** Its beats may have gone to whom other members take for responsible, or to a member that could not pass them on until now. */
    private boolean mayHaveBeenHeardElsewhere(LeasedRecord<V> record) {
        return disputed() || isUnheardSinceReturn(record);
    }

    /** Where somebody does not answer who may have heard of it: its client must have beaten since the others could tell, but for a member that hangs. */
    private boolean hadItsTimeSinceReturn(LeasedRecord<V> record, Step<V> step) {
        return !isUnheardSinceReturn(record) || step.leaseNanos - returnedNanos >= record.unhealthyAfterNanos();
    }

    private boolean isUnheardSinceReturn(LeasedRecord<V> record) {
        return record.lastSeenNanos() - returnedNanos < 0;
    }

    private void ask(LeasedRecord<V> record) {
        asking.ask(new Question<>(
                record.key(), (Version.Hybrid) record.datum().version(), Mark.HEALTHY, Optional.empty()));
    }

    /** The members said whether they heard of a session that this node is about to end. */
    void asked(Question<V> question, Finding finding, Step<V> step) {
        LeasedRecord<V> record = records.findRecord(question.key());
        if (record == null || !record.visible() || !record.datum().version().equals(question.version())) {
            return;
        }
        boolean heard = finding.heardWithin(record.removeAfterNanos());
        if (heard) {
            record.heardElsewhere(step.leaseNanos - finding.youngestNanos(), step.nowNanos - finding.youngestNanos());
            reviveIfRenewedMeanwhile(record, step);
        }
        Group<V> group = records.open(record.key().group());
        boolean mayEnd = rules.mayEnd(group.responsible);
        long countedNanos = mayEnd ? record.countedSilenceNanos(step.leaseNanos) : countedInDispute(record, step);
        if (!heard
                && countedNanos >= record.removeAfterNanos()
                && guardLets(record, inDoubt(step) || !finding.allAnswered(), step)) {
            expire(group, record, step);
        } else if (mayEnd && (finding.allAnswered() || hadItsTimeSinceReturn(record, step))) {
            markUnhealthy(group, record, countedNanos, step);
        }
    }

    private boolean guardLets(LeasedRecord<V> record, boolean doubt, Step<V> step) {
        return !records.isSession(record.key())
                || guard.lets(step.leaseNanos, records.ownSessionCount(), records.ownUnhealthyCount(), doubt);
    }

    private void markUnhealthy(Group<V> group, LeasedRecord<V> record, long silentNanos, Step<V> step) {
        Datum<V> datum = record.datum();
        if (datum.mark() == Mark.UNHEALTHY || silentNanos < record.unhealthyAfterNanos()) {
            return;
        }
        Datum<V> unhealthy = marked(datum, Mark.UNHEALTHY, step);
        records.update(group, record, unhealthy);
        step.changed(record.key());
        unhealthyTotal++;
        step.event(new Marked<>(unhealthy));
    }

    private void expire(Group<V> group, LeasedRecord<V> record, Step<V> step) {
        Datum<V> last = record.datum();
        Datum<V> expired = marked(last, Mark.EXPIRED, step);
        records.update(group, record, expired);
        step.changed(record.key());
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
        if (record.datum().mark() != Mark.HEALTHY && record.silentNanos(step.nowNanos) < record.firstDeadlineNanos()) {
            restamp(record, step);
        }
    }

    void restamp(LeasedRecord<V> record, Step<V> step) {
        restamp(record, (Version.Hybrid) record.datum().version(), step);
    }

    /**
     * HEALTHY under a new version, so that the renewal beats the mark wherever they meet: the next one, so that it beats nothing else that was
     * decided since, be it a removal (invariant {@code NoResurrection}) or another value.
     *
     * @param marked the version of the mark that it must beat
     */
    void restamp(LeasedRecord<V> record, Version.Hybrid marked, Step<V> step) {
        Group<V> group = records.open(record.key().group());
        boolean wasVisible = record.visible();
        Datum<V> datum = record.datum();
        Version.Hybrid standing = (Version.Hybrid) datum.version();
        Version.Hybrid version = rules.versionOfRenewal(
                clock.following(standing.compareTo(marked) > 0 ? standing : marked), () -> clock.next(step.nowNanos));
        Datum<V> healthy = new Datum<>(datum.key(), version, Mark.HEALTHY, datum.value());
        records.update(group, record, healthy);
        step.changed(record.key());
        revivedTotal += datum.mark() == Mark.HEALTHY ? 0 : 1;
        step.event(wasVisible ? new Marked<>(healthy) : new Stored<>(healthy));
        wheel.schedule(
                record,
                Math.max(record.lastSeenNanos(), step.leaseNanos - record.firstDeadlineNanos())
                        + record.firstDeadlineNanos());
    }

    private boolean inDoubt(Step<V> step) {
        return anyOutOfReach || step.leaseNanos - doubtUntilNanos < 0;
    }
}
