package io.muster.consistency;

/**
 * Bytes of a value, for peers, disk and digests only; local reads never decode.
 *
 * <p>Encoding is canonical: equal values give equal bytes on every node and every JDK, since digests are taken over them. Encodings carry
 * their own format version, so that an old one can still be read (R32). Implementations are stateless and safe for any thread.
 */
public interface Codec<V> {

    /** Never fails for a value that passed its own constructor. */
    byte[] encode(V value);

    /**
     * Of what {@link #encode} gives. Digests bear it: those of nodes whose encodings differ say nothing about each other.
     */
    default int format() {
        return 1;
    }

    /**
     * @throws IllegalArgumentException if the bytes are no encoding of a value; the message names the offset and what was wrong
     */
    V decode(byte[] bytes);
}
