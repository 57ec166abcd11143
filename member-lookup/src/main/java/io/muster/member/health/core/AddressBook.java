package io.muster.member.health.core;

import io.muster.member.ClusterId;
import io.muster.member.MemberAddress;
import io.muster.member.MemberState;
import io.muster.member.NodeId;
import io.muster.member.PeerIdentity;
import io.muster.member.Wish;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Which node is found at which listed address (design §4, "Identity"; X11). Whoever answers there is the one: an address leads to a node and
 * never stands for it. Two spellings of one node fold; a node that answers elsewhere has moved; an address at which another node answers has
 * changed hands, whatever was known before.
 *
 * <p>An address keeps the node that was found there while that is silent, so that a dead member stays one; but not once that node is connected
 * to at another listed address and nobody answers here: then it has moved, and who will come here is unknown. A node whose address is listed no
 * longer stays while it may be found at an address of the new list: a line may have been spelt anew.
 *
 * <p>Where nobody answers, a claim will do: that of a peer which dialled us, or of one which reaches somebody there.
 */
final class AddressBook {

    /** Spellings sort by name; two lines that differ in the peer port alone are two. */
    private static final Comparator<MemberAddress> ORDER =
            Comparator.comparing(MemberAddress::name).thenComparingInt(MemberAddress::peerPort);

    private final NodeId self;
    private final MemberAddress selfAddress;
    private final HealthRules rules;
    private final HealthTiming timing;
    private final TreeMap<MemberAddress, Listing> listings = new TreeMap<>(ORDER);
    private final Callers callers = new Callers();

    /** Nodes found at addresses that are listed no longer; at most {@link MemberHealth#MEMBERS_MAX}. */
    private final TreeMap<NodeId, Found> displaced = new TreeMap<>();

    /** Awake time at which the reasons of vacant addresses were brought up to date. */
    private long reasonsNanos;

    AddressBook(NodeId self, MemberAddress selfAddress, HealthRules rules, HealthTiming timing) {
        this.self = self;
        this.selfAddress = selfAddress;
        this.rules = rules;
        this.timing = timing;
    }

    /** Where a node is found. */
    record Found(MemberAddress address, Occupant occupant) {}

    /** Takes up a list; addresses that stay keep who was found there. */
    void list(Collection<MemberAddress> addresses, long awakeNanos, long wallMillis) {
        TreeSet<MemberAddress> listed = new TreeSet<>(ORDER);
        listed.addAll(addresses);
        List<Listing> dropped = listings.values().stream()
                .filter(listing -> !listed.contains(listing.address()))
                .toList();
        dropped.forEach(this::drop);
        for (MemberAddress address : listed) {
            boolean own = address.name().equals(selfAddress.name());
            listings.computeIfAbsent(address, added -> new Listing(added, own, awakeNanos, wallMillis));
        }
        claimVacant();
        forgetDisplaced();
    }

    private void drop(Listing listing) {
        listings.remove(listing.address());
        listing.found()
                .filter(found -> displaced.size() < MemberHealth.MEMBERS_MAX)
                .ifPresent(found -> displaced.put(found.identity().nodeId(), new Found(listing.address(), found)));
    }

    /** All of them, this node's own name, too: who answers there is found out by dialling alone. */
    List<MemberAddress> toDial() {
        return List.copyOf(listings.keySet());
    }

    /**
     * Somebody answered.
     *
     * @return the node that was known there, if it is another
     */
    Optional<NodeId> opened(MemberAddress dialed, PeerIdentity peer, long awakeNanos, long wallMillis) {
        Listing listing = listings.get(dialed);
        if (listing == null) {
            return Optional.empty();
        }
        Optional<NodeId> before = listing.nodeId(self);
        NodeId answering = peer.identity().nodeId();
        if (!rules.nodeAt(before, answering).equals(answering)) {
            return Optional.empty();
        }
        if (answering.equals(self)) {
            listing.foundSelf();
        } else {
            listing.foundPeer(Occupant.of(peer));
            vacateLeftBy(answering, awakeNanos, wallMillis);
        }
        return before.filter(known -> !known.equals(answering));
    }

    void closed(MemberAddress dialed, NodeId peer) {
        Listing listing = listings.get(dialed);
        if (listing != null && listing.nodeId(self).filter(peer::equals).isPresent()) {
            listing.closed();
        }
    }

    void failed(Input.Failed failure, long awakeNanos, long wallMillis) {
        Listing listing = listings.get(failure.dialed());
        if (listing != null) {
            listing.failed(failure.reason(), failure.otherCluster());
            listing.found().ifPresent(peer -> vacateLeftBy(peer.identity().nodeId(), awakeNanos, wallMillis));
        }
    }

    /** A peer that dialled us says that it is reached at its own address; believed where nobody else was found, now and while it is connected. */
    void accepted(PeerIdentity peer) {
        callers.opened(peer);
        listings.values().stream()
                .filter(listing ->
                        listing.address().name().equals(peer.address().name()))
                .forEach(listing -> listing.claimedBy(Occupant.of(peer)));
    }

    void acceptedClosed(NodeId peer) {
        callers.closed(peer);
    }

    /**
     * Another member reaches a node there.
     *
     * @param givenUp whether a node that was found there before may be given up for it
     * @return whether it is believed: nobody else is there, nor is the node connected to elsewhere
     */
    boolean reachedByOthers(MemberAddress address, Occupant node, Predicate<NodeId> givenUp) {
        Listing listing = listings.get(address);
        NodeId id = node.identity().nodeId();
        if (listing == null || id.equals(self) || isOpen(id) || !mayPassOn(listing, givenUp)) {
            return false;
        }
        boolean news = listing.nodeId(self).filter(id::equals).isEmpty();
        listing.passedOnTo(node);
        return news;
    }

