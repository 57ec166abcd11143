package io.muster.naming.model;

/**
 * Which of an operator's words on an instance it is, when it was said and by whom.
 *
 * @param number grows with every word on the instance: of two, the one with the greater number is the later; 0 where
 *     nobody counted
 * @param wallMillis wall-clock time of the member that took it, for people; 0 or more
 * @param by the operator's name, or the address where nobody logs in; at most {@value #BY_CHARS_MAX} characters
 */
public record WordStamp(long number, long wallMillis, String by) {

    public static final int BY_CHARS_MAX = 128;

    /** Of an overlay that nobody stamped. */
    public static final WordStamp NONE = new WordStamp(0, 0, "");

    public WordStamp {
        if (number < 0 || wallMillis < 0) {
            throw new IllegalArgumentException("a stamp's numbers are not negative: " + number + ", " + wallMillis);
        }
        Limits.text("said by", by, BY_CHARS_MAX);
    }

    /** A name as {@link #by()} bears it. */
    public static String cut(String by) {
        if (by.length() <= BY_CHARS_MAX) {
            return by;
        }
        int end = BY_CHARS_MAX - 1;
        return by.substring(0, Character.isHighSurrogate(by.charAt(end - 1)) ? end - 1 : end) + '…';
    }
}
