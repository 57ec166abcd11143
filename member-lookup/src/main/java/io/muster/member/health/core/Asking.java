package io.muster.member.health.core;

import io.muster.member.MemberState;
import io.muster.member.NodeId;
import io.muster.member.NodeIdentity;
import io.muster.member.health.core.HealthMessage.AskReach;
import io.muster.member.health.core.HealthMessage.FoundAt;
import io.muster.member.health.core.HealthMessage.ReachAnswer;
import io.muster.member.health.core.HealthMessage.Reached;
import io.muster.member.health.core.HealthMessage.Suspect;
import io.muster.member.health.core.Notice.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What members ask each other about those whom they don't reach, and the verdicts that follow. */
final class Asking {

    /** Who answered longer ago is not reached by any measure. */
    private static final long REACHED_AGE_MAX_MILLIS = 600_000;

    private static final long NANOS_PER_MILLI = 1_000_000;

    private final NodeIdentity self;
    private final HealthTiming timing;
    private final HealthRules rules;
    private final Turn turn;
    private final Counts counts;
    private final SortedMap<NodeId, Peer> peers;
    private final AddressBook book;
    private final Probing probing;
    private final Supplier<Announcement> announcement;
    private final Runnable takeUpNodes;
    private final Inquiry inquiry = new Inquiry();

    /** @param peers those known, brought in line with the book by {@code takeUpNodes} */
    Asking(
            NodeIdentity self,
            HealthTiming timing,
            HealthRules rules,
            Turn turn,
            Counts counts,
            SortedMap<NodeId, Peer> peers,
            AddressBook book,
            Probing probing,
            Supplier<Announcement> announcement,
            Runnable takeUpNodes) {
        this.self = self;
        this.timing = timing;
        this.rules = rules;
        this.turn = turn;
        this.counts = counts;
        this.peers = peers;
        this.book = book;
        this.probing = probing;
        this.announcement = announcement;
        this.takeUpNodes = takeUpNodes;
    }

    /** Time has passed. */
    void tick() {
        if (inquiry.isDue(turn.awakeNanos(), timing.probeIntervalNanos())) {
            beginRound();
        } else if (inquiry.repeatNow(turn.awakeNanos(), timing.probeIntervalNanos())) {
            AskReach question = inquiry.question(self.runId());
            inquiry.pending().forEach(id -> turn.send(id, question));
        }
        judgeAll();
    }

    private void beginRound() {
        List<Peer> suspects = peers.values().stream().filter(Peer::isSuspect).toList();
        long vacantSince = turn.awakeNanos() - timing.suspiciousAfter() * timing.probeIntervalNanos();
        inquiry.begin(
                suspects.stream()
                        .map(peer -> new Suspect(peer.id(), peer.runId()))
                        .toList(),
                book.unreached(this::isGivenUp, vacantSince),
                askable(),
                turn.awakeNanos());
        if (!inquiry.isAboutAnything()) {
            inquiry.end();
            return;
        }
        for (Peer suspect : suspects) {
            turn.news(suspect.asked(
                    anybodyBut(suspect, inquiry.pending()), turn.awakeNanos(), turn.wallMillis(), this::nameOf));
        }
        AskReach question = inquiry.question(self.runId());
        inquiry.pending().forEach(id -> turn.send(id, question));
    }

    /** Who can say whether it reaches others: whoever is in the ring. */
    private List<NodeId> askable() {
        return peers.values().stream()
                .filter(peer -> peer.state() == MemberState.UP || peer.state() == MemberState.SUSPICIOUS)
                .filter(peer -> rules.asksBeforeDown())
                .map(Peer::id)
                .toList();
    }

    private static boolean anybodyBut(Peer suspect, List<NodeId> askable) {
        return askable.size() > 1 || (askable.size() == 1 && !askable.contains(suspect.id()));
    }

    private boolean isGivenUp(NodeId id) {
        @Nullable Peer peer = peers.get(id);
        return peer != null && peer.state() == MemberState.DOWN;
    }

    /** Another member asks. */
    void asked(NodeId from, AskReach question) {
        List<Reached> reached = new ArrayList<>();
        for (Suspect suspect : question.suspects()) {
            @Nullable Peer peer = peers.get(suspect.nodeId());
            if (peer != null) {
                reached(peer).ifPresent(reached::add);
                if (rules.isNewRun(peer.runId(), suspect.runId())) {
                    probing.probeSoon(peer);
                }
            }
        }
        List<FoundAt> found = question.addresses().stream()
                .flatMap(address -> book
                        .connectedAt(address)
                        .flatMap(id -> Optional.ofNullable(peers.get(id)))
                        .flatMap(this::reached)
                        .map(there -> new FoundAt(address, there))
                        .stream())
                .toList();
        turn.send(from, new ReachAnswer(question.round(), question.fromRunId(), reached, found));
    }

