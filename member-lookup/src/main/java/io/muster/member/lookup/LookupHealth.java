package io.muster.member.lookup;

/**
 * How a lookup does; for information, nothing depends on it.
 *
 * @param source where the list comes from, for people
 * @param healthy whether the source has given a good list lately
 * @param failuresInARow vain attempts since the last good list
 * @param problem what was wrong with the last one; empty if nothing was
 */
public record LookupHealth(String source, boolean healthy, int failuresInARow, String problem) {

    /** Of a source that can't fail. */
    public static LookupHealth good(String source) {
        return new LookupHealth(source, true, 0, "");
    }
}
