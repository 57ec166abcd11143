package io.muster.raft.storage;

/** How far a segment's own marks say that it is durable: what rots before that is noticed at the next start. */
public final class SyncedEnd {

    private SyncedEnd() {}

    /** @return 0 where no mark is sound */
    public static int of(byte[] segment) {
        return SyncMark.newest(segment, Checksum.CRC32C)
                .map(SyncMark::syncedEnd)
                .orElse(0);
    }
}
