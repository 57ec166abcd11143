package io.muster.distro.core;

import io.muster.consistency.Datum;
import io.muster.consistency.Key;
import io.muster.consistency.Lease;
import io.muster.consistency.Removal;
import io.muster.consistency.Version;
import java.util.Objects;

/** What one node tells another of one key: the unit of merging, in snapshots, syncs and repairs alike. Absence is never told. */
public sealed interface DistroRecord<V> {

    Key key();

    Version.Hybrid version();

    /** A datum with its mark, and the lease by which a new responsible member goes on. */
    record Held<V>(Datum<V> datum, Lease lease) implements DistroRecord<V> {
        public Held {
            Objects.requireNonNull(lease, "lease");
            if (!(datum.version() instanceof Version.Hybrid)) {
                throw new IllegalArgumentException("an ephemeral datum bears a hybrid version: " + datum);
            }
        }

        @Override
        public Key key() {
            return datum.key();
        }

        @Override
        public Version.Hybrid version() {
            return (Version.Hybrid) datum.version();
        }
    }

    /**
     * A tombstone: all versions up to this one are gone.
     *
     * @param cause why
     * @param lifeMillis how long the teller still keeps it, by its own monotonic time
     */
    record Buried<V>(Key key, Version.Hybrid version, Removal cause, long lifeMillis) implements DistroRecord<V> {
        public Buried {
            Objects.requireNonNull(key, "key");
            Objects.requireNonNull(version, "version");
            Objects.requireNonNull(cause, "cause");
        }
    }
}
