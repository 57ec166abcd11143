package io.muster.distro.core;

import org.jspecify.annotations.Nullable;

/** What hangs in a {@link TimingWheel}, with the links in itself: a million leases then cost no nodes. In one wheel at most. */
abstract class Timed {

    /** Both null while in no wheel. */
    @Nullable
    Timed previous;

    @Nullable
    Timed next;

    /** When it falls due; set by the wheel alone. */
    long dueNanos;
}
