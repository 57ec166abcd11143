package io.muster.raft;

/**
 * Bytes are sound, and of a format that this version does not know: a newer one wrote them. That is no damage, so nothing is cut off, passed over or set
 * aside because of it (R32).
 */
public final class UnknownFormatException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    /**
     * @param what is of that format
     * @param format that was found
     * @param known the newest that this version reads
     */
    public UnknownFormatException(String what, int format, int known) {
        super(what + " format " + format + " where " + known + " is known");
    }

    private UnknownFormatException(String file, UnknownFormatException found) {
        super(file + ": " + found.getMessage()
                + ". A newer version of the server wrote it: start that one. Log and snapshots are as they were");
    }

    /** The same, found in a file of the data directory. */
    public UnknownFormatException in(String file) {
        return new UnknownFormatException(file, this);
    }
}
