package io.muster.distro.core;

/**
 * Digests of groups, gathered into buckets and a root, so that nodes which agree need to compare one number (X3). Each level is a sum of
 * hashes and so independent of order, and is kept up to date in constant time per change. A group without visible records has digest 0
 * and counts as absent.
 */
final class DigestTree {

    static final int BUCKETS = 1_024;

    private static final int BUCKET_SHIFT = Long.SIZE - 10;

    private final long[] buckets = new long[BUCKETS];
    private long root;

    /** The group's digest, a sum of {@link RecordDigest#ofRecord}, has changed. */
    void changed(long nameHash, long oldDigest, long newDigest) {
        int bucket = (int) (nameHash >>> BUCKET_SHIFT);
        root -= mixed(bucket, buckets[bucket]);
        buckets[bucket] += mixed(nameHash, newDigest) - mixed(nameHash, oldDigest);
        root += mixed(bucket, buckets[bucket]);
    }

    /** The least hash of a name in the bucket. */
    static long firstHashOf(int bucket) {
        return (long) bucket << BUCKET_SHIFT;
    }

    /** Of all groups in the bucket; 0 where none has visible records. */
    long bucket(int bucket) {
        return buckets[bucket];
    }

    long root() {
        return root;
    }

    private static long mixed(long name, long digest) {
        return digest == 0 ? 0 : RecordDigest.mix(name, digest);
    }
}
