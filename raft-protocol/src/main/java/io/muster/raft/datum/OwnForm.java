package io.muster.raft.datum;

import io.muster.consistency.Codec;

/**
 * A value with length and hash of the encoding that this version gives it, whichever version encoded the bytes that it came in: so that what is added to
 * a sum when a value comes is what is subtracted when it goes (R32).
 */
record OwnForm<V>(V value, int length, long hash) {

    /** @throws IllegalArgumentException if the bytes are no encoding of a value */
    static <V> OwnForm<V> of(Codec<V> codec, byte[] stored) {
        V value = codec.decode(stored);
        byte[] own = codec.encode(value);
        return new OwnForm<>(value, own.length, StateHash.ofValue(own));
    }
}
