package io.muster.distro.core;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Digests of groups, gathered into buckets and a root, so that nodes which agree need to compare one number (X3). Each level is a sum of
 * hashes and so independent of order, and is kept up to date in constant time per change. A group without visible records has digest 0
 * and counts as absent.
 *
 * <p>One writer, the core; any thread may read, and may see a bucket that has changed and a root that has not yet.
 */
final class DigestTree {

    static final int BUCKETS = 1_024;

    private static final int BUCKET_SHIFT = Long.SIZE - 10;

    private static final int ROOT = BUCKETS;

    /** The buckets, and after them the root. */
    private final AtomicLongArray digests = new AtomicLongArray(BUCKETS + 1);

    /** The group's digest, a sum of {@link RecordDigest#ofRecord}, has changed. */
    void changed(long nameHash, long oldDigest, long newDigest) {
        int bucket = (int) (nameHash >>> BUCKET_SHIFT);
        long before = bucket(bucket);
        long after = before + mixed(nameHash, newDigest) - mixed(nameHash, oldDigest);
        digests.setRelease(bucket, after);
        digests.setRelease(ROOT, root() + mixed(bucket, after) - mixed(bucket, before));
    }

    /** The least hash of a name in the bucket. */
    static long firstHashOf(int bucket) {
        return (long) bucket << BUCKET_SHIFT;
    }

    /** Of all groups in the bucket; 0 where none has visible records. */
    long bucket(int bucket) {
        return digests.getAcquire(bucket);
    }

    long root() {
        return digests.getAcquire(ROOT);
    }

    private static long mixed(long name, long digest) {
        return digest == 0 ? 0 : RecordDigest.mix(name, digest);
    }
}
