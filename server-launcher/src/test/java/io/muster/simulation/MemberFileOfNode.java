package io.muster.simulation;

import io.muster.member.MemberAddress;
import io.muster.member.lookup.ListWatch;
import io.muster.member.lookup.MemberList;
import java.util.List;

/**
 * The file that names the members, as one node takes it up: looked at twice a second, and judged by {@link ListWatch} as in production (R61).
 */
final class MemberFileOfNode {

    private final boolean takesAnything;
    private final ListWatch watch;
    private String text = "";
    private String seen = "";
    private List<MemberAddress> inForce;

    /** @param takesAnything a planted bug: whatever is read is taken for a list */
    MemberFileOfNode(List<MemberAddress> first, boolean takesAnything) {
        this.takesAnything = takesAnything;
        this.inForce = List.copyOf(first);
        this.watch = new ListWatch("cluster.conf", text, inForce);
    }

    /** An operator, or a script of one, writes it. */
    void write(String newText) {
        text = newText;
    }

    void look() {
        MemberList list = MemberList.ofText(text);
        if (takesAnything) {
            inForce = text.equals(seen) ? list.members() : inForce;
            seen = text;
        } else {
            watch.saw(new ListWatch.Look(text, new ListWatch.Content.Read(list)))
                    .taken()
                    .ifPresent(members -> inForce = members);
        }
    }

    List<MemberAddress> inForce() {
        return inForce;
    }
}
