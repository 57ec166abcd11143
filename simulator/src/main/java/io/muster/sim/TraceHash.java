package io.muster.sim;

/** Rolling 64-bit hash of what happened, in order. The same seed must give the same value (invariant IX1, {@code Deterministic}). */
public final class TraceHash {

    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    private long state = GOLDEN_GAMMA;

    public void add(long value) {
        state = mix(state * 31 + value);
    }

    public void add(String text) {
        add(hashOf(text));
    }

    public void add(byte[] bytes) {
        long hash = bytes.length;
        for (byte b : bytes) {
            hash = hash * 31 + b;
        }
        add(hash);
    }

    public long value() {
        return state;
    }

    /** A hash of the text alone that is the same in every run. */
    public static long hashOf(String text) {
        long hash = text.length();
        for (int i = 0; i < text.length(); i++) {
            hash = mix(hash + text.charAt(i));
        }
        return hash;
    }

    /** The finalizer of SplitMix64: each input bit changes about half of the output bits. */
    public static long mix(long value) {
        long z = value + GOLDEN_GAMMA;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    @Override
    public String toString() {
        return String.format("%016x", state);
    }
}
