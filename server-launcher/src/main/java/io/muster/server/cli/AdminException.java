package io.muster.server.cli;

/** A command did not succeed; the message is for the person who typed it. */
final class AdminException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final ExitCode exitCode;

    private AdminException(ExitCode exitCode, String message) {
        super(message, null, false, false);
        this.exitCode = exitCode;
    }

    /** The server was asked and said no. */
    static AdminException refused(String message) {
        return new AdminException(ExitCode.FAILED, message);
    }

    /** No server could be asked. */
    static AdminException unreachable(String message) {
        return new AdminException(ExitCode.UNAVAILABLE, message);
    }

    static AdminException usage(String message) {
        return new AdminException(ExitCode.USAGE, message);
    }

    ExitCode exitCode() {
        return exitCode;
    }
}
