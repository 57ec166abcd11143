package io.muster.distro;

import java.util.List;

/**
 * Digests over all that an engine shows; equal on members that show the same.
 *
 * @param buckets by number; 0 where a bucket shows nothing
 */
public record DistroChecksums(long root, List<Long> buckets) {

    public DistroChecksums {
        buckets = List.copyOf(buckets);
    }

    static DistroChecksums of(List<Long> rootAndBuckets) {
        return new DistroChecksums(rootAndBuckets.get(0), rootAndBuckets.subList(1, rootAndBuckets.size()));
    }
}
