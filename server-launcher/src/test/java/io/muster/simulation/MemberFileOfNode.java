package io.muster.simulation;

import io.muster.member.MemberAddress;
import io.muster.member.lookup.MemberList;
import io.muster.member.lookup.MemberListException;
import java.util.List;

/**
 * The file that names the members, as one node takes it up: looked at twice a second, and taken when it is as it was at the look before and has no
 * fault (R61).
 */
final class MemberFileOfNode {

    private final boolean takesAnything;
    private String text;
    private String seen;
    private List<MemberAddress> inForce;

    /** @param takesAnything a planted bug: whatever is read is taken for a list */
    MemberFileOfNode(List<MemberAddress> first, boolean takesAnything) {
        this.takesAnything = takesAnything;
        this.inForce = List.copyOf(first);
        this.text = "";
        this.seen = "";
    }

    /** An operator, or a script of one, writes it. */
    void write(String newText) {
        text = newText;
    }

    void look() {
        if (!text.isEmpty() || takesAnything) {
            judge();
        }
        seen = text;
    }

    private void judge() {
        if (!text.equals(seen)) {
            return;
        }
        MemberList list = MemberList.ofText(text);
        try {
            inForce = takesAnything ? list.members() : list.orThrow("cluster.conf");
        } catch (MemberListException keepsTheLastGoodOne) {
            // What is in force stays.
        }
    }

    List<MemberAddress> inForce() {
        return inForce;
    }
}
