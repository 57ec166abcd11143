package io.muster.distro.core;

/** Parts of a large group, by the hash of the id: so that one difference in it does not cost the stamps of all its records. */
final class Slices {

    /** Records of a slice, about. */
    private static final int SLICE_RECORDS = 256;

    /** Enough for two million records in one group. */
    private static final int SLICES_MAX = 8_192;

    private Slices() {}

    /** Into how many parts a group with so many entries is cut, a power of two; 1 for a small one. */
    static int countFor(int entries) {
        int count = 1;
        while (count < SLICES_MAX && entries > count * SLICE_RECORDS) {
            count *= 2;
        }
        return count;
    }

    /** Whether a count that came from elsewhere is one that {@link #countFor} gives. */
    static boolean isCount(int count) {
        return count > 0 && count <= SLICES_MAX && Integer.bitCount(count) == 1;
    }

    static int of(String id, int count) {
        return count == 1 ? 0 : (int) (RecordDigest.ofName(id) & (count - 1));
    }
}
