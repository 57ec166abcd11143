package io.muster.member.lookup;

/**
 * One way to find the members. A lookup gives lists; it knows nothing of who is alive.
 *
 * <p>Life: {@link #start} once, any number of lists, {@link #stop} once. The first list may come before {@code start} returns; later ones come on the
 * driver's thread.
 */
public interface MemberLookup {

    /** The configured name of the mode: {@code standalone}, {@code file} or {@code address-server}. */
    String mode();

    /**
     * Begins, and hands over the first list when it has a good one; later lists whenever they change.
     *
     * @throws MemberListException if there is no good list to begin with, in a mode that has its list at hand
     */
    void start(ListListener listener);

    /** How it does; any thread may ask. */
    LookupHealth health();

    /** Ends; no list comes after it. */
    void stop();
}
