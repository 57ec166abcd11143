package io.muster.distro.core;

import io.muster.consistency.Datum;
import io.muster.consistency.Mark;
import io.muster.consistency.Version;
import io.muster.distro.core.Asking.Claimed;
import io.muster.distro.core.Asking.Question;
import io.muster.distro.core.DistroRecord.Held;
import io.muster.distro.core.Message.AskBeats;
import io.muster.distro.core.Message.Asked;
import io.muster.distro.core.Message.Beats;
import io.muster.member.NodeId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * Whose marks are taken on trust. Who was on the other side of a cut may have ended sessions that live here; so a mark is refuted by whoever
 * heard of the session lately, and else counts only if the responsible member has just set it, for EXPIRED after it asked this node, and is known to
 * count the same members as this node does: who does not reach one of them has not asked it. Any other is put in question: all members alive are
 * asked, and meanwhile no list here shrinks (R53).
 */
final class Trust<V> {

    private final Rules rules;
    private final Records<V> records;
    private final Sessions<V> sessions;
    private final Asking<V> asking;
    private final Askers askers = new Askers();
    private final Predicate<NodeId> countsTheSameMembers;

    /** As of the latest view. */
    private Responsibility responsibility = Responsibility.NOBODY;

    private long refutedTotal;

    Trust(
            Rules rules,
            Records<V> records,
            Sessions<V> sessions,
            Asking<V> asking,
            Predicate<NodeId> countsTheSameMembers) {
        this.rules = rules;
        this.records = records;
        this.sessions = sessions;
        this.asking = asking;
        this.countsTheSameMembers = countsTheSameMembers;
    }

    void responsibility(Responsibility now) {
        responsibility = now;
    }

    /** How many marks were refuted. */
    long refutedTotal() {
        return refutedTotal;
    }

    /** Whether the mark may stand; if not, it has been refuted or put in question. */
    boolean accepts(NodeId from, DistroRecord<V> incoming, LeasedRecord<V> record, boolean fresh, Step<V> step) {
        if (!rules.asks()) {
            return true;
        }
        Mark claim = incoming instanceof Held<V> held ? held.datum().mark() : Mark.EXPIRED;
        if (record.silentNanos(step.nowNanos) < withinNanos(record, claim)) {
            refutedTotal++;
            sessions.restamp(record, incoming.version(), step);
            return false;
        }
        boolean knows = claim == Mark.UNHEALTHY
                ? responsibility.memberFor(record.key().group()).equals(Optional.of(from))
                : askers.askedBy(record.key(), from, step.nowNanos);
        boolean askedAll = countsTheSameMembers.test(from) && !sessions.anyReturnedLately(step);
        if ((fresh && knows && askedAll) || asking.nobodyToAsk()) {
            return true;
        }
        asking.ask(new Question<>(record.key(), incoming.version(), claim, Optional.of(new Claimed<>(from, incoming))));
        return false;
    }

    /**
     * Whether somebody heard of the session lately, this node itself perhaps while it asked, or may have: who did not answer is asked again when the mark is told
     * again, by the next round of digests at the latest, unless it is out of reach by then.
     */
    boolean contradicted(LeasedRecord<V> record, Question<V> question, Asking.Finding finding, Step<V> step) {
        long withinNanos = withinNanos(record, question.claim());
        if (record.visible() && record.silentNanos(step.nowNanos) < withinNanos) {
            refutedTotal++;
            sessions.restamp(record, question.version(), step);
            return true;
        }
        return finding.heardWithin(withinNanos) || !finding.allAnswered();
    }

    /** Answers another member, which has given this node its say by asking. */
    Beats<V> answer(NodeId from, AskBeats<V> question, Step<V> step) {
        List<Long> ages = new ArrayList<>(question.sessions().size());
        for (Asked asked : question.sessions()) {
            LeasedRecord<V> record = records.findRecord(asked.key());
            ages.add(record == null ? Beats.UNHEARD : beatAgeMillis(record, asked.version(), question.claim(), step));
            askers.asked(asked.key(), from, step.nowNanos);
        }
        return new Beats<>(question.round(), ages);
    }

    /** On each tick. */
    void tick(Step<V> step) {
        askers.forgetOld(step.nowNanos);
    }

    /** Of the latest beat that this node heard of. */
    private long beatAgeMillis(LeasedRecord<V> record, Version.Hybrid askedAbout, Mark claim, Step<V> step) {
        long silentNanos = record.silentNanos(step.nowNanos);
        if (silentNanos >= record.removeAfterNanos()) {
            return Beats.UNHEARD;
        }
        Datum<V> datum = record.datum();
        if (claim != Mark.HEALTHY
                && ((Version.Hybrid) datum.version()).compareTo(askedAbout) <= 0
                && silentNanos < withinNanos(record, claim)) {
            refutedTotal++;
            sessions.restamp(record, askedAbout, step);
        }
        return TimeUnit.NANOSECONDS.toMillis(silentNanos);
    }

    /** A beat that is younger than this contradicts the mark. */
    static long withinNanos(LeasedRecord<?> record, Mark claim) {
        return claim == Mark.UNHEALTHY ? record.unhealthyAfterNanos() : record.removeAfterNanos();
    }
}
