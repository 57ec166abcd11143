package io.muster.member.lookup;

import io.muster.member.MemberAddress;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** From one list of members to another; members are told apart by name. */
public record ListChange(List<MemberAddress> before, List<MemberAddress> after) {

    public ListChange {
        before = List.copyOf(before);
        after = List.copyOf(after);
    }

    /** Who is new. */
    public List<MemberAddress> added() {
        return without(after, before);
    }

    /** Who is gone. */
    public List<MemberAddress> removed() {
        return without(before, after);
    }

    /** Whether half of the members or more are gone, whoever came. */
    public boolean losesHalf() {
        return !before.isEmpty() && 2 * removed().size() >= before.size();
    }

    /** Whether it names fewer. */
    public boolean isShorter() {
        return after.size() < before.size();
    }

    private static List<MemberAddress> without(List<MemberAddress> all, List<MemberAddress> others) {
        TreeSet<String> known = others.stream().map(MemberAddress::name).collect(Collectors.toCollection(TreeSet::new));
        return all.stream().filter(member -> !known.contains(member.name())).toList();
    }
}
