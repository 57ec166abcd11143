package io.muster.member;

import java.nio.file.Path;

/** Why a data directory can't be opened; the process does not start (exit codes in {@code spec/operator-interface.md}). Nothing was changed. */
public abstract sealed class DataDirectoryException extends Exception {

    private static final long serialVersionUID = 1L;

    private DataDirectoryException(String message) {
        super(message);
    }

    /** Another process, or this one, has the directory open. The start may be tried again when that one has ended. */
    public static final class Locked extends DataDirectoryException {

        private static final long serialVersionUID = 1L;

        Locked(Path directory, String holder) {
            super("data directory " + directory + " is in use by " + holder);
        }
    }

    /** The directory can't be created, read or written. The operator has to mend rights or device. */
    public static final class Unusable extends DataDirectoryException {

        private static final long serialVersionUID = 1L;

        Unusable(Path directory, String problem, Exception cause) {
            super("data directory " + directory + " can't be used: " + problem);
            initCause(cause);
        }
    }

    /** A file in the directory is not what was stored. The operator has to restore it, or empty the directory and start as a new node. */
    public static final class Damaged extends DataDirectoryException {

        private static final long serialVersionUID = 1L;

        Damaged(Path file, String damage) {
            super("stored data is damaged: " + file + ": " + damage);
        }
    }
}
