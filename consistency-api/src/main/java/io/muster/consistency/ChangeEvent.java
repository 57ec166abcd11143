package io.muster.consistency;

/** A change that the engine has applied on this node, whoever asked for it and wherever. */
public sealed interface ChangeEvent<V> {

    Key key();

    Version version();

    /** The value was stored or replaced. While a listener is being caught up, also: the value stands as given. */
    record Stored<V>(Datum<V> datum) implements ChangeEvent<V> {
        @Override
        public Key key() {
            return datum.key();
        }

        @Override
        public Version version() {
            return datum.version();
        }
    }

    /**
     * Same value, another {@link Mark}. UNHEALTHY comes under the version that it speaks of; HEALTHY comes back under a fresh one, since a
     * renewal must beat the mark wherever the two meet (design §5).
     */
    record Marked<V>(Datum<V> datum) implements ChangeEvent<V> {
        @Override
        public Key key() {
            return datum.key();
        }

        @Override
        public Version version() {
            return datum.version();
        }
    }

    /**
     * The datum is gone from what readers see.
     *
     * @param last what was there
     * @param version of the removal
     * @param cause why
     * @param by which member decided it: its node id in 32 hex digits
     */
    record Removed<V>(Datum<V> last, Version version, Removal cause, String by) implements ChangeEvent<V> {
        @Override
        public Key key() {
            return last.key();
        }
    }
}
