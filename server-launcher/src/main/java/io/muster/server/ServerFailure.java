package io.muster.server;

import io.muster.server.cli.ExitCode;

/** A server can't start, or can't go on. The message is for the operator: what happened, where, and what to do. */
public final class ServerFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final ExitCode exitCode;

    public ServerFailure(ExitCode exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    public ServerFailure(ExitCode exitCode, String message, Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    public ExitCode exitCode() {
        return exitCode;
    }
}
