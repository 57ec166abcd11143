package io.muster.raft.storage;

/**
 * One file of the log.
 *
 * @param sequence rising by one
 * @param lastIndex the highest index of an entry in it; that of the log before it if it holds none
 * @param length of the file
 */
record Segment(long sequence, long lastIndex, long length) {

    String file() {
        return StorageFiles.segment(sequence);
    }

    Segment withLastIndex(long index) {
        return new Segment(sequence, Math.max(lastIndex, index), length);
    }
}
