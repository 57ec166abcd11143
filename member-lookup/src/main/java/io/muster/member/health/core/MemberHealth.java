package io.muster.member.health.core;

import io.muster.member.ClusterId;
import io.muster.member.Member;
import io.muster.member.MemberAddress;
import io.muster.member.MemberState;
import io.muster.member.MemberView;
import io.muster.member.NodeId;
import io.muster.member.NodeIdentity;
import io.muster.member.PeerIdentity;
import io.muster.member.Wish;
import io.muster.member.health.core.HealthMessage.AskReach;
import io.muster.member.health.core.HealthMessage.Leaving;
import io.muster.member.health.core.HealthMessage.Probe;
import io.muster.member.health.core.HealthMessage.ProbeAnswer;
import io.muster.member.health.core.HealthMessage.ReachAnswer;
import io.muster.member.health.core.Notice.Kind;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Who is alive: the pure core of member health (design §6). {@link #on} is the one entrance; the package's description says what its caller owes
 * it.
 *
 * <p>Every listed address is dialled; every node found is probed each interval. What a node says of itself (run, loaded, whom it lists) is
 * believed when an answer to a probe of ours says it, or the handshake of a connection: both are fresh. An unasked message is a hint to probe at
 * once.
 */
public final class MemberHealth {

    /** Addresses in a list; what a lookup lists beyond them is left out, and said. */
    public static final int MEMBERS_MAX = 1_000;

    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final long NEVER = Long.MIN_VALUE;

    private final NodeIdentity self;
    private final HealthTiming timing;
    private final HealthRules rules;
    private final AddressBook book;
    private final AwakeClock awake;
    private final Turn turn;
    private final TreeMap<NodeId, Peer> peers = new TreeMap<>();
    private final Probing probing;
    private final Asking asking;
    private final Counts counts = new Counts();
    private final Steps steps = new Steps();
    private final long startWallMillis;

    private Optional<ClusterId> clusterId = Optional.empty();
    private boolean loaded;
    private boolean leaving;
    private long listDigest;
    private long wishDigest;

    /** Awake time since when all who answer have said that they don't list this node. */
    private long unlistedSinceNanos = NEVER;

    private boolean listedByNobody;
    private MemberView view;

    /** @param selfAddress how this node's own configuration names it */
    public MemberHealth(NodeIdentity self, MemberAddress selfAddress, HealthTiming timing, HealthRules rules, Now now) {
        this.self = self;
        this.timing = timing;
        this.rules = rules;
        this.startWallMillis = now.wallMillis();
        this.book = new AddressBook(self.nodeId(), selfAddress, rules, timing);
        this.awake = new AwakeClock(timing.tickNanos(), timing.standStillNanos(), now.nanos());
        this.turn = new Turn(awake, now);
        Member alone = selfMember();
        this.view = new MemberView(1, alone, List.of(alone));
        this.probing = new Probing(self, timing, rules, turn, counts, this::announcement, this::publishNews);
        this.asking = new Asking(
                self, timing, rules, turn, counts, peers, book, probing, this::announcement, this::takeUpNodes);
    }

    /** One step. */
    public List<Effect> on(Input input, Now moment) {
        long lostNanos = turn.begin(moment);
        if (lostNanos > 0) {
            stoodStill(lostNanos);
        }
        input.accept(steps);
        publishNews();
        return turn.effects();
    }

    /** The view published last; at first this node alone. */
    public MemberView view() {
        return view;
    }

    /** What is known now. */
    public HealthStatus status() {
        return new HealthStatus(
                view,
                book.lists(self.nodeId()),
                peers.values().stream().map(Peer::status).toList(),
                counts.shown(turn.noticesSuppressed()));
    }

    private final class Steps implements Input.Visitor {

        @Override
        public void wished(Input.Wished input) {
            List<MemberAddress> listed = input.addresses();
            if (listed.size() > MEMBERS_MAX) {
                turn.tellAgain(new Notice(
                        Kind.LIST_TOO_LONG,
                        "list",
                        "the list names " + listed.size() + " members; those after the first " + MEMBERS_MAX
                                + " are left out"));
                listed = listed.subList(0, MEMBERS_MAX);
            }
            book.list(listed, turn.awakeNanos(), turn.wallMillis());
            turn.add(new Effect.Dial(book.toDial()));
            takeUpNodes();
        }

        @Override
        public void opened(Input.Opened input) {
            lookAt(input.peer());
            Optional<NodeId> before = book.opened(input.dialed(), input.peer(), turn.awakeNanos(), turn.wallMillis());
            before.ifPresent(known -> turn.tell(new Notice(
                    Kind.ADDRESS_TAKEN,
                    input.dialed().name(),
                    "node " + input.peer().identity().nodeId() + " answers at " + input.dialed() + ", where node "
                            + known + " was known")));
            shookHands(input.peer());
        }

        @Override
        public void closed(Input.Closed input) {
            book.closed(input.dialed(), input.peer());
        }

        @Override
        public void failed(Input.Failed input) {
            book.failed(input, turn.awakeNanos(), turn.wallMillis());
            takeUpNodes();
        }

        @Override
        public void accepted(Input.Accepted input) {
            lookAt(input.peer());
            if (input.peer().identity().nodeId().equals(self.nodeId())) {
                return;
            }
            book.accepted(input.peer());
            shookHands(input.peer());
        }

        @Override
        public void acceptedClosed(Input.AcceptedClosed input) {
            book.acceptedClosed(input.peer());
        }

        @Override
        public void received(Input.Received input) {
            if (!input.from().equals(self.nodeId())) {
                input.message().accept(new Receiving(input.from()));
            }
        }

        @Override
        public void tick(Input.Tick input) {
            turn.news(book.countMisses(turn.awakeNanos(), turn.wallMillis()));
            if (book.forgetDisplaced()) {
                takeUpNodes();
            }
            peers.values().forEach(probing::watch);
            asking.tick();
            watchOwnListing();
        }

        @Override
        public void loadedChanged(Input.LoadedChanged input) {
            if (loaded != input.loaded()) {
                loaded = input.loaded();
                turn.news(true);
                spreadNews();
            }
        }

        @Override
        public void clusterKnown(Input.ClusterKnown input) {
            clusterId = Optional.of(input.clusterId());
            spreadNews();
        }

        @Override
        public void leave(Input.Leave input) {
            leaving = true;
            turn.news(true);
            peers.keySet().forEach(id -> turn.send(id, new Leaving(self.runId())));
            // One of the two may get lost; the answers to later probes say it, too.
            spreadNews();
        }
    }

    /** What to do with a message. */
    private final class Receiving implements HealthMessage.Visitor {

        private final NodeId from;

        Receiving(NodeId from) {
            this.from = from;
        }

        @Override
        public void probe(Probe message) {
            turn.send(
                    from,
                    new ProbeAnswer(
                            message.sequence(),
                            message.says().runId(),
                            announcement(),
                            book.lists(from),
                            turn.wallMillis()));
            @Nullable Peer peer = peers.get(from);
            if (peer != null && !peer.isKnownToSay(message.says(), message.listsYou())) {
                probing.probeSoon(peer);
            }
        }

        @Override
        public void probeAnswer(ProbeAnswer message) {
            @Nullable Peer peer = peers.get(from);
            if (peer != null) {
                probing.received(peer, message);
            }
        }

        @Override
        public void askReach(AskReach message) {
            asking.asked(from, message);
        }

        @Override
        public void reachAnswer(ReachAnswer message) {
            asking.answered(from, message);
        }

        @Override
        public void leaving(Leaving message) {
            @Nullable Peer peer = peers.get(from);
            if (peer != null && peer.runId() == message.runId()) {
                probing.left(peer);
            }
        }
    }

    // Who is there.

    /** Brings the peers in line with the nodes found at listed addresses. */
    private void takeUpNodes() {
        SortedMap<NodeId, AddressBook.Found> nodes = book.nodes();
        turn.news(true);
        peers.keySet().retainAll(nodes.keySet());
        for (Map.Entry<NodeId, AddressBook.Found> node : nodes.entrySet()) {
            NodeId id = node.getKey();
            MemberAddress address = node.getValue().address();
            @Nullable Peer known = peers.get(id);
            if (known == null) {
                long runId = node.getValue().occupant().identity().runId();
                Peer peer = new Peer(id, runId, address, timing, turn.awakeNanos(), turn.wallMillis());
                peer.announces(node.getValue().occupant().formatMax());
                peers.put(id, peer);
                probing.probe(peer);
            } else if (!known.address().equals(address)) {
                turn.tell(new Notice(
                        Kind.MEMBER_MOVED,
                        address.name(),
                        "node " + id + " is reached at " + address + ", formerly at " + known.address()));
                known.movedTo(address);
            }
        }
        resolveWish();
    }

    private void resolveWish() {
        Wish wish = new Wish(book.entries(), List.of());
        long nodes = WishDigest.of(wish);
        long names = WishDigest.ofNames(wish);
        if (nodes != wishDigest || names != listDigest) {
            wishDigest = nodes;
            listDigest = names;
            spreadNews();
        }
    }

    /** Whether somebody else bears our node id. */
    private void lookAt(PeerIdentity peer) {
        NodeIdentity identity = peer.identity();
        if (identity.nodeId().equals(self.nodeId()) && identity.runId() != self.runId()) {
            turn.tellAgain(new Notice(
                    Kind.COPIED_DIRECTORY,
                    peer.address().name(),
                    "the process at " + peer.address() + " bears this node's id " + self.nodeId()
                            + ": one of the two data directories is a copy. Stop one of them and empty its directory"));
        }
    }

    /** A handshake is fresh: its run is the one that lives now. */
    private void shookHands(PeerIdentity says) {
        NodeIdentity identity = says.identity();
        @Nullable Peer known = peers.get(identity.nodeId());
        takeUpNodes();
        if (known != null && peers.containsKey(identity.nodeId())) {
            if (rules.isNewRun(known.runId(), identity.runId())) {
                probing.restarted(known, identity.runId(), true);
                known.reachedAgain();
            } else {
                probing.probeSoon(known);
            }
            // Views are drawn when the step is over, of which the nodes were taken up just now.
            known.announces(says.formatMax());
        }
    }

    private void spreadNews() {
        peers.values().forEach(probing::probeSoon);
    }

    private void stoodStill(long lostNanos) {
        counts.standStills++;
        if (!rules.forgivesStandStill()) {
            awake.countAnyway(lostNanos);
            return;
        }
        turn.tellAgain(new Notice(
                Kind.STOOD_STILL,
                "this node",
                "stood still for " + lostNanos / NANOS_PER_MILLI + " ms: no member is blamed for that time"));
        probing.renew(peers.values());
    }

    /** Whether this node is a stranger, to itself or to the others. */
    private void watchOwnListing() {
        List<Peer> answering = peers.values().stream()
                .filter(peer -> peer.state() == MemberState.UP)
                .toList();
        boolean unlisted = !answering.isEmpty() && answering.stream().noneMatch(Peer::listsUs);
        if (!unlisted) {
            unlistedSinceNanos = NEVER;
        } else if (unlistedSinceNanos == NEVER) {
            unlistedSinceNanos = turn.awakeNanos();
        }
        // Whoever has just been found may not have found this node yet.
        long patience = timing.suspiciousAfter() * timing.probeIntervalNanos();
        boolean byNobody = unlisted && turn.awakeNanos() - unlistedSinceNanos >= patience;
        turn.news(byNobody != listedByNobody);
        listedByNobody = byNobody;
        if (!book.mayListSelf()) {
            turn.tellAgain(new Notice(
                    Kind.NOT_LISTED,
                    "list",
                    "this node is a stranger: no listed address leads to it, so that it owns nothing and never votes"));
        } else if (listedByNobody) {
            turn.tellAgain(
                    new Notice(
                            Kind.LISTED_BY_NOBODY,
                            "list",
                            "nobody lists this node: the lists of all members that answer don't name it, so that it gets no data of theirs"));
        }
    }

    // What comes of it.

    private void publishNews() {
        if (!turn.takeNews()) {
            return;
        }
        MemberView next = ViewDrawing.draw(view.revision() + 1, selfMember(), peers.values(), book, wishDigest);
        if (!next.showsTheSameAs(view)) {
            StateNotices.between(view, next).forEach(turn::tell);
            view = next;
            turn.add(new Effect.Publish(next));
        }
    }

    private Member selfMember() {
        return new Member(
                book.selfAddress(),
                Optional.of(self.nodeId()),
                self.runId(),
                MemberState.UP,
                loaded,
                !isStranger(),
                leaving ? "this node, leaving" : "this node",
                startWallMillis);
    }

    private boolean isStranger() {
        return !book.mayListSelf() || listedByNobody;
    }

    /** A stranger owns no keys, and nobody may think that it does: to the others it counts as not loaded. */
    private Announcement announcement() {
        return new Announcement(self.runId(), clusterId, loaded && !isStranger(), leaving, listDigest, wishDigest);
    }
}