    /** When the peer answered us last, if it ever did. */
    private Optional<Reached> reached(Peer peer) {
        OptionalLong silent = peer.silentNanos(turn.now().nanos());
        if (silent.isEmpty() || !peer.isOurs()) {
            return Optional.empty();
        }
        long ageMillis = silent.getAsLong() / NANOS_PER_MILLI;
        return ageMillis > REACHED_AGE_MAX_MILLIS
                ? Optional.empty()
                : Optional.of(new Reached(
                        peer.id(), peer.runId(), peer.loaded(), peer.listDigest(), peer.wishDigest(), (int) ageMillis));
    }

    /** Another member answers. */
    void answered(NodeId from, ReachAnswer answer) {
        if (!peers.containsKey(from) || answer.toRunId() != self.runId() || !inquiry.answered(from, answer.round())) {
            return;
        }
        answer.found().forEach(found -> found(from, found));
        answer.reached().forEach(reached -> sighted(from, reached));
        judgeAll();
    }

    /** Another member is connected to a node at an address where we reach nobody. */
    private void found(NodeId reporter, FoundAt found) {
        Reached reached = found.reached();
        NodeId id = reached.nodeId();
        if (!inquiry.isAbout(found.address())
                || seenNanos(reached) <= turn.awakeNanos() - timing.reachedForNanos()
                || id.equals(reporter)) {
            return;
        }
        boolean known = peers.containsKey(id);
        Occupant there = new Occupant(new NodeIdentity(id, reached.runId()), found.address(), 0);
        if (!book.reachedByOthers(found.address(), there, this::isGivenUp)) {
            return;
        }
        takeUpNodes.run();
        @Nullable Peer peer = peers.get(id);
        if (peer != null && !known) {
            Sightings.Sighting sighting = new Sightings.Sighting(seenNanos(reached), reached.loaded());
            turn.news(peer.foundByOthers(reporter, sighting, turn.wallMillis(), this::nameOf));
        }
        sighted(reporter, reached);
    }

    /** Another member got an answer; not before the round began, less the age that it says. */
    private void sighted(NodeId reporter, Reached reached) {
        @Nullable Peer peer = peers.get(reached.nodeId());
        if (peer == null || peer.id().equals(reporter)) {
            return;
        }
        long atNanos = seenNanos(reached);
        if (peer.runId() != reached.runId()) {
            if (!peer.isOlderThan(atNanos)) {
                return;
            }
            probing.restarted(peer, reached.runId(), false);
        }
        if (peer.isOurs()) {
            turn.news(peer.seen(reporter, new Sightings.Sighting(atNanos, reached.loaded()), listsTheSame(reached)));
        }
    }

    /** Whether it has the list that we have, by its names or by the nodes that it leads to, and that list holds us. */
    private boolean listsTheSame(Reached reached) {
        Announcement ours = announcement.get();
        boolean names = ours.listDigest() != WishDigest.UNRESOLVED && ours.listDigest() == reached.listDigest();
        boolean nodes = ours.wishDigest() != WishDigest.UNRESOLVED && ours.wishDigest() == reached.wishDigest();
        return (names || nodes) && book.lists(self.nodeId());
    }

    private long seenNanos(Reached reached) {
        return inquiry.startNanos() - reached.ageMillis() * NANOS_PER_MILLI;
    }

    private void judgeAll() {
        List<NodeId> askable = askable();
        for (Peer peer : peers.values()) {
            boolean refutedBefore = peer.refuted();
            turn.news(peer.judge(anybodyBut(peer, askable), turn.awakeNanos(), turn.wallMillis(), this::nameOf));
            if (peer.refuted() && !refutedBefore) {
                counts.suspicionsRefuted++;
                turn.tell(new Notice(
                        Kind.SUSPICION_REFUTED, peer.address().name(), peer.address() + " " + peer.reason()));
            }
        }
    }

    private String nameOf(NodeId id) {
        @Nullable Peer peer = peers.get(id);
        return peer == null ? id.toString() : peer.address().name();
    }
}
