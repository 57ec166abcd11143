package io.muster.naming.check.core;

/**
 * Figures of the checks, at one moment.
 *
 * @param targets checked here
 * @param unchecked beyond the bound on targets
 * @param inFlight under way
 * @param lateNanos by how much the check that waits longest is late
 * @param perSecond how many may start in a second now
 * @param passed so far; a result that counts, as the next
 * @param failed so far
 * @param voided failures so far that did not count, since this process was at fault
 * @param flips so far
 */
public record CheckCounts(
        int targets,
        long unchecked,
        int inFlight,
        long lateNanos,
        long perSecond,
        long passed,
        long failed,
        long voided,
        long flips) {

    public static final CheckCounts NONE = new CheckCounts(0, 0, 0, 0, 0, 0, 0, 0, 0);
}
