package io.muster.server.config;

/** The command line can't be understood; the message is for the person who typed it. */
public final class UsageException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public UsageException(String message) {
        super(message, null, false, false);
    }
}
