package io.muster.naming.check.core;

/**
 * What one check says of its target.
 *
 * @param passed whether the target answered as it should
 * @param certain whether no slowness of ours can have made it so: a pass, a refused connection, an answer with another code. A timeout is not
 * @param reason in a few words, for people: {@code refused}, {@code timeout}, {@code HTTP 503}; cut to {@value #REASON_CHARS_MAX} characters
 */
public record Verdict(boolean passed, boolean certain, String reason) {

    /** As much as the record of it takes. */
    public static final int REASON_CHARS_MAX = 128;

    private static final String REFUSED_REASON = "refused";

    public static final Verdict PASSED = new Verdict(true, true, "ok");
    public static final Verdict REFUSED = new Verdict(false, true, REFUSED_REASON);
    public static final Verdict UNREACHABLE = failed("network is unreachable");
    public static final Verdict TIMEOUT = failed("timeout");

    public Verdict {
        if (passed && !certain) {
            throw new IllegalArgumentException("a pass is certain");
        }
        reason = tidy(reason);
    }

    /** It may come from the target: one line, and nothing that has no bytes. */
    private static String tidy(String text) {
        StringBuilder tidy = new StringBuilder();
        for (int i = 0; i < Math.min(text.length(), REASON_CHARS_MAX); i++) {
            char c = text.charAt(i);
            tidy.append(Character.isSurrogate(c) || Character.isISOControl(c) ? '?' : c);
        }
        return tidy.toString();
    }

    /** A failure that we may be at fault for, being slow. */
    public static Verdict failed(String reason) {
        return new Verdict(false, false, reason);
    }

    /** A failure that the target itself tells. */
    public static Verdict told(String reason) {
        return new Verdict(false, true, reason);
    }
}
