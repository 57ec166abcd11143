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
     */
    record Put<V>(Key key, V value, Optional<Lease> lease, Condition condition) implements Change<V> {
        public Put {
            Objects.requireNonNull(value, "value");
            Objects.requireNonNull(condition, "condition");
            if (lease.isPresent() != (key.mode() == Mode.EPHEMERAL)) {
                throw new IllegalArgumentException("a lease goes with ephemeral keys, and only with them: " + key);
            }
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

    static <V> Change<V> remove(Key key, Removal cause) {
        return new Remove<>(key, cause, Condition.ALWAYS);
    }

    static <V> Change<V> remove(Key key, Removal cause, Condition condition) {
        return new Remove<>(key, cause, condition);
    }
}
