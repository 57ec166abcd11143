package io.muster.distro.core;

import io.muster.consistency.Key;
import io.muster.consistency.Removal;
import io.muster.consistency.Version;
import java.util.concurrent.TimeUnit;

/**
 * What is left of a datum that went: it keeps older copies, which may still be under way, from coming back (invariant {@code
 * NoResurrection}). Immutable; falls due when its life is over.
 */
final class Tombstone<V> extends Entry<V> {

    private final Key key;
    private final Version.Hybrid version;
    private final Removal cause;
    private final long justRemovedUntilNanos;
    private final boolean ofUnknown;

    /**
     * @param justRemovedUntilNanos lease time until which a renewal counts as in flight (R44)
     * @param ofUnknown whether this node knew nothing of the key when it was removed here; the number of these is bounded
     */
    Tombstone(Key key, Version.Hybrid version, Removal cause, long justRemovedUntilNanos, boolean ofUnknown) {
        this.key = key;
        this.version = version;
        this.cause = cause;
        this.justRemovedUntilNanos = justRemovedUntilNanos;
        this.ofUnknown = ofUnknown;
    }

    @Override
    Key key() {
        return key;
    }

    Removal cause() {
        return cause;
    }

    boolean ofUnknown() {
        return ofUnknown;
    }

    /** How long it still lives. */
    long lifeMillis(long leaseNanos) {
        return Math.max(0, TimeUnit.NANOSECONDS.toMillis(dueNanos - leaseNanos));
    }

    long justRemovedUntilNanos() {
        return justRemovedUntilNanos;
    }

    boolean justRemoved(long leaseNanos) {
        return leaseNanos - justRemovedUntilNanos < 0;
    }

    @Override
    Stamp stamp() {
        return new Stamp(version, Stamp.TOMBSTONE_RANK, 0);
    }
}
