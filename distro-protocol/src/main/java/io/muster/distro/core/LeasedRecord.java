package io.muster.distro.core;

import io.muster.consistency.Datum;
import io.muster.consistency.Key;
import io.muster.consistency.Lease;
import io.muster.consistency.Mark;
import io.muster.consistency.Version;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;

/**
 * A datum with its session: one object per record, which stays while the datum is updated. The core writes it; any thread reads the datum
 * and writes the last-seen slot.
 *
 * <p>A renewal writes the slot and then reads the mark; the core writes a mark and then reads the slot again. Both are volatile, so at least
 * one of the two sees the other, and no renewal is lost between them (Dekker's pattern).
 */
final class LeasedRecord<V> extends Entry<V> {

    /** A record of which no beat was heard counts as heard of so long ago: longer than any lease. */
    private static final long UNHEARD_NANOS = TimeUnit.DAYS.toNanos(3);

    private static final long SAME_BEAT_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

    @SuppressWarnings("rawtypes") // a class literal knows no type arguments
    private static final AtomicLongFieldUpdater<LeasedRecord> LAST_SEEN =
            AtomicLongFieldUpdater.newUpdater(LeasedRecord.class, "lastSeenNanos");

    @SuppressWarnings("rawtypes")
    private static final AtomicLongFieldUpdater<LeasedRecord> HEARD =
            AtomicLongFieldUpdater.newUpdater(LeasedRecord.class, "heardNanos");

    private volatile Datum<V> datum;

    /** Lease time of the latest beat that this node heard of, itself or from the member that did; after a pause up to a second ahead of the core's, see {@link LeaseClock}. */
    private volatile long lastSeenNanos;

    /** Monotonic time of the same beat: how old it is for all who are told of it, however long this process stood still since. */
    private volatile long heardNanos;

    /** Set while a revival waits to be handed to the core, so that it is handed over once. */
    private volatile boolean revivalAsked;

    /** The same for the renewal that waits to be passed on to the responsible member. */
    private volatile boolean passOnAsked;

    /** Lease time from which silence counts at the earliest: a grant ends no session, but it is no renewal either, and revives nothing. */
    private long grantedNanos;

    private Lease lease;
    private long valueHash;
    private int valueBytes;

    /** A record whose session has not begun: {@link #seen} and {@link #grant} begin it. */
    LeasedRecord(Datum<V> datum, Lease lease, long valueHash, int valueBytes, long leaseNanos) {
        this.datum = datum;
        this.lease = lease;
        this.valueHash = valueHash;
        this.valueBytes = valueBytes;
        this.lastSeenNanos = leaseNanos - UNHEARD_NANOS;
        this.heardNanos = lastSeenNanos;
        this.grantedNanos = lastSeenNanos;
    }

    @Override
    Key key() {
        return datum.key();
    }

    @Override
    Stamp stamp() {
        Datum<V> standing = datum;
        return new Stamp((Version.Hybrid) standing.version(), Stamp.rankOf(standing.mark()), valueHash);
    }

    Datum<V> datum() {
        return datum;
    }

    boolean visible() {
        return datum.mark() != Mark.EXPIRED;
    }

    long valueHash() {
        return valueHash;
    }

    /** Length of the value's encoding. */
    int valueBytes() {
        return valueBytes;
    }

    Lease lease() {
        return lease;
    }

    void lease(Lease newLease) {
        lease = newLease;
    }

    /** Publishes another datum of the same key. */
    void publish(Datum<V> newDatum, long newValueHash, int newValueBytes) {
        valueHash = newValueHash;
        valueBytes = newValueBytes;
        datum = newDatum;
    }

    /** Any thread. */
    void seen(long leaseNanos, long monoNanos) {
        heardNanos = monoNanos;
        lastSeenNanos = leaseNanos;
    }

    /** Grants the session one full timeout from now on; the core's thread, as whoever reads it. */
    void grant(long leaseNanos) {
        grantedNanos = leaseNanos;
    }

    /** Told by another member when it was heard of; the core's thread. A beat that this node heard since stands. */
    void heardElsewhere(long atLeaseNanos, long atMonoNanos) {
        advance(HEARD, heardNanos, atMonoNanos);
        advance(LAST_SEEN, lastSeenNanos, atLeaseNanos);
    }

    @SuppressWarnings("rawtypes")
    private void advance(AtomicLongFieldUpdater<LeasedRecord> slot, long knownNanos, long atNanos) {
        long known = knownNanos;
        while (atNanos - known > 0 && !slot.compareAndSet(this, known, atNanos)) {
            known = slot.get(this);
        }
    }

    /** Whether a beat at that time is another one than the latest that is known; the same one is told with ages that differ a little. */
    boolean isNews(long atMonoNanos) {
        return atMonoNanos - heardNanos > SAME_BEAT_NANOS;
    }

    /**
     * The member that was responsible before told since when silence counts: no other grant is due. It may have been a grant, so it is no beat.
     *
     * @param granted whether this node is responsible already, and has granted a timeout by itself; else what it knows is older than what it is told
     */
    void inherit(long countsFromLeaseNanos, boolean granted) {
        grantedNanos = granted ? Math.min(grantedNanos, countsFromLeaseNanos) : countsFromLeaseNanos;
    }

    /**
     * Silence did not count for so long, since another member was responsible meanwhile: what counted before goes on. A beat that came here since
     * then says nothing of those that went elsewhere and were told to that member alone.
     */
    void shiftGrant(long lostLeaseNanos, long leaseNanos) {
        long counted = lostLeaseNanos - Math.max(lastSeenNanos, grantedNanos);
        grantedNanos = leaseNanos - Math.max(0, counted);
    }

    /** Any thread: whether the caller is the one to hand the revival over. Two may be told so when they race; handing over twice is harmless. */
    boolean askRevival() {
        if (revivalAsked) {
            return false;
        }
        revivalAsked = true;
        return true;
    }

    /** Any thread: the same for passing a renewal on. */
    boolean askPassOn() {
        if (passOnAsked) {
            return false;
        }
        passOnAsked = true;
        return true;
    }

    void passOnTaken() {
        passOnAsked = false;
    }

    void revivalTaken() {
        revivalAsked = false;
    }

    long lastSeenNanos() {
        return lastSeenNanos;
    }

    /** When it was heard of last; monotonic. */
    long heardNanos() {
        return heardNanos;
    }

    /**
     * How long it has not been renewed, as anybody may be told. Time in which this process stood still is part of it: it ends no session, but it is no renewal
     * either, and what others decided meanwhile is not contradicted by it.
     */
    long silentNanos(long monoNanos) {
        return Math.max(0, monoNanos - heardNanos);
    }

    /** How much of its silence counts against it. */
    long countedSilenceNanos(long leaseNanos) {
        return Math.min(Math.max(0, leaseNanos - lastSeenNanos), leaseNanos - grantedNanos);
    }

    long unhealthyAfterNanos() {
        return TimeUnit.MILLISECONDS.toNanos(lease.unhealthyAfterMillis());
    }

    long removeAfterNanos() {
        return TimeUnit.MILLISECONDS.toNanos(lease.removeAfterMillis());
    }

    /** How long after its last renewal the session needs a first look. */
    long firstDeadlineNanos() {
        return Math.min(unhealthyAfterNanos(), removeAfterNanos());
    }
}
