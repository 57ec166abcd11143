package io.muster.server;

import io.muster.member.MemberAddress;
import java.util.List;

/**
 * The list of members in force. The start waits for the first list, and may give up on it for a remembered one at the very moment when it comes: then the one that came counts,
 * since the source will not say it again. Any thread.
 */
final class ListInForce {

    private List<MemberAddress> list = List.of();

    /** Empty while there is none. */
    synchronized List<MemberAddress> now() {
        return list;
    }

    /**
     * What the start goes by, unless the lookup has given a list.
     *
     * @return the list in force
     */
    synchronized List<MemberAddress> begin(List<MemberAddress> atStart) {
        if (list.isEmpty()) {
            list = atStart;
        }
        return list;
    }

    /**
     * The lookup gives a list.
     *
     * @return the one before
     */
    synchronized List<MemberAddress> take(List<MemberAddress> given) {
        List<MemberAddress> before = list;
        list = given;
        return before;
    }
}
