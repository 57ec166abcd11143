package io.muster.server.http;

import io.muster.distro.DistroEngine;
import io.muster.member.Member;
import io.muster.member.MemberView;
import io.muster.naming.api.v1.ClusterFacts;
import io.muster.naming.model.ServiceName;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * What the naming API tells of the members, from the view that both engines share.
 *
 * @param members the current view
 * @param distro knows who is responsible for what
 * @param alone whether the lookup in force says that this node is alone
 */
public record MemberFacts(Supplier<MemberView> members, DistroEngine<?> distro, BooleanSupplier alone)
        implements ClusterFacts {

    @Override
    public List<Node> nodes() {
        return members.get().members().stream().map(MemberFacts::node).toList();
    }

    @Override
    public Node self() {
        return node(members.get().self());
    }

    @Override
    public boolean isStandalone() {
        return alone.getAsBoolean();
    }

    private static Node node(Member member) {
        return new Node(
                member.address().host(), member.address().port(), member.state().name(), 0);
    }

    /** This node, where none is known or the one that is has just gone: it is the one at hand (R52). */
    @Override
    public String responsibleNode(ServiceName service) {
        MemberView view = members.get();
        return distro.responsibleFor(service.keyGroup())
                .flatMap(view::member)
                .orElse(view.self())
                .address()
                .name();
    }

    @Override
    public int responsibleServiceCount() {
        return distro.status().responsibleGroups();
    }

    @Override
    public int responsibleInstanceCount() {
        return Math.toIntExact(distro.status().ownSessions());
    }
}
