package io.muster.consistency;

import java.util.Objects;
import java.util.Optional;

/** One wanted change of one datum. */
public sealed interface Change<V> {

    Key key();

    Condition condition();

    /**
     * Stores a value.
     *
     * @param lease for ephemeral keys only, and required there
     * @param keepsSession for ephemeral keys only: the value is replaced, and the mark and the last sign of life stay as they are. What is
     *     not there, or has expired, has no session to keep: that is a conflict, whatever the condition
     */
    record Put<V>(Key key, V value, Optional<Lease> lease, Condition condition, boolean keepsSession)
            implements Change<V> {
        public Put {
            Objects.requireNonNull(value, "value");
            Objects.requireNonNull(condition, "condition");
            if (lease.isPresent() != (key.mode() == Mode.EPHEMERAL)) {
                throw new IllegalArgumentException("a lease goes with ephemeral keys, and only with them: " + key);
            }
            if (keepsSession && lease.isEmpty()) {
                throw new IllegalArgumentException("only ephemeral keys have sessions: " + key);
            }
        }

        /** One that begins a session, where the key has one. */
        public Put(Key key, V value, Optional<Lease> lease, Condition condition) {
            this(key, value, lease, condition, false);
        }
    }

    /**
     * Removes what is stored; removing what is not there succeeds and changes nothing.
     *
     * @param cause kept with the removal and told to listeners
     */
    record Remove<V>(Key key, Removal cause, Condition condition) implements Change<V> {
        public Remove {
            Objects.requireNonNull(key, "key");
            Objects.requireNonNull(cause, "cause");
            Objects.requireNonNull(condition, "condition");
        }
    }

    static <V> Change<V> put(Key key, V value) {
        return new Put<>(key, value, Optional.empty(), Condition.ALWAYS);
    }

    static <V> Change<V> put(Key key, V value, Condition condition) {
        return new Put<>(key, value, Optional.empty(), condition);
    }

    static <V> Change<V> put(Key key, V value, Lease lease) {
        return new Put<>(key, value, Optional.of(lease), Condition.ALWAYS);
    }

    static <V> Change<V> put(Key key, V value, Lease lease, Condition condition) {
        return new Put<>(key, value, Optional.of(lease), condition);
    }

    /** Replaces the value of an ephemeral datum and leaves its session alone: it is no sign of life of whoever renews it. */
    static <V> Change<V> edit(Key key, V value, Lease lease, Condition condition) {
        return new Put<>(key, value, Optional.of(lease), condition, true);
    }

    static <V> Change<V> remove(Key key, Removal cause) {
        return new Remove<>(key, cause, Condition.ALWAYS);
    }

    static <V> Change<V> remove(Key key, Removal cause, Condition condition) {
        return new Remove<>(key, cause, condition);
    }
}
