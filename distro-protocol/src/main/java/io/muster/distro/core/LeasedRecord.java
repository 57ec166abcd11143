package io.muster.distro.core;

import io.muster.consistency.Datum;
import io.muster.consistency.Key;
import io.muster.consistency.Lease;
import io.muster.consistency.Mark;
import io.muster.consistency.Version;
import java.util.concurrent.TimeUnit;

/**
 * A datum with its session: one object per record, which stays while the datum is updated. The core writes it; any thread reads the datum
 * and writes the last-seen slot.
 *
 * <p>A renewal writes the slot and then reads the mark; the core writes a mark and then reads the slot again. Both are volatile, so at least
 * one of the two sees the other, and no renewal is lost between them (Dekker's pattern).
 */
final class LeasedRecord<V> extends Entry<V> {

    private volatile Datum<V> datum;

    /** Lease time of the latest renewal; after a pause up to a second ahead of the core's, see {@link LeaseClock}. */
    private volatile long lastSeenNanos;

    /** Set while a revival waits to be handed to the core, so that it is handed over once. */
    private volatile boolean revivalAsked;

    /** Lease time from which silence counts at the earliest: a grant ends no session, but it is no renewal either, and revives nothing. */
    private long grantedNanos;

    private Lease lease;
    private long valueHash;

    LeasedRecord(Datum<V> datum, Lease lease, long valueHash, long lastSeenNanos) {
        this.datum = datum;
        this.lease = lease;
        this.valueHash = valueHash;
        this.lastSeenNanos = lastSeenNanos;
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

    Lease lease() {
        return lease;
    }

    void lease(Lease newLease) {
        lease = newLease;
    }

    /** Publishes another datum of the same key. */
    void publish(Datum<V> newDatum, long newValueHash) {
        valueHash = newValueHash;
        datum = newDatum;
    }

    /** Any thread. */
    void seen(long leaseNanos) {
        lastSeenNanos = leaseNanos;
    }

    /** Grants the session one full timeout from now on; the core's thread, as whoever reads it. */
    void grant(long leaseNanos) {
        grantedNanos = leaseNanos;
    }

    /** Any thread: whether the caller is the one to hand the revival over. Two may be told so when they race; handing over twice is harmless. */
    boolean askRevival() {
        if (revivalAsked) {
            return false;
        }
        revivalAsked = true;
        return true;
    }

    void revivalTaken() {
        revivalAsked = false;
    }

    long lastSeenNanos() {
        return lastSeenNanos;
    }

    /** How long it has not been renewed. */
    long silentNanos(long leaseNanos) {
        return Math.max(0, leaseNanos - lastSeenNanos);
    }

    /** How much of its silence counts against it. */
    long countedSilenceNanos(long leaseNanos) {
        return Math.min(silentNanos(leaseNanos), leaseNanos - grantedNanos);
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
