package io.muster.naming.api;

/**
 * The request cannot be answered as asked, and the caller is told why. Thrown by whatever reads a request; carries the
 * status and the plain text of the answer. A value rather than an accident: no stack trace.
 */
public final class Refusal extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int status;

    private Refusal(int status, String text) {
        super(text, null, false, false);
        this.status = status;
    }

    /** The request itself is wrong; the text names the parameter. */
    public static Refusal badRequest(String text) {
        return new Refusal(400, text);
    }

    public static Refusal notFound(String text) {
        return new Refusal(404, text);
    }

    /**
     * @param status 400 to 599
     */
    public static Refusal of(int status, String text) {
        return new Refusal(status, text);
    }

    public int status() {
        return status;
    }

    /** What to tell the caller; never null, unlike the message of exceptions at large. */
    public String text() {
        String message = getMessage();
        return message == null ? "" : message;
    }
}
