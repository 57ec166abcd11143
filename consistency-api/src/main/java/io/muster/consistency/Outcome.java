package io.muster.consistency;

/** Whether a failed change took effect. */
public enum Outcome {
    /** It did not, and never will. */
    NOT_DONE,
    /** It may have, in part perhaps, or may yet: read before you decide, or repeat it if repeating is harmless. */
    UNKNOWN
}
