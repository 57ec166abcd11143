package io.muster.consistency;

/** What a caller can usefully do about a failure. */
public enum Advice {
    /** Send the same request to another node, or here a little later. */
    TRY_ELSEWHERE_OR_LATER,
    /** Send it again here after a pause; every node is likely as busy. */
    SLOW_DOWN,
    /** Read the current state, then decide whether to repeat the change. */
    READ_THEN_DECIDE,
    /** The request itself is wrong; repeating it is useless. */
    CORRECT_THE_REQUEST
}
