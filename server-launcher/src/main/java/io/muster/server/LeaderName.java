package io.muster.server;

import io.muster.member.Member;
import io.muster.member.MemberView;
import io.muster.member.NodeId;
import java.util.Optional;
import java.util.function.Supplier;

/** The address of the member that orders persistent writes, for the header of every answer (R74): kept at hand, since it is asked for so often. */
final class LeaderName implements Supplier<Optional<String>> {

    private volatile Optional<String> name = Optional.empty();

    /** Any thread. */
    @Override
    public Optional<String> get() {
        return name;
    }

    void refresh(Optional<NodeId> leader, MemberView members) {
        Optional<String> found = leader.flatMap(id -> members.members().stream()
                .filter(member -> member.nodeId().filter(id::equals).isPresent())
                .map(Member::address)
                .map(address -> address.name())
                .findFirst());
        if (!found.equals(name)) {
            name = found;
        }
    }
}
