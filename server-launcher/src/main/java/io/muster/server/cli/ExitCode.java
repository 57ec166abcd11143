package io.muster.server.cli;

/** How the process ends, for the shell; the numbers are those of BSD's {@code sysexits.h} where one fits. */
public enum ExitCode {
    /** Stopped as asked, or the command did its work. */
    OK(0),
    /** An admin command was refused or found nothing. */
    FAILED(1),
    /** The command line can't be understood. */
    USAGE(64),
    /** The port is taken, or the server that a command asks can't be reached. */
    UNAVAILABLE(69),
    /** A broken invariant of this program. */
    SOFTWARE(70),
    /** The data directory can't be used: locked by another process, not writable. */
    DATA_DIRECTORY(73),
    /** Storage failed while running. */
    STORAGE_FAILED(74),
    /** Stored data is damaged. */
    DATA_DAMAGED(75),
    /** So was a cluster member's, which was set aside: the next start is that of a new node. */
    DATA_SET_ASIDE(75),
    /** A cluster member's was thrown away to go to another cluster: the next start is that of a new node. */
    DATA_GIVEN_UP(75),
    /** The configuration is wrong. */
    CONFIGURATION(78);

    private final int code;

    ExitCode(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }
}
