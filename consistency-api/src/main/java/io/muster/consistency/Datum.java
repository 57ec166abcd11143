package io.muster.consistency;

import java.util.Objects;

/**
 * A stored value with its name and its stamp. The value is the caller's own immutable object: the engine stores no second form of
 * it, and hands the same datum to readers and listeners.
 *
 * @param key its name
 * @param version its stamp; grows with every change of the value
 * @param mark state of its session, see {@link Mark}
 * @param value what the caller put
 */
public record Datum<V>(Key key, Version version, Mark mark, V value) {

    public Datum {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(version, "version");
        Objects.requireNonNull(mark, "mark");
        Objects.requireNonNull(value, "value");
    }

    public Datum<V> withMark(Mark newMark) {
        return new Datum<>(key, version, newMark, value);
    }
}
