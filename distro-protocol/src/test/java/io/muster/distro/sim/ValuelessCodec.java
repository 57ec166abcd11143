package io.muster.distro.sim;

import io.muster.consistency.Codec;

/** Planted bug N05: what the value holds leaves no trace in digests. */
final class ValuelessCodec implements Codec<String> {

    @Override
    public byte[] encode(String value) {
        return new byte[0];
    }

    @Override
    public String decode(byte[] bytes) {
        throw new UnsupportedOperationException("only digests are made with this one");
    }
}
