package io.muster.member.lookup;

import io.muster.member.MemberAddress;
import java.util.List;
import java.util.function.Consumer;

/**
 * One way to find the members. A lookup gives lists; it knows nothing of who is alive.
 *
 * <p>Life: {@link #start} once, any number of lists, {@link #stop} once. Called on one thread; calls back on the same.
 */
public interface MemberLookup {

    /** The configured name of the mode: {@code standalone}, {@code file} or {@code address-server}. */
    String mode();

    /**
     * Begins, and hands over the first list when it has a good one; later lists whenever they change.
     *
     * @param onList gets non-empty lists without duplicates, sorted
     */
    void start(Consumer<List<MemberAddress>> onList);

    /** Ends; no list comes after it. */
    void stop();
}
