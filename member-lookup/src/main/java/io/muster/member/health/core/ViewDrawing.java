package io.muster.member.health.core;

import io.muster.member.Member;
import io.muster.member.MemberView;
import io.muster.member.NodeId;
import io.muster.member.Wish;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** A view out of what is known: this node, the nodes found, and the addresses at which nobody was found. */
final class ViewDrawing {

    private ViewDrawing() {}

    /** @param wishDigest of this node's own wish */
    static MemberView draw(long revision, Member self, Collection<Peer> peers, AddressBook book, long wishDigest) {
        List<Member> members = new ArrayList<>(List.of(self));
        peers.forEach(peer -> members.add(withOtherCluster(peer.member(), book)));
        book.vacant().forEach(listing -> members.add(vacant(listing)));
        List<NodeId> sharedBy = sharedBy(self, peers, wishDigest);
        return new MemberView(revision, self, members, new Wish(book.entries(), sharedBy));
    }

    private static Member vacant(Listing listing) {
        return new Member(
                listing.address(),
                Optional.empty(),
                0,
                listing.vacantState(),
                false,
                false,
                listing.vacancy(),
                listing.vacantStateWallMillis(),
                listing.otherCluster(),
                0);
    }

    private static Member withOtherCluster(Member known, AddressBook book) {
        return known.inOtherCluster(book.otherCluster(known.address()));
    }

    private static List<NodeId> sharedBy(Member self, Collection<Peer> peers, long wishDigest) {
        List<NodeId> sharers = new ArrayList<>();
        if (wishDigest != WishDigest.UNRESOLVED) {
            self.nodeId().ifPresent(sharers::add);
            peers.stream()
                    .filter(Peer::answersLately)
                    .filter(peer -> peer.wishDigest() == wishDigest)
                    .forEach(peer -> sharers.add(peer.id()));
        }
        return sharers;
    }
}
