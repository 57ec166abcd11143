package io.muster.raft.core.digest;

/**
 * A digest of the replicated state as of an index (R15; design §4, "State digest").
 *
 * @param index applied index at which it was taken
 * @param digest what names its format, a dash, hex digits; digests of different formats say nothing about each other
 */
public record StateDigest(long index, String digest) {

    /** A digest is taken at every applied index that this divides. */
    public static final long EVERY = 1_024;

    /** Bound on the text of a digest. */
    public static final int TEXT_MAX = 64;

    public StateDigest {
        if (index < 0 || digest.length() > TEXT_MAX) {
            throw new IllegalArgumentException("no digest: '" + digest + "' at " + index);
        }
    }

    /** Whether both are of the same index and format, so that they must be equal. */
    public boolean isComparableTo(StateDigest other) {
        return index == other.index && format().equals(other.format());
    }

    private String format() {
        int dash = digest.indexOf('-');
        return dash < 0 ? "" : digest.substring(0, dash);
    }
}
