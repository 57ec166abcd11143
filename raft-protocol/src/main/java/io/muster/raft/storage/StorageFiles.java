package io.muster.raft.storage;

import io.muster.member.NodeId;
import java.util.HexFormat;
import java.util.Optional;

/** The names of the files, relative to the data directory. Names sort like the numbers in them. */
final class StorageFiles {

    static final String DIRECTORY = "raft";

    /** The next segment, preallocated and empty. */
    static final String RESERVE = DIRECTORY + "/log-reserve";

    /** A snapshot that is being written. */
    static final String SNAPSHOT_TEMPORARY = DIRECTORY + "/snapshot.tmp";

    /** A snapshot that is being received. */
    static final String SNAPSHOT_RECEIVED = DIRECTORY + "/snapshot-received.tmp";

    /** To which cluster the node belongs, and what it has promised. */
    static final String BELONGING = DIRECTORY + "/belonging";

    /** The same beside the node's id, so that it is there when the log's directory is gone. */
    static final String BELONGING_COPY = "raft-belonging";

    /** Of the first format, which was replaced by renaming. */
    static final String BELONGING_TEMPORARY = DIRECTORY + "/belonging.tmp";

    private static final String SET_ASIDE_PREFIX = "raft-set-aside-";
    private static final String SEGMENT_PREFIX = "log-";
    private static final String SEGMENT_SUFFIX = ".seg";
    private static final String SNAPSHOT_PREFIX = "snapshot-";
    private static final String SNAPSHOT_SUFFIX = ".snap";

    private StorageFiles() {}

    /** @param sequence of the segment, from 1 */
    static String segment(long sequence) {
        return DIRECTORY + "/" + SEGMENT_PREFIX + HexFormat.of().toHexDigits(sequence) + SEGMENT_SUFFIX;
    }

    /** @param index that the snapshot covers */
    static String snapshot(long index) {
        return DIRECTORY + "/" + SNAPSHOT_PREFIX + HexFormat.of().toHexDigits(index) + SNAPSHOT_SUFFIX;
    }

    /** Where damaged data goes that was set aside. */
    static String setAside(NodeId formerNode) {
        return SET_ASIDE_PREFIX + formerNode;
    }

    /** The sequence of a segment, if the name in the directory is that of one. */
    static Optional<Long> segmentSequence(String name) {
        return number(name, SEGMENT_PREFIX, SEGMENT_SUFFIX);
    }

    /** The index of a snapshot, if the name in the directory is that of one. */
    static Optional<Long> snapshotIndex(String name) {
        return number(name, SNAPSHOT_PREFIX, SNAPSHOT_SUFFIX);
    }

    private static Optional<Long> number(String name, String prefix, String suffix) {
        int digits = name.length() - prefix.length() - suffix.length();
        if (digits != 2 * Long.BYTES || !name.startsWith(prefix) || !name.endsWith(suffix)) {
            return Optional.empty();
        }
        try {
            return Optional.of(HexFormat.fromHexDigitsToLong(name, prefix.length(), prefix.length() + digits));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}
