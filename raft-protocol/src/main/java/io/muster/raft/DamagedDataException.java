package io.muster.raft;

/**
 * Stored data that this node once knew to be durable is not what it was: it refuses to start rather than forget a promise (design §4,
 * "Storage"). Nothing on disk has been changed.
 */
public final class DamagedDataException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String file;
    private final long offset;
    private final String found;

    /**
     * @param file relative to the data directory
     * @param offset in bytes, where reading stopped making sense
     * @param what was found there
     */
    public DamagedDataException(String file, long offset, String what) {
        super(found(file, offset, what)
                + ". The node does not start, since what it has acknowledged may be lost. Restore the data directory from a backup,"
                + " or move it away to start as an empty node.");
        this.file = file;
        this.offset = offset;
        this.found = found(file, offset, what);
    }

    private static String found(String file, long offset, String what) {
        return file + ", offset " + offset + ": " + what;
    }

    /** What was found and where, without what follows from it. */
    public String found() {
        return found;
    }

    public String file() {
        return file;
    }

    public long offset() {
        return offset;
    }
}
