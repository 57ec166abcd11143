package io.muster.server.http;

import io.muster.member.MemberView;
import io.muster.member.NodeId;
import io.muster.naming.api.Param;
import io.muster.naming.api.Refusal;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Names of members for people, ids for the engines: who is called what, as this node's view says.
 *
 * @param members the current view
 */
public record MemberNames(Supplier<MemberView> members) {

    private static final int NAMES_CHARS_MAX = 4096;

    /** What nodes are called in a parameter: {@code host:port} as the list has it, or the node id; several with commas between them. */
    static Param<String> param(String name) {
        return Param.text(name, NAMES_CHARS_MAX, "127.0.0.1:8848");
    }

    /** {@code host:port}; empty where nobody has said to be that node. */
    public Optional<String> nameOf(NodeId node) {
        return members.get().member(node).map(member -> member.address().name());
    }

    /** The same, or the id for want of a name. */
    String shown(NodeId node) {
        return nameOf(node).orElseGet(node::toString);
    }

    /** @throws Refusal if one of them is neither a known name nor a node id */
    List<NodeId> nodes(String names) {
        return Stream.of(names.split(","))
                .map(String::trim)
                .filter(name -> !name.isEmpty())
                .map(this::node)
                .toList();
    }

    /** @throws Refusal if it is neither a known name nor a node id */
    NodeId node(String name) {
        return members.get().members().stream()
                .filter(member -> member.address().name().equals(name))
                .flatMap(member -> member.nodeId().stream())
                .findFirst()
                .orElseGet(() -> parsed(name));
    }

    private NodeId parsed(String name) {
        try {
            return NodeId.parse(name);
        } catch (IllegalArgumentException e) {
            throw Refusal.badRequest(
                    "'" + Param.shown(name)
                            + "' is no node that was met: give a member's host:port as it is listed, or its node id of 32 hex digits");
        }
    }
}
