package io.muster.raft.storage;

import java.util.Map;
import java.util.TreeMap;

/** How long the files are together, and how long they may become (X20). */
final class DirectoryBudget {

    private final long bytesMax;

    /** File → length; files that are being written count with the length that they will have. */
    private final Map<String, Long> lengths = new TreeMap<>();

    /** Sum of the lengths. */
    private long bytes;

    DirectoryBudget(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    void set(String file, long length) {
        Long before = lengths.put(file, length);
        bytes += length - (before == null ? 0 : before);
    }

    void remove(String file) {
        Long before = lengths.remove(file);
        bytes -= before == null ? 0 : before;
    }

    /** Of a file that is there; else 0. */
    long lengthOf(String file) {
        Long length = lengths.get(file);
        return length == null ? 0 : length;
    }

    long bytes() {
        return bytes;
    }

    /** Whether so much more stays within the bound. */
    boolean allows(long more) {
        return bytes + more <= bytesMax;
    }
}
