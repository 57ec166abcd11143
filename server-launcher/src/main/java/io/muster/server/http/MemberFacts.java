package io.muster.server.http;

import io.muster.distro.DistroStatus;
import io.muster.member.Member;
import io.muster.member.MemberView;
import io.muster.naming.api.v1.ClusterFacts;
import io.muster.naming.model.ServiceName;
import java.util.List;
import java.util.function.Supplier;

/**
 * What the naming API tells of the members, from the view that both engines share.
 *
 * @param members the current view
 * @param distro the engine that knows for what this node is responsible
 */
public record MemberFacts(Supplier<MemberView> members, Supplier<DistroStatus> distro) implements ClusterFacts {

    @Override
    public List<Node> nodes() {
        return members.get().members().stream().map(MemberFacts::node).toList();
    }

    @Override
    public Node self() {
        return node(members.get().self());
    }

    private static Node node(Member member) {
        return new Node(
                member.address().host(), member.address().port(), member.state().name(), 0);
    }

    @Override
    public boolean isStandalone() {
        return members.get().members().size() == 1;
    }

    /** A node alone is responsible for everything. */
    @Override
    public String responsibleNode(ServiceName service) {
        return members.get().self().address().name();
    }

    @Override
    public int responsibleServiceCount() {
        return distro.get().responsibleGroups();
    }

    @Override
    public int responsibleInstanceCount() {
        return Math.toIntExact(distro.get().records());
    }
}
