package io.muster.raft.core;

import io.muster.raft.InvariantBroken;

/**
 * What a leader knows of one other voter (Raft paper, Figure 2, "volatile state on leaders").
 *
 * <p>Invariant: {@code 0 <= matchIndex < nextIndex}; matchIndex never decreases within a term.
 */
final class Progress {

    private long matchIndex;
    private long nextIndex;

    /** The last leadership check that the voter has confirmed. */
    private long confirmedRound;

    /** Whether entries are on their way, so that the next ones wait for the answer or the next heartbeat. */
    private boolean waiting;

    Progress(long nextIndex) {
        this.nextIndex = nextIndex;
    }

    long matchIndex() {
        return matchIndex;
    }

    long nextIndex() {
        return nextIndex;
    }

    long confirmedRound() {
        return confirmedRound;
    }

    boolean waiting() {
        return waiting;
    }

    void sent() {
        waiting = true;
    }

    void confirmed(long round) {
        confirmedRound = Math.max(confirmedRound, round);
    }

    void matches(long index) {
        waiting = false;
        matchIndex = Math.max(matchIndex, index);
        nextIndex = Math.max(nextIndex, matchIndex + 1);
        check();
    }

    /** The log of the voter does not match before nextIndex; it is worth trying at the hint. A late answer changes nothing below matchIndex. */
    void differs(long hint) {
        waiting = false;
        nextIndex = Math.max(matchIndex + 1, Math.min(nextIndex - 1, hint + 1));
        check();
    }

    private void check() {
        if (matchIndex < 0 || matchIndex >= nextIndex) {
            throw new InvariantBroken("MatchBelowNext", "match " + matchIndex + ", next " + nextIndex);
        }
    }
}
