package io.muster.member.lookup;

import io.muster.member.MemberAddress;
import java.util.List;

/** Who hears of a lookup's lists. */
@FunctionalInterface
public interface ListListener {

    /** @param members a non-empty list without duplicates, sorted; goes by this from now on */
    void listed(List<MemberAddress> members);

    /**
     * The source said something that is no good list; the last good one stays in force. A fault that stays is told once.
     *
     * @param problem names source and fault, one line
     */
    default void refused(String problem) {}
}
