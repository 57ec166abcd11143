package io.muster.server;

import io.muster.member.ClusterId;
import io.muster.member.Member;
import io.muster.member.MemberAddress;
import io.muster.member.MemberState;
import io.muster.member.MemberView;
import io.muster.member.NodeIdentity;
import io.muster.member.Wish;
import io.muster.member.health.core.Notice;
import io.muster.member.port.Lane;
import io.muster.member.port.MemberRoster;
import io.muster.member.port.Net;
import io.muster.member.port.Time;
import io.muster.server.config.ServerConfig;
import io.muster.server.http.PeerFigures;
import io.muster.server.metrics.MemberMeters;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The way to the other members, while there is one: a {@link PeerSide} that opens when the node becomes one of several and closes when it is alone
 * again, behind lanes and a roster that outlive it. What was announced to one is announced to the next. The methods are for any thread.
 */
final class MemberWay {

    private final OwnName name;
    private final NodeIdentity identity;
    private final Time time;
    private final Supplier<MemberMeters> newMeters;
    private final Consumer<Notice> notices;
    private final MemberRoster roster;
    private final Map<Lane, LateNet> lanes = new ConcurrentHashMap<>();

    /** Empty while this node is alone, and while a switch makes one ready. */
    private volatile Optional<PeerSide> side = Optional.empty();

    /** The newest one, open or not: metrics go on to show what it knew. */
    private volatile Optional<PeerSide> newest = Optional.empty();

    /** Of the first peer side, for all that follow; empty before it. */
    private volatile Optional<MemberMeters> meters = Optional.empty();

    private volatile boolean loaded;

    /** Empty until this node is founded or joined. */
    private volatile Optional<ClusterId> clusterId = Optional.empty();

    /**
     * @param time the thread of member health
     * @param newMeters makes the meters of members, which a node alone has not; called once
     * @param notices of member health
     * @param roster gets the views
     */
    MemberWay(
            OwnName name,
            NodeIdentity identity,
            Time time,
            Supplier<MemberMeters> newMeters,
            Consumer<Notice> notices,
            MemberRoster roster) {
        this.name = name;
        this.identity = identity;
        this.time = time;
        this.newMeters = newMeters;
        this.notices = notices;
        this.roster = roster;
    }

    /** The network of one lane, for a driver whose callbacks run on this time; to be taken once for each lane, before the way opens. */
    Net net(Lane lane, Time driver) {
        LateNet net = new LateNet(lane, driver);
        if (lanes.putIfAbsent(lane, net) != null) {
            throw new IllegalStateException("the net of lane " + lane + " is taken once");
        }
        return net;
    }

    boolean isOpen() {
        return side.isPresent();
    }

    /** What is measured of the way to a member. */
    PeerFigures figures(Member member) {
        return side.map(open -> open.figures(member)).orElse(PeerFigures.NONE);
    }

    /** From now on these are the members to reach. */
    void wish(List<MemberAddress> listed) {
        side.ifPresent(open -> open.wish(listed));
    }

    /**
     * Opens it.
     *
     * @param self this node as lists name it
     * @return completes on the time's thread when lists can be wished; fails with {@link ServerFailure} if the peer port can't be opened
     */
    synchronized CompletionStage<Void> open(ServerConfig by, MemberAddress self) {
        MemberMeters shown = meters.orElseGet(newMeters);
        PeerSide opening = new PeerSide(
                by,
                name.host(),
                identity,
                self,
                name.peerPort(by),
                () -> clusterId,
                time,
                shown,
                this::publish,
                notices);
        newest = Optional.of(opening);
        if (meters.isEmpty()) {
            meters = Optional.of(shown);
            shown.bind(() -> newest.orElse(opening).status());
        }
        lanes.values().forEach(lane -> lane.attach(opening.channel()));
        return opening.open().handle((opened, failure) -> failure).thenCompose(failure -> {
            if (failure == null) {
                CompletableFuture<Void> welcomed = new CompletableFuture<>();
                time.execute(() -> {
                    welcome(opening);
                    welcomed.complete(null);
                });
                return welcomed;
            }
            lanes.values().forEach(LateNet::detach);
            return opening.close().thenCompose(closed -> CompletableFuture.failedStage(failure));
        });
    }

    /** Tells a peer side that has opened what it missed; the time's thread. */
    private void welcome(PeerSide opened) {
        side = Optional.of(opened);
        opened.announceLoaded(loaded);
        clusterId.ifPresent(opened::announceCluster);
    }

    /** Leaves out views from before the first list: an engine that saw no others would think that there are none, and nobody to load from. */
    private void publish(MemberView view) {
        if (!view.wish().entries().isEmpty()) {
            roster.publish(view);
        }
    }

    /** Leaves the others, and closes; there is one member then. */
    CompletionStage<Void> shut() {
        Optional<PeerSide> closing = side;
        if (closing.isEmpty()) {
            return CompletableFuture.completedStage(null);
        }
        CompletableFuture<Void> left = new CompletableFuture<>();
        closing.get()
                .leave()
                .thenRun(() -> time.execute(() -> {
                    side = Optional.empty();
                    lanes.values().forEach(LateNet::detach);
                    Member self = alone(roster.view().self());
                    Wish wish = new Wish(List.of(new Wish.Entry(self.address(), self.nodeId())), List.of());
                    closing.get().close().whenComplete((closed, failure) -> {
                        roster.publish(new MemberView(0, self, List.of(self), wish));
                        left.complete(null);
                    });
                }));
        return left;
    }

    /** Of a node alone: what it was to others, listed or not, leaving or not, says nothing any more. */
    private Member alone(Member self) {
        return new Member(
                self.address(),
                self.nodeId(),
                self.runId(),
                MemberState.UP,
                loaded,
                true,
                "this node, alone",
                self.sinceWallMillis());
    }

    /** Tells the members whether this node counts as loaded with ephemeral data. */
    void announceLoaded(boolean now) {
        loaded = now;
        side.ifPresent(open -> open.announceLoaded(now));
    }

    /** Tells the members to which cluster this node belongs; may be told again and again. */
    void announceCluster(ClusterId id) {
        Optional<ClusterId> now = Optional.of(id);
        if (!now.equals(clusterId)) {
            clusterId = now;
            side.ifPresent(open -> open.announceCluster(id));
        }
    }

    /** Brings the figures for metrics up to date. Called now and then. */
    void refresh() {
        Optional<PeerSide> open = side;
        Optional<MemberMeters> shown = meters;
        if (open.isPresent() && shown.isPresent()) {
            shown.get().refresh(open.get().status(), open.get().peers());
        }
    }

    /** Tells the members that this node is about to go. Waits for it. */
    void leave(Patience patience) {
        side.ifPresent(open -> patience.await("the members to hear that this node leaves", open.leave()));
    }

    /** Closes it for good. Waits for it. */
    void stop(Patience patience) {
        side.ifPresent(open -> patience.await("the peer channel", open.close()));
    }
}
