package io.muster.member.port;

/** A failed disk operation. */
public final class DiskException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** What kind of failure, as far as the caller can act on it. */
    public enum Kind {
        /** No room: the write may be tried again when there is some. */
        FULL,
        /** Anything else: what is on disk is in doubt. */
        FAILED
    }

    private final Kind kind;
    private final String file;

    public DiskException(Kind kind, String operation, String file, String cause) {
        super(operation + " of " + file + ": " + cause);
        this.kind = kind;
        this.file = file;
    }

    public Kind kind() {
        return kind;
    }

    /** The file that the operation was about, relative to the disk's directory. */
    public String file() {
        return file;
    }
}
