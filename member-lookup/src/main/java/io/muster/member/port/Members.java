package io.muster.member.port;

import io.muster.member.MemberView;
import java.util.function.Consumer;

/** Who is alive, as both engines see it (R2). */
public interface Members {

    /** The current view; any thread may ask. */
    MemberView view();

    /**
     * Calls back on the driver's thread after each change of the view, in order. Whoever listens first and asks for the {@link #view} then
     * misses nothing.
     */
    void onChange(Consumer<MemberView> listener);
}