    /**
     * Addresses about which others are to be asked: nobody has answered there for long, or whoever did is given up and answers no longer.
     *
     * @param vacantSinceNanos awake time
     */
    List<MemberAddress> unreached(Predicate<NodeId> givenUp, long vacantSinceNanos) {
        return listings.values().stream()
                .filter(listing -> mayPassOn(listing, givenUp))
                .filter(listing -> !listing.vacant() || listing.vacantSince(vacantSinceNanos))
                .map(Listing::address)
                .toList();
    }

    private static boolean mayPassOn(Listing listing, Predicate<NodeId> givenUp) {
        return listing.vacant()
                || (listing.looksLeft()
                        && listing.found()
                                .filter(peer -> givenUp.test(peer.identity().nodeId()))
                                .isPresent());
    }

    /** Who answered this node itself at an address of that name and is still connected. */
    Optional<NodeId> connectedAt(MemberAddress address) {
        String name = address.name();
        return listings.values().stream()
                .filter(Listing::open)
                .filter(listing -> listing.address().name().equals(name)
                        || listing.found()
                                .filter(peer -> peer.ownAddress().name().equals(name))
                                .isPresent())
                .flatMap(listing -> listing.found().stream())
                .map(peer -> peer.identity().nodeId())
                .findFirst();
    }

    /** @return whether an address has gone without anybody for long just now, or does so for another reason */
    boolean countMisses(long awakeNanos, long wallMillis) {
        boolean showReasons = awakeNanos - reasonsNanos >= timing.probeIntervalNanos();
        reasonsNanos = showReasons ? awakeNanos : reasonsNanos;
        boolean news = false;
        for (Listing listing : listings.values()) {
            news |= listing.vacantFor(timing.downNanos(), awakeNanos, wallMillis);
            news |= showReasons && listing.showsLastFailure();
        }
        return news;
    }

    /** Gives up nodes whose addresses are listed no longer, once they can't be found elsewhere. @return whether there were any */
    boolean forgetDisplaced() {
        if (displaced.isEmpty() || !settled()) {
            return false;
        }
        displaced.clear();
        return true;
    }

    /**
     * The nodes found, this one left out, each at one address: the name that it gives itself if that is listed, else the first. A displaced node
     * keeps the address that is listed no longer.
     */
    SortedMap<NodeId, Found> nodes() {
        TreeMap<NodeId, Found> nodes = new TreeMap<>();
        for (Listing listing : listings.values()) {
            listing.found().ifPresent(peer -> {
                Found found = new Found(listing.address(), peer);
                nodes.merge(peer.identity().nodeId(), found, AddressBook::better);
            });
        }
        displaced.keySet().removeAll(nodes.keySet());
        nodes.putAll(displaced);
        return nodes;
    }

    /** To which other cluster whoever answers there says to belong, if so. */
    Optional<ClusterId> otherCluster(MemberAddress address) {
        return Optional.ofNullable(listings.get(address)).flatMap(Listing::otherCluster);
    }

    /** Addresses at which nobody was found. */
    List<Listing> vacant() {
        return listings.values().stream().filter(Listing::vacant).toList();
    }

    List<Wish.Entry> entries() {
        return listings.values().stream()
                .map(listing -> new Wish.Entry(listing.address(), listing.nodeId(self)))
                .toList();
    }

    boolean lists(NodeId id) {
        return displaced.containsKey(id) || at(id).findAny().isPresent();
    }

    /** Whether the list names this node, or may yet turn out to, or there is none. */
    boolean mayListSelf() {
        return listings.isEmpty() || lists(self) || !settled();
    }

    /** This node as listed: its own name, else the first spelling that led here, else as configured. */
    MemberAddress selfAddress() {
        List<MemberAddress> own = listings.values().stream()
                .filter(Listing::own)
                .map(Listing::address)
                .toList();
        return own.stream()
                .filter(address -> address.name().equals(selfAddress.name()))
                .findFirst()
                .or(() -> own.stream().findFirst())
                .orElse(selfAddress);
    }

    private boolean settled() {
        return listings.values().stream()
                .allMatch(listing -> !listing.vacant() || listing.vacantState() == MemberState.DOWN);
    }

    private Stream<Listing> at(NodeId id) {
        return listings.values().stream()
                .filter(listing -> listing.nodeId(self).filter(id::equals).isPresent());
    }

    private boolean isOpen(NodeId id) {
        return at(id).anyMatch(Listing::open);
    }

    private void vacateLeftBy(NodeId node, long awakeNanos, long wallMillis) {
        if (isOpen(node)) {
            at(node).filter(Listing::looksLeft).toList().forEach(left -> left.vacate(awakeNanos, wallMillis));
            claimVacant();
        }
    }

    /** Where nobody is found, whoever was known by that name before or gives itself that name may be. */
    private void claimVacant() {
        for (Listing listing : vacant()) {
            String name = listing.address().name();
            Stream.concat(
                            displaced.values().stream()
                                    .filter(found -> found.address().name().equals(name))
                                    .map(Found::occupant),
                            callers.all().stream()
                                    .filter(caller -> caller.ownAddress().name().equals(name)))
                    .filter(claimant -> !claimant.identity().nodeId().equals(self))
                    .filter(claimant -> !isOpen(claimant.identity().nodeId()))
                    .findFirst()
                    .ifPresent(listing::claimedBy);
        }
    }

    private static Found better(Found one, Found other) {
        boolean ownName =
                other.address().name().equals(other.occupant().ownAddress().name());
        return ownName ? other : one;
    }
}
