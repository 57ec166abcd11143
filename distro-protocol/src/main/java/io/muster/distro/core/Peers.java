package io.muster.distro.core;

import io.muster.member.Member;
import io.muster.member.MemberState;
import io.muster.member.MemberView;
import io.muster.member.NodeId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The other members with whom this one exchanges ephemeral data: those that it lists, that list it, and of which the node id is known
 * (design §5). Immutable.
 */
final class Peers {

    static final Peers NONE = new Peers(List.of(), 0, false);

    /**
     * @param alive UP or SUSPICIOUS: gets syncs and is asked; of the others only a sign of life is awaited
     * @param loaded counts as loaded, so a snapshot can be had from it
     */
    record Peer(NodeId id, boolean alive, boolean loaded) {}

    private final List<Peer> all;
    private final int listedOthers;
    private final boolean shunned;

    private Peers(List<Peer> all, int listedOthers, boolean shunned) {
        this.all = all;
        this.listedOthers = listedOthers;
        this.shunned = shunned;
    }

    static Peers of(MemberView view, NodeId self) {
        List<Peer> peers = new ArrayList<>();
        int others = 0;
        boolean loadedElsewhere = false;
        for (Member member : view.members()) {
            if (member.nodeId().equals(Optional.of(self)) || member.equals(view.self())) {
                continue;
            }
            others++;
            loadedElsewhere |= alive(member) && member.loaded() && !member.listsUs();
            if (member.nodeId().isPresent() && member.listsUs()) {
                NodeId id = member.nodeId().get();
                if (peers.stream().noneMatch(peer -> peer.id().equals(id))) {
                    peers.add(new Peer(id, alive(member), member.loaded()));
                }
            }
        }
        peers.sort(Comparator.comparing(Peer::id));
        boolean alone = peers.stream().noneMatch(Peer::alive);
        return new Peers(
                List.copyOf(peers),
                others,
                alone && loadedElsewhere && !view.self().listsUs());
    }

    static boolean alive(Member member) {
        return member.state() == MemberState.UP || member.state() == MemberState.SUSPICIOUS;
    }

    /** In order of their ids. */
    List<Peer> all() {
        return all;
    }

    /** Ids of those alive, in order. */
    List<NodeId> alive() {
        return all.stream().filter(Peer::alive).map(Peer::id).toList();
    }

    Optional<Peer> find(NodeId id) {
        return all.stream().filter(peer -> peer.id().equals(id)).findFirst();
    }

    boolean isAlive(NodeId id) {
        return find(id).filter(Peer::alive).isPresent();
    }

    /** How many other members are listed, heard of or not. */
    int listedOthers() {
        return listedOthers;
    }

    /** Whether there are loaded members, none of which lists this node: what it holds is neither theirs nor known to them. */
    boolean shunned() {
        return shunned;
    }

    /** Whether somebody who may hear beats can't be asked. */
    boolean anyOutOfReach() {
        return all.stream().anyMatch(peer -> !peer.alive());
    }
}
