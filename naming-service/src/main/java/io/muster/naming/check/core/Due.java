package io.muster.naming.check.core;

/** Something that is due at a time; in one {@link DueHeap} at most. */
abstract class Due {

    static final int NOWHERE = -1;

    /** Not to be changed while it is in a heap. */
    long dueNanos;

    /** Where in its heap it stands. The heap's own. */
    int heapIndex = NOWHERE;

    final boolean isQueued() {
        return heapIndex != NOWHERE;
    }
}
